"""`cancellation`: many waiting tasks are canceled at once."""

from __future__ import annotations

import asyncio
from time import perf_counter_ns
from types import TracebackType

from ..session import LoopSession

#: Tasks that end on their own, half of them with an error.
ENDING = 10

UNFIT = {"OnThreads": "a Python thread cannot be canceled"}


class Guards:
    """Counts the guards of an iteration, each held by a task for as long as it lives."""

    def __init__(self) -> None:
        self.opened = 0
        self.closed = 0

    def __enter__(self) -> None:
        self.opened += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.closed += 1


class OnLoop(LoopSession):
    async def iterate(self) -> dict[str, int]:
        tasks, guards = self.cell.count("tasks"), Guards()
        for number in range(ENDING):
            await asyncio.gather(end(guards, number), return_exceptions=True)

        arrivals: asyncio.Queue[None] = asyncio.Queue(tasks)
        waiting = [asyncio.create_task(wait(guards, arrivals)) for _ in range(tasks)]
        for _ in range(tasks):
            await arrivals.get()

        start = perf_counter_ns()
        for task in waiting:
            task.cancel()
        ended = await asyncio.gather(*waiting, return_exceptions=True)
        took_ns = perf_counter_ns() - start
        completed = sum(not isinstance(end, asyncio.CancelledError) for end in ended)
        return {
            "opened": guards.opened,
            "closed": guards.closed,
            "completed": completed,
            "took_ns": took_ns,
        }


async def end(guards: Guards, number: int) -> None:
    """Ends on its own, with a value or with an error."""
    with guards:
        if number % 2:
            raise ValueError(number)


async def wait(guards: Guards, arrivals: asyncio.Queue[None]) -> None:
    """Waits for something that never happens."""
    with guards:
        await arrivals.put(None)
        await asyncio.get_running_loop().create_future()
