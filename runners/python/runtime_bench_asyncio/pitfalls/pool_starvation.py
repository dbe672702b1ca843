"""`pool-starvation`: a task blocks the loop's thread until the root, which needs it, runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from time import perf_counter_ns
from typing import Any

from ..session import LoopSession

#: Time limit in seconds for tasks that block off the loop, which must not time out.
LONGEST = 10.0

UNFIT = {"OnThreads": "cannot starve: each task has its own thread"}


class Door:
    """What a task blocks on."""

    def __init__(self) -> None:
        self._met = threading.Barrier(2)
        self._released = threading.Event()

    def block(self, seconds: float) -> bool:
        """Blocks the thread until released, or for a time; returns whether it timed out."""
        self._met.wait()
        return not self._released.wait(seconds)

    def meet(self) -> int:
        """Waits until the task blocks, and returns the time."""
        self._met.wait()
        return perf_counter_ns()

    def release(self) -> None:
        self._released.set()


class OnLoop(LoopSession):
    """The loop has one thread, so one blocked task blocks every worker."""

    async def iterate(self) -> dict[str, Any]:
        door = Door()
        starved, _ = await release(door, block(door, self.cell.ms("watch")))
        door = Door()
        twins_starved, took_ns = await release(door, asyncio.to_thread(door.block, LONGEST))
        return {"starved": starved, "twins_starved": twins_starved, "took_ns": took_ns}


async def block(door: Door, seconds: float) -> bool:
    """The mistake."""
    return door.block(seconds)


async def release(door: Door, blocks: Coroutine[Any, Any, bool]) -> tuple[bool, int]:
    """Releases a task once it blocks; returns whether it timed out, and the time from then on."""
    task = asyncio.create_task(blocks)
    met = await asyncio.to_thread(door.meet)
    door.release()
    in_vain = await task
    return in_vain, perf_counter_ns() - met
