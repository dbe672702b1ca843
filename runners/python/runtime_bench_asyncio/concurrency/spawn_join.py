"""`spawn-join`: the cost of a task that does almost nothing."""

from __future__ import annotations

import asyncio
from queue import SimpleQueue

from ..request import Cell
from ..session import LoopSession, ThreadSession
from ..threads import Task, too_many


def children(number: int, tasks: int) -> list[int]:
    """The children of a task in a binary tree."""
    return [child for child in (2 * number + 1, 2 * number + 2) if child < tasks]


class OnLoop(LoopSession):
    variants = (None, "root-on-caller", "recursive", "chained")

    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        if cell.variant == "root-on-caller":
            return "asyncio runs every root as a task on its only thread"
        return None

    async def iterate(self) -> int:
        tasks = self.cell.count("tasks")
        match self.cell.variant:
            case "recursive":
                return await asyncio.create_task(tree(0, tasks))
            case "chained":
                return await follow_chain(tasks)
            case _:
                return await flat(tasks)


async def flat(tasks: int) -> int:
    """The root spawns all and joins them in order."""
    spawned = [asyncio.create_task(itself(number)) for number in range(tasks)]
    total = 0
    for task in spawned:
        total += await task
    return total


async def itself(number: int) -> int:
    return number


async def tree(number: int, tasks: int) -> int:
    """Each task spawns two more and joins them."""
    spawned = [asyncio.create_task(tree(child, tasks)) for child in children(number, tasks)]
    total = number
    for task in spawned:
        total += await task
    return total


async def follow_chain(tasks: int) -> int:
    """Each task spawns the next and ends; the last one sends the sum."""
    last: asyncio.Queue[int] = asyncio.Queue(1)
    # The loop does not keep tasks alive.
    spawned: list[asyncio.Task[None]] = []

    async def link(number: int, total: int) -> None:
        total += number
        if number + 1 < tasks:
            spawned.append(asyncio.create_task(link(number + 1, total)))
        else:
            await last.put(total)

    spawned.append(asyncio.create_task(link(0, 0)))
    return await last.get()


class OnThreads(ThreadSession):
    variants = (None, "root-on-caller", "recursive", "chained")

    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        if cell.variant == "root-on-caller":
            return "only an async root can be polled by the waiting thread"
        return too_many(cell.count("tasks"))

    def iterate(self) -> int:
        tasks = self.cell.count("tasks")
        match self.cell.variant:
            case "recursive":
                return Task(tree_of_threads, 0, tasks).result()
            case "chained":
                return follow_chain_of_threads(tasks)
            case _:
                spawned = [Task(int, number) for number in range(tasks)]
                return sum(task.result() for task in spawned)


def tree_of_threads(number: int, tasks: int) -> int:
    spawned = [Task(tree_of_threads, child, tasks) for child in children(number, tasks)]
    return number + sum(task.result() for task in spawned)


def follow_chain_of_threads(tasks: int) -> int:
    last: SimpleQueue[int] = SimpleQueue()

    def link(number: int, total: int) -> None:
        total += number
        if number + 1 < tasks:
            Task(link, number + 1, total)
        else:
            last.put(total)

    Task(link, 0, 0)
    return last.get()
