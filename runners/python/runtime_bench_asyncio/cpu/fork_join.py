"""`fork-join`: recursion that splits its work in two, or in ten."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from ..request import Cell
from ..session import LoopSession, ThreadSession
from ..threads import Task, too_many

#: Many systems refuse more threads than this.
MOST_THREADS = 4_000

UNFIT = {"OnProcesses": "a job of the pool cannot submit jobs to it and wait for them"}


def fib(n: int) -> int:
    """By plain recursion."""
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def parts(first: int, leaves: int) -> Iterator[tuple[int, int]]:
    """The children of a node of the tree: first leaf and number of leaves of each of ten."""
    part = -(-leaves // 10)
    for child in range(10):
        start = min(part * child, leaves)
        yield first + start, min(part, leaves - start)


def splits(n: int, cut_off: int) -> bool:
    """Whether a Fibonacci number gets its own task."""
    return n > max(cut_off, 1)


class OnLoop(LoopSession):
    variants = ("fib", "skynet")

    async def iterate(self) -> int:
        if self.cell.variant == "skynet":
            return await skynet(0, self.cell.count("leaves"))
        return await fibonacci(self.cell.count("n"), self.cell.count("cut-off"))


async def fibonacci(n: int, cut_off: int) -> int:
    """One half in a task, the other by its parent meanwhile."""
    if not splits(n, cut_off):
        return fib(n)
    left = asyncio.create_task(fibonacci(n - 1, cut_off))
    right = await fibonacci(n - 2, cut_off)
    return await left + right


async def skynet(first: int, leaves: int) -> int:
    """A task for each of ten children."""
    if leaves <= 1:
        return first * leaves
    children = [asyncio.create_task(skynet(*part)) for part in parts(first, leaves)]
    return sum(await asyncio.gather(*children))


class OnThreads(ThreadSession):
    variants = ("fib", "skynet")

    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        if cell.variant == "skynet":
            # The number of nodes is that of the leaves, plus a tenth of it, and so on.
            return too_many(cell.count("leaves") * 10 // 9, MOST_THREADS)
        return too_many(tasks(cell.count("n"), cell.count("cut-off")), MOST_THREADS)

    def iterate(self) -> int:
        if self.cell.variant == "skynet":
            return skynet_of_threads(0, self.cell.count("leaves"))
        return fibonacci_of_threads(self.cell.count("n"), self.cell.count("cut-off"))


def tasks(n: int, cut_off: int) -> int:
    """Number of tasks for a Fibonacci number, one for each node that splits."""
    before, last = 0, 0
    for _ in range(max(cut_off, 1), n):
        before, last = last, 1 + last + before
    return last


def fibonacci_of_threads(n: int, cut_off: int) -> int:
    if not splits(n, cut_off):
        return fib(n)
    left = Task(fibonacci_of_threads, n - 1, cut_off)
    right = fibonacci_of_threads(n - 2, cut_off)
    return left.result() + right


def skynet_of_threads(first: int, leaves: int) -> int:
    if leaves <= 1:
        return first * leaves
    children = [Task(skynet_of_threads, *part) for part in parts(first, leaves)]
    return sum(child.result() for child in children)
