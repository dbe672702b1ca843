"""`file-read`: reads several files concurrently."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from zlib import crc32

from ..request import Cell
from ..session import LoopSession, ThreadSession
from ..threads import Task, too_many
from .files import VARIANTS, WHOLE, block_size, reading


class OnLoop(LoopSession):
    """asyncio has no file I/O: the documentation recommends a thread for every blocking call."""

    variants = VARIANTS

    async def iterate(self) -> dict[str, Any]:
        size = block_size(self.cell)
        with reading(self.cell, self.trial.files) as answer:
            tasks = [asyncio.create_task(read(path, size)) for path in self.trial.files]
            answer["read"] = await asyncio.gather(*tasks)
        return answer


async def read(path: str, size: int) -> int:
    """The CRC-32 of a file."""
    if size == WHOLE:
        return crc32(await asyncio.to_thread(Path(path).read_bytes))
    total = 0
    file = await asyncio.to_thread(open, path, "rb")
    try:
        while block := await asyncio.to_thread(file.read, size):
            total = crc32(block, total)
    finally:
        await asyncio.to_thread(file.close)
    return total


class OnThreads(ThreadSession):
    variants = VARIANTS

    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        return too_many(cell.count("files"))

    def iterate(self) -> dict[str, Any]:
        size = block_size(self.cell)
        with reading(self.cell, self.trial.files) as answer:
            tasks = [Task(read_on_a_thread, path, size) for path in self.trial.files]
            answer["read"] = [task.result() for task in tasks]
        return answer


def read_on_a_thread(path: str, size: int) -> int:
    total = 0
    with open(path, "rb") as file:
        while block := file.read(size):
            total = crc32(block, total)
    return total
