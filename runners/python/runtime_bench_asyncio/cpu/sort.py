"""`sort`: a parallel merge sort."""

from __future__ import annotations

import asyncio
from array import array
from concurrent.futures import Future

from ..request import Cell, Trial
from ..session import LoopSession, ProcessSession, ThreadSession
from ..threads import Task, too_many

#: Sorting more would exceed any time limit: a merge in Python takes 0.1 µs per number.
MOST_ELEMENTS = 2_000_000


def too_long(cell: Cell) -> str | None:
    """Rejects sizes that one thread at a time cannot sort within any limit."""
    if cell.count("elements") <= MOST_ELEMENTS:
        return None
    return "too slow in Python: merging takes 0.1 µs per number, so a trial would exceed its limit"


def numbers_of(trial: Trial) -> list[int]:
    """The input."""
    with open(trial.files[0], "rb") as file:
        return array("Q", file.read()).tolist()


def halves(numbers: list[int]) -> tuple[list[int], list[int]]:
    middle = len(numbers) // 2
    return numbers[:middle], numbers[middle:]


def merge(left: list[int], right: list[int]) -> list[int]:
    """A plain loop, until one side is empty."""
    merged = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            merged.append(left[i])
            i += 1
        else:
            merged.append(right[j])
            j += 1
    return merged + left[i:] + right[j:]


class OnLoop(LoopSession):
    unfit = staticmethod(too_long)

    async def prepare(self) -> None:
        self.input, self.cut_off = numbers_of(self.trial), self.cell.count("cut-off")

    async def iterate(self) -> list[int]:
        return await merge_sort(self.input.copy(), self.cut_off)


async def merge_sort(numbers: list[int], cut_off: int) -> list[int]:
    """One half in a task, the other by its parent meanwhile."""
    if len(numbers) <= cut_off:
        numbers.sort()
        return numbers
    left, right = halves(numbers)
    task = asyncio.create_task(merge_sort(left, cut_off))
    sorted_right = await merge_sort(right, cut_off)
    return merge(await task, sorted_right)


class OnThreads(ThreadSession):
    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        return too_long(cell) or too_many(-(-cell.count("elements") // cell.count("cut-off")))

    def prepare(self) -> None:
        self.input, self.cut_off = numbers_of(self.trial), self.cell.count("cut-off")

    def iterate(self) -> list[int]:
        return merge_sort_on_threads(self.input.copy(), self.cut_off)


def merge_sort_on_threads(numbers: list[int], cut_off: int) -> list[int]:
    if len(numbers) <= cut_off:
        numbers.sort()
        return numbers
    left, right = halves(numbers)
    task = Task(merge_sort_on_threads, left, cut_off)
    sorted_right = merge_sort_on_threads(right, cut_off)
    return merge(task.result(), sorted_right)


class OnProcesses(ProcessSession):
    """A job of the pool cannot wait for another one, so it splits until every process has a part."""

    def prepare(self) -> None:
        self.input, self.cut_off = numbers_of(self.trial), self.cell.count("cut-off")

    def iterate(self) -> list[int]:
        return self._sort(self.input.copy(), self.trial.workers)

    def _sort(self, numbers: list[int], processes: int) -> list[int]:
        return self._join(self._fork(numbers, processes))

    def _fork(self, numbers: list[int], processes: int) -> Part:
        if processes <= 1 or len(numbers) <= self.cut_off:
            return self.pool.submit(merge_sort_plainly, numbers, self.cut_off)
        left, right = halves(numbers)
        return self._fork(left, processes // 2), self._fork(right, processes - processes // 2)

    def _join(self, part: Part) -> list[int]:
        if isinstance(part, Future):
            return part.result()
        left, right = part
        return merge(self._join(left), self._join(right))


#: A part that a process sorts, or both halves of it.
Part = Future[list[int]] | tuple["Part", "Part"]


def merge_sort_plainly(numbers: list[int], cut_off: int) -> list[int]:
    if len(numbers) <= cut_off:
        numbers.sort()
        return numbers
    left, right = halves(numbers)
    return merge(merge_sort_plainly(left, cut_off), merge_sort_plainly(right, cut_off))
