"""`yield`: the cost of yielding to other tasks."""

from __future__ import annotations

import asyncio
import time

from ..request import Cell
from ..session import LoopSession, ThreadSession
from ..threads import Task, too_many


class OnLoop(LoopSession):
    async def iterate(self) -> int:
        yields = self.cell.count("yields")
        tasks = [asyncio.create_task(step_back(yields)) for _ in range(self.cell.count("tasks"))]
        return sum(await asyncio.gather(*tasks))


async def step_back(times: int) -> int:
    yields = 0
    while yields < times:
        await asyncio.sleep(0)
        yields += 1
    return yields


class OnThreads(ThreadSession):
    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        return too_many(cell.count("tasks"))

    def iterate(self) -> int:
        yields = self.cell.count("yields")
        tasks = [Task(step_back_on_a_thread, yields) for _ in range(self.cell.count("tasks"))]
        return sum(task.result() for task in tasks)


def step_back_on_a_thread(times: int) -> int:
    yields = 0
    while yields < times:
        # Releases the interpreter lock, which `os.sched_yield` keeps before Python 3.13.
        time.sleep(0)
        yields += 1
    return yields
