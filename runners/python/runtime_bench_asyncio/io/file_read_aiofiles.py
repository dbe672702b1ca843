"""`file-read` with aiofiles, which sends every file operation to a thread pool."""

from __future__ import annotations

import asyncio
from typing import Any
from zlib import crc32

import aiofiles

from ..session import LoopSession
from .files import VARIANTS, block_size, reading


class OnLoop(LoopSession):
    variants = VARIANTS

    async def iterate(self) -> dict[str, Any]:
        size = block_size(self.cell)
        with reading(self.cell, self.trial.files) as answer:
            tasks = [asyncio.create_task(read(path, size)) for path in self.trial.files]
            answer["read"] = await asyncio.gather(*tasks)
        return answer


async def read(path: str, size: int) -> int:
    """The CRC-32 of a file."""
    total = 0
    async with aiofiles.open(path, "rb") as file:
        while block := await file.read(size):
            total = crc32(block, total)
    return total
