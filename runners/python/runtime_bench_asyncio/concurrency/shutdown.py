"""`shutdown`: an event loop is shut down while its tasks wait."""

from __future__ import annotations

import asyncio
from time import perf_counter_ns

from ..loops import LoopFactory
from ..session import LoopSession

#: Seconds; longer than any trial takes.
LONG = 3_600

UNFIT = {"OnThreads": "a Python thread cannot be shut down from outside"}


class Ledger:
    """Counts how often each task's guard was dropped, and how many tasks continued."""

    def __init__(self, tasks: int) -> None:
        self.dropped = [0] * tasks
        self.completed = 0

    def read(self, took_ns: int) -> dict[str, int]:
        return {
            "once": self.dropped.count(1),
            "again": sum(times > 1 for times in self.dropped),
            "completed": self.completed,
            "took_ns": took_ns,
        }


class OnLoop(LoopSession):
    """A thread runs one loop at a time, so the second loop runs and ends on another thread."""

    async def prepare(self) -> None:
        loop = asyncio.get_running_loop()
        self.loop_factory: LoopFactory = type(loop)

    async def iterate(self) -> dict[str, int]:
        return await asyncio.to_thread(end, self.loop_factory, self.cell.count("tasks"))


def end(loop_factory: LoopFactory, tasks: int) -> dict[str, int]:
    """Fills a loop with tasks that wait, and shuts it down."""
    ledger = Ledger(tasks)
    runner = asyncio.Runner(loop_factory=loop_factory)
    waiting = runner.run(fill(ledger, tasks))
    start = perf_counter_ns()
    runner.close()
    took_ns = perf_counter_ns() - start
    del waiting
    return ledger.read(took_ns)


async def fill(ledger: Ledger, tasks: int) -> list[asyncio.Task[None]]:
    arrivals: asyncio.Queue[None] = asyncio.Queue()
    # The loop does not keep tasks alive.
    waiting = [asyncio.create_task(wait(ledger, task, arrivals)) for task in range(tasks)]
    for _ in range(tasks):
        await arrivals.get()
    return waiting


async def wait(ledger: Ledger, task: int, arrivals: asyncio.Queue[None]) -> None:
    """Waits forever, or on a timer."""
    try:
        await arrivals.put(None)
        if task % 2 == 0:
            await asyncio.get_running_loop().create_future()
        else:
            await asyncio.sleep(LONG)
        ledger.completed += 1
    finally:
        ledger.dropped[task] += 1
