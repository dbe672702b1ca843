"""`timer-gather`: many tasks sleep at once, and their results are gathered in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from time import perf_counter_ns
from typing import NamedTuple

from ..request import Cell
from ..session import DividedSession, LoopSession, ThreadSession
from ..threads import Task, too_many


class Sleep(NamedTuple):
    """One sleep: its task, its deadline, and whether it ended early."""

    task: int
    deadline: int
    early: bool


async def sleep(task: int, seconds: float) -> Sleep:
    deadline = perf_counter_ns() + round(seconds * 1e9)
    await asyncio.sleep(seconds)
    return Sleep(task, deadline, perf_counter_ns() < deadline)


def sleep_on_a_thread(task: int, seconds: float) -> Sleep:
    deadline = perf_counter_ns() + round(seconds * 1e9)
    time.sleep(seconds)
    return Sleep(task, deadline, perf_counter_ns() < deadline)


def gathered(sleeps: list[Sleep], deadline: int) -> dict[str, int]:
    """Lateness is measured from the last deadline; for sleeps in sequence, it is the sum over all."""
    lateness = perf_counter_ns() - deadline
    return {
        "tasks": len(sleeps),
        "out_of_order": sum(place != one.task for place, one in enumerate(sleeps)),
        "early": sum(one.early for one in sleeps),
        "lateness_ns": max(0, lateness),
    }


def last_deadline(sleeps: list[Sleep]) -> int:
    return max(one.deadline for one in sleeps)


class OnLoop(LoopSession):
    sleeps = True
    variants = (None, "one-by-one")

    async def iterate(self) -> dict[str, int]:
        tasks, delay = self.cell.count("tasks"), self.cell.ms("delay")
        if self.cell.variant == "one-by-one":
            deadline = perf_counter_ns() + round(tasks * delay * 1e9)
            return gathered([await sleep(task, delay) for task in range(tasks)], deadline)
        spawned = [asyncio.create_task(sleep(task, delay)) for task in range(tasks)]
        sleeps = await asyncio.gather(*spawned)
        return gathered(sleeps, last_deadline(sleeps))


class OnLoops(DividedSession):
    sleeps = True
    variants = (None, "one-by-one")
    part = OnLoop
    shared = ("tasks",)

    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        if cell.variant == "one-by-one":
            return "a single task sleeps, so there is nothing to divide among loops"
        return None

    def merged(self, name: str, outputs: list[Mapping[str, int]]) -> int:
        if name == "lateness_ns":
            return max(output[name] for output in outputs)
        return super().merged(name, outputs)


class OnThreads(ThreadSession):
    variants = (None, "one-by-one")

    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        return too_many(cell.count("tasks"))

    def iterate(self) -> dict[str, int]:
        tasks, delay = self.cell.count("tasks"), self.cell.ms("delay")
        if self.cell.variant == "one-by-one":
            deadline = perf_counter_ns() + round(tasks * delay * 1e9)
            return gathered([sleep_on_a_thread(task, delay) for task in range(tasks)], deadline)
        spawned = [Task(sleep_on_a_thread, task, delay) for task in range(tasks)]
        sleeps = [task.result() for task in spawned]
        return gathered(sleeps, last_deadline(sleeps))
