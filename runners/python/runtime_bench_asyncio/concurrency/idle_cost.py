"""`idle-cost`: the CPU use of an idle event loop, and the time it takes to wake up."""

from __future__ import annotations

import asyncio
import time
from time import perf_counter_ns
from typing import NamedTuple

from ..session import LoopSession

UNFIT = {"OnThreads": "no runtime to idle: the kernel handles waiting threads"}


class Watched(NamedTuple):
    """The observations of the watching thread."""

    #: The second half of the idling: in the first, the loop may still be going to sleep.
    counted_ns: int
    #: CPU time of all threads but its own in that half.
    cpu_ns: int
    #: Just before the tasks were woken.
    opened: int


class OnLoop(LoopSession):
    async def iterate(self) -> dict[str, int]:
        tasks, idle = self.cell.count("tasks"), self.cell.ms("idle")
        gate = asyncio.Event()
        arrivals: asyncio.Queue[None] = asyncio.Queue(tasks)

        async def wait() -> int:
            await arrivals.put(None)
            await gate.wait()
            return perf_counter_ns()

        waiting = [asyncio.create_task(wait()) for _ in range(tasks)]
        for _ in range(tasks):
            await arrivals.get()
        watched = await asyncio.to_thread(watch, asyncio.get_running_loop(), gate, idle)
        woken = await asyncio.gather(*waiting)
        return {
            "woken": len(woken),
            "early": sum(at < watched.opened for at in woken),
            "counted_ns": watched.counted_ns,
            "cpu_ns": watched.cpu_ns,
            "first_ns": max(0, min(woken) - watched.opened),
            "last_ns": max(0, max(woken) - watched.opened),
        }


def watch(loop: asyncio.AbstractEventLoop, gate: asyncio.Event, idle: float) -> Watched:
    """Sleeps on its own, and then wakes the tasks."""
    time.sleep(idle / 2)
    start, cpu = perf_counter_ns(), _cpu_of_others()
    time.sleep(idle / 2)
    cpu = _cpu_of_others() - cpu
    opened = perf_counter_ns()
    loop.call_soon_threadsafe(gate.set)
    return Watched(opened - start, max(0, cpu), opened)


def _cpu_of_others() -> int:
    return time.process_time_ns() - time.thread_time_ns()
