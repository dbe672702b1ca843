"""`matmul`: the product of two square matrices, one task per tile."""

from __future__ import annotations

import asyncio
from array import array
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..request import Trial
from ..session import LoopSession, ProcessSession, ThreadSession

Matrix = list[list[float]]


class Factors:
    """Both factors, row by row."""

    def __init__(self, trial: Trial) -> None:
        self.n, self.tile = trial.cell.count("n"), trial.cell.count("tile")
        self.across = self.n // self.tile
        with open(trial.files[0], "rb") as file:
            self.a, self.b = self._matrix(file.read(8 * self.n**2)), self._matrix(file.read())

    def _matrix(self, doubles: bytes) -> Matrix:
        numbers = array("d", doubles)
        return [numbers[row : row + self.n].tolist() for row in range(0, self.n**2, self.n)]

    def tiles(self) -> range:
        """Their numbers, by rows."""
        return range(self.across**2)

    def product(self, number: int) -> list[float]:
        """One tile of the product, row by row: a plain loop."""
        row, column = (self.tile * place for place in divmod(number, self.across))
        rows = self.a[row : row + self.tile]
        sums = [[0.0] * self.tile for _ in rows]
        for k in range(self.n):
            line = self.b[k][column : column + self.tile]
            for r, factors in enumerate(rows):
                a = factors[k]
                sums[r] = [total + a * b for total, b in zip(sums[r], line)]
        return [total for line in sums for total in line]


class OnLoop(LoopSession):
    async def prepare(self) -> None:
        self.factors = Factors(self.trial)

    async def iterate(self) -> dict[str, Any]:
        async def tile(number: int) -> list[float]:
            return self.factors.product(number)

        tasks = [asyncio.create_task(tile(number)) for number in self.factors.tiles()]
        return {"tiles": await asyncio.gather(*tasks)}


class OnThreads(ThreadSession):
    has_workers = True

    def prepare(self) -> None:
        self.factors = Factors(self.trial)
        self.pool = ThreadPoolExecutor(self.trial.workers)

    def iterate(self) -> dict[str, Any]:
        return {"tiles": list(self.pool.map(self.factors.product, self.factors.tiles()))}

    def close(self) -> None:
        self.pool.shutdown()


#: The factors in a process of the pool, which reads them itself.
_loaded: Factors


class OnProcesses(ProcessSession):
    @staticmethod
    def load(trial: Trial) -> None:
        global _loaded  # noqa: PLW0603
        _loaded = Factors(trial)

    def iterate(self) -> dict[str, Any]:
        across = self.cell.count("n") // self.cell.count("tile")
        return {"tiles": list(self.pool.map(tile_of_loaded, range(across**2)))}


def tile_of_loaded(number: int) -> list[float]:
    return _loaded.product(number)
