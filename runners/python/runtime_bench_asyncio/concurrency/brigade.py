"""`brigade`: one message that passes through a long line of tasks."""

from __future__ import annotations

import asyncio
import queue

from ..request import Cell
from ..session import LoopSession, ThreadSession
from ..threads import Task, too_many


class OnLoop(LoopSession):
    async def prepare(self) -> None:
        self.first: asyncio.Queue[int] = asyncio.Queue(1)
        self.last = self.first
        self.line = []
        for _ in range(self.cell.count("tasks")):
            take, self.last = self.last, asyncio.Queue(1)
            self.line.append(asyncio.create_task(pass_on(take, self.last)))
        # The line is complete: every task waits for the message.
        await asyncio.sleep(0)

    async def iterate(self) -> int:
        await self.first.put(0)
        return await self.last.get()

    async def close(self) -> None:
        for task in self.line:
            task.cancel()
        await asyncio.gather(*self.line, return_exceptions=True)


async def pass_on(take: asyncio.Queue[int], give: asyncio.Queue[int]) -> None:
    while True:
        await give.put(await take.get() + 1)


class OnThreads(ThreadSession):
    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        return too_many(cell.count("tasks"))

    def prepare(self) -> None:
        self.first: queue.Queue[int] = queue.Queue(1)
        self.last = self.first
        for _ in range(self.cell.count("tasks")):
            take, self.last = self.last, queue.Queue(1)
            Task(pass_on_by_a_thread, take, self.last)

    def iterate(self) -> int:
        self.first.put(0)
        return self.last.get()


def pass_on_by_a_thread(take: queue.Queue[int], give: queue.Queue[int]) -> None:
    while True:
        give.put(take.get() + 1)
