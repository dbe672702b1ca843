"""`preprocess`: reads, parses and normalizes files."""

from __future__ import annotations

import asyncio
import math
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ..request import Cell
from ..session import LoopSession, ProcessSession, ThreadSession

_64_BITS = (1 << 64) - 1

Shard = dict[str, float | int]

NO_OTHER_POOL = (
    "no second pool to offload to: its tasks may compute"
)


def normalize(text: bytes) -> Shard:
    """Parses one number per line and normalizes them to mean 0 and standard deviation 1."""
    numbers = [float(line) for line in text.split()]
    mean = _total(numbers) / max(1, len(numbers))
    variance = _total([(number - mean) * (number - mean) for number in numbers])
    variance /= max(1, len(numbers))
    # Equal numbers have no deviation to divide by.
    scale = math.sqrt(variance) if variance > 0 else math.inf
    return {
        "mean": mean,
        "variance": variance,
        "hash": _hash([(number - mean) / scale for number in numbers]),
    }


def _total(numbers: list[float]) -> float:
    """The sum in order; `sum` rounds differently since Python 3.12."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def _hash(numbers: list[float]) -> int:
    """The hash of the numbers' bits, in order."""
    count = len(numbers)
    mixed = 0
    for bits in struct.unpack(f"={count}Q", struct.pack(f"={count}d", *numbers)):
        rotated = mixed << 5 & _64_BITS | mixed >> 59
        mixed = (rotated ^ bits) * 0x517C_C1B7_2722_0A95 & _64_BITS
    return mixed


def shard(path: Path) -> Shard:
    """The result for a file, on a thread or in a process that may block."""
    return normalize(path.read_bytes())


class OnLoop(LoopSession):
    variants = ("inline", "offloaded")

    async def prepare(self) -> None:
        self.paths = [Path(file) for file in self.trial.files]

    async def iterate(self) -> dict[str, Any]:
        task = offloaded if self.cell.variant == "offloaded" else inline
        tasks = [asyncio.create_task(task(path)) for path in self.paths]
        return {"shards": await asyncio.gather(*tasks)}


async def inline(path: Path) -> Shard:
    """asyncio has no file I/O: the documentation recommends a thread."""
    return normalize(await asyncio.to_thread(path.read_bytes))


async def offloaded(path: Path) -> Shard:
    text = await asyncio.to_thread(path.read_bytes)
    return await asyncio.to_thread(normalize, text)


class OnThreads(ThreadSession):
    has_workers = True
    variants = ("inline", "offloaded")

    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        return NO_OTHER_POOL if cell.variant == "offloaded" else None

    def prepare(self) -> None:
        self.paths = [Path(file) for file in self.trial.files]
        self.pool = ThreadPoolExecutor(self.trial.workers)

    def iterate(self) -> dict[str, Any]:
        return {"shards": list(self.pool.map(shard, self.paths))}

    def close(self) -> None:
        self.pool.shutdown()


class OnProcesses(ProcessSession):
    variants = ("inline", "offloaded")

    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        return NO_OTHER_POOL if cell.variant == "offloaded" else None

    def prepare(self) -> None:
        self.paths = [Path(file) for file in self.trial.files]

    def iterate(self) -> dict[str, Any]:
        return {"shards": list(self.pool.map(shard, self.paths))}
