"""`deadlock`: two locks taken in opposite order, then in the same order."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Awaitable
from time import perf_counter_ns
from typing import Any

from ..session import LoopSession, ThreadSession
from ..threads import Task

#: Number of tasks and of locks.
TASKS = 2
#: Time limit in seconds for freeing the other task.
LONGEST = 10


class OnLoop(LoopSession):
    async def iterate(self) -> dict[str, Any]:
        stuck, freed = await watch_opposite(self.cell.ms("watch"))
        start = perf_counter_ns()
        turns = await take_turns(self.cell.count("turns"))
        took_ns = perf_counter_ns() - start
        return {"stuck": stuck, "freed": freed, "turns": turns, "took_ns": took_ns}


async def watch_opposite(seconds: float) -> tuple[bool, bool]:
    """Whether two tasks in opposite order are stuck, and whether canceling one frees the other."""
    locks = [asyncio.Lock() for _ in range(TASKS)]
    held = asyncio.Barrier(TASKS + 1)
    went_on: asyncio.Queue[None] = asyncio.Queue()

    async def opposite(own: int) -> None:
        async with locks[own]:
            await held.wait()
            async with locks[1 - own]:
                await went_on.put(None)

    one, other = (asyncio.create_task(opposite(own)) for own in range(TASKS))
    await held.wait()
    stuck = not await ends_within(seconds, went_on.get())
    one.cancel()
    freed = await ends_within(LONGEST, other)
    return stuck, freed and one.cancelled()


async def ends_within(seconds: float, waiting: Awaitable[None]) -> bool:
    """Whether an awaitable finishes in time; otherwise it is canceled."""
    try:
        async with asyncio.timeout(seconds):
            await waiting
    except TimeoutError:
        return False
    return True


async def take_turns(turns: int) -> int:
    """Two tasks take both locks in the same order."""
    first, second = asyncio.Lock(), asyncio.Lock()

    async def twin() -> int:
        taken = 0
        while taken < turns:
            async with first:
                await asyncio.sleep(0)
                async with second:
                    taken += 1
        return taken

    return sum(await asyncio.gather(*(twin() for _ in range(TASKS))))


class OnThreads(ThreadSession):
    def iterate(self) -> dict[str, Any]:
        stuck = watch_opposite_threads(self.cell.ms("watch"))
        start = perf_counter_ns()
        turns = take_turns_on_threads(self.cell.count("turns"))
        took_ns = perf_counter_ns() - start
        return {"stuck": stuck, "freed": None, "turns": turns, "took_ns": took_ns}


def watch_opposite_threads(seconds: float) -> bool:
    """Whether two threads in opposite order are stuck. They stay stuck until the process ends."""
    locks = [threading.Lock() for _ in range(TASKS)]
    held = threading.Barrier(TASKS + 1)
    went_on: queue.SimpleQueue[None] = queue.SimpleQueue()

    def opposite(own: int) -> None:
        with locks[own]:
            held.wait()
            with locks[1 - own]:
                went_on.put(None)

    for own in range(TASKS):
        Task(opposite, own)
    held.wait()
    try:
        went_on.get(timeout=seconds)
    except queue.Empty:
        return True
    return False


def take_turns_on_threads(turns: int) -> int:
    first, second = threading.Lock(), threading.Lock()

    def twin() -> int:
        taken = 0
        while taken < turns:
            with first:
                time.sleep(0)
                with second:
                    taken += 1
        return taken

    twins = [Task(twin) for _ in range(TASKS)]
    return sum(twin.result() for twin in twins)
