"""`mutex`: tasks that increment one counter under one lock."""

from __future__ import annotations

import asyncio
import threading

from ..request import Cell
from ..session import LoopSession, ThreadSession
from ..threads import Task, too_many


class OnLoop(LoopSession):
    async def iterate(self) -> int:
        increments = self.cell.count("increments")
        lock, counter = asyncio.Lock(), 0

        async def increment() -> None:
            nonlocal counter
            for _ in range(increments):
                async with lock:
                    counter += 1

        tasks = [asyncio.create_task(increment()) for _ in range(self.cell.count("tasks"))]
        await asyncio.gather(*tasks)
        return counter


class OnThreads(ThreadSession):
    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        return too_many(cell.count("tasks"))

    def iterate(self) -> int:
        increments = self.cell.count("increments")
        lock, counter = threading.Lock(), 0

        def increment() -> None:
            nonlocal counter
            for _ in range(increments):
                with lock:
                    counter += 1

        tasks = [Task(increment) for _ in range(self.cell.count("tasks"))]
        for task in tasks:
            task.result()
        return counter
