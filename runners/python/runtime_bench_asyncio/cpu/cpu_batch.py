"""`cpu-batch`: independent jobs that only compute."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from itertools import chain
from operator import xor
from time import perf_counter_ns
from typing import Any

from ..request import Cell, Trial
from ..session import LoopSession, LoopsSession, ProcessSession, ThreadSession
from .xorshift import xorshift

#: Steps of all jobs together, above which a trial would exceed every limit: at a quarter of a
#: microsecond each, twice for the plain loop and twice for the jobs.
MOST_STEPS = 15_000_000


class Shape:
    """The jobs, of unequal size, and the time of a plain loop over them."""

    def __init__(self, trial: Trial) -> None:
        self.jobs = trial.cell.count("jobs")
        self.steps = trial.cell.count("steps")
        self.seed = trial.seed
        self.sequential_ns = min(self._plain_loop(), self._plain_loop())

    def sizes(self) -> list[tuple[int, int]]:
        """Seed and steps of each job, from 0.5 to 1.5 times the mean, in steps of a sixteenth."""
        return [
            ((self.seed + job) % (1 << 64), self.steps // 2 + self.steps * (job * 7 % 16) // 16)
            for job in range(self.jobs)
        ]

    def _plain_loop(self) -> int:
        start = perf_counter_ns()
        reduce(xor, (xorshift(seed, steps) for seed, steps in self.sizes()))
        return perf_counter_ns() - start

    def batch(self, answers: list[int]) -> dict[str, Any]:
        return {"xor": reduce(xor, answers), "sequential_ns": self.sequential_ns}


def unfit(cell: Cell) -> str | None:
    """Rejects points that would exceed any time limit."""
    if cell.count("jobs") * cell.count("steps") <= MOST_STEPS:
        return None
    return "too slow in Python: a step takes 0.25 µs, so a trial would exceed its limit"


class OnLoop(LoopSession):
    unfit = staticmethod(unfit)

    async def prepare(self) -> None:
        self.shape = Shape(self.trial)

    async def iterate(self) -> dict[str, Any]:
        return self.shape.batch(await run_all(self.shape.sizes()))


async def run_all(sizes: Iterable[tuple[int, int]]) -> list[int]:
    """A task for each job."""

    async def job(seed: int, steps: int) -> int:
        return xorshift(seed, steps)

    return await asyncio.gather(*(asyncio.create_task(job(*size)) for size in sizes))


class OnLoops(LoopsSession):
    unfit = staticmethod(unfit)

    def prepare(self) -> None:
        self.shape = Shape(self.trial)

    def iterate(self) -> dict[str, Any]:
        parts = self.loops.run([run_all(part) for part in self.loops.divide(self.shape.sizes())])
        return self.shape.batch(list(chain.from_iterable(parts)))


class OnThreads(ThreadSession):
    has_workers = True
    unfit = staticmethod(unfit)

    def prepare(self) -> None:
        self.shape = Shape(self.trial)
        self.pool = ThreadPoolExecutor(self.trial.workers)

    def iterate(self) -> dict[str, Any]:
        jobs = [self.pool.submit(xorshift, *size) for size in self.shape.sizes()]
        return self.shape.batch([job.result() for job in jobs])

    def close(self) -> None:
        self.pool.shutdown()


class OnProcesses(ProcessSession):
    unfit = staticmethod(unfit)

    def prepare(self) -> None:
        self.shape = Shape(self.trial)

    def iterate(self) -> dict[str, Any]:
        jobs = [self.pool.submit(xorshift, *size) for size in self.shape.sizes()]
        return self.shape.batch([job.result() for job in jobs])
