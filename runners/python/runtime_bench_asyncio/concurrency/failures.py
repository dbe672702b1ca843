"""`failures`: tasks that return errors and tasks that raise exceptions, gathered like all others."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from time import perf_counter_ns
from typing import Any

from ..request import Cell
from ..session import LoopSession, ThreadSession
from ..threads import Task, too_many

#: One task in this many returns an error.
ERROR_EVERY = 10
#: Tasks that show that the runner still works.
AFTERWARDS = 20


class OnPurposeError(Exception):
    """The intended exception of a task, which stands for a panic."""


class Refused:
    """The error that a task returns."""


def act(number: int, panic_every: int | None) -> int | Refused:
    """The work of a task."""
    if panic_every is not None:
        if (number + 1) % panic_every == 0:
            raise OnPurposeError
        if (number + 1) % ERROR_EVERY == 0:
            return Refused()
    return number


def tally(outcomes: Iterable[int | Refused | BaseException]) -> dict[str, int]:
    """How the tasks of a batch ended."""
    ended = {"sum": 0, "ok": 0, "errors": 0, "panics": 0, "strange": 0}
    for outcome in outcomes:
        match outcome:
            case int():
                ended["sum"] += outcome
                ended["ok"] += 1
            case Refused():
                ended["errors"] += 1
            case OnPurposeError():
                ended["panics"] += 1
            case _:
                ended["strange"] += 1
    return ended


class Batches:
    """The batches of an iteration. Which of the first two begins alternates."""

    def __init__(self, cell: Cell) -> None:
        self.tasks = cell.count("tasks")
        #: Clean, and with failures.
        self.panics = [None, cell.count("panic-every")]
        self._first = 0

    def order(self) -> tuple[int, int]:
        self._first = 1 - self._first
        return self._first, 1 - self._first


class OnLoop(LoopSession):
    async def prepare(self) -> None:
        self.batches = Batches(self.cell)

    async def iterate(self) -> dict[str, Any]:
        ended: list[Any] = [None, None]
        for which in self.batches.order():
            start = perf_counter_ns()
            counted = await gather(self.batches.tasks, self.batches.panics[which])
            ended[which] = {"tally": counted, "took_ns": perf_counter_ns() - start}
        return {"ended": ended, "afterwards": await gather(AFTERWARDS, None)}


async def gather(tasks: int, panic_every: int | None) -> dict[str, int]:
    async def task(number: int) -> int | Refused:
        return act(number, panic_every)

    spawned = [asyncio.create_task(task(number)) for number in range(tasks)]
    return tally(await asyncio.gather(*spawned, return_exceptions=True))


class OnThreads(ThreadSession):
    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        return too_many(cell.count("tasks"))

    def prepare(self) -> None:
        self.batches = Batches(self.cell)

    def iterate(self) -> dict[str, Any]:
        ended: list[Any] = [None, None]
        for which in self.batches.order():
            start = perf_counter_ns()
            counted = gather_threads(self.batches.tasks, self.batches.panics[which])
            ended[which] = {"tally": counted, "took_ns": perf_counter_ns() - start}
        return {"ended": ended, "afterwards": gather_threads(AFTERWARDS, None)}


def gather_threads(tasks: int, panic_every: int | None) -> dict[str, int]:
    spawned = [Task(act, number, panic_every) for number in range(tasks)]
    return tally(task.outcome() for task in spawned)
