"""`lock-per-call`: a lock only helps if all tasks use the same one."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from time import perf_counter_ns
from typing import TypeVar

from ..session import LoopSession, ThreadSession
from ..threads import Task
from ..watch import Watch

#: Tasks that take the lock.
TASKS = 2

L = TypeVar("L")


def locks(fresh: bool, make: Callable[[], L]) -> list[L]:
    """A lock for each task: a new one each time, or always the same one."""
    shared = make()
    return [make() if fresh else shared for _ in range(TASKS)]


class OnLoop(LoopSession):
    sleeps = True
    variants = ("fresh", "shared")

    async def iterate(self) -> dict[str, int]:
        fresh, seconds = self.cell.variant == "fresh", self.cell.ms("hold")
        watch, both = Watch(), asyncio.Barrier(TASKS)
        start = perf_counter_ns()

        async def hold(lock: asyncio.Lock) -> None:
            async with lock:
                watch.begin()
                await asyncio.sleep(seconds)
                if fresh:
                    # Neither leaves before the other has entered.
                    await both.wait()
                watch.end()

        async with asyncio.TaskGroup() as tasks:
            for lock in locks(fresh, asyncio.Lock):
                tasks.create_task(hold(lock))
        return {"most": watch.most, "makespan_ns": perf_counter_ns() - start}


class OnThreads(ThreadSession):
    variants = ("fresh", "shared")

    def iterate(self) -> dict[str, int]:
        fresh, seconds = self.cell.variant == "fresh", self.cell.ms("hold")
        watch, guard, both = Watch(), threading.Lock(), threading.Barrier(TASKS)
        start = perf_counter_ns()

        def hold(lock: threading.Lock) -> None:
            with lock:
                with guard:
                    watch.begin()
                time.sleep(seconds)
                if fresh:
                    both.wait()
                with guard:
                    watch.end()

        tasks = [Task(hold, lock) for lock in locks(fresh, threading.Lock)]
        for task in tasks:
            task.result()
        return {"most": watch.most, "makespan_ns": perf_counter_ns() - start}
