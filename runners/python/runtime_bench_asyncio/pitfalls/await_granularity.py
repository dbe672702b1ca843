"""`await-granularity`: one sum, computed in steps of increasing cost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..request import Cell
from ..session import LoopSession, ThreadSession
from ..threads import Task

VARIANTS = ("call", "callback", "ready", "boxed", "yield", "spawn", "offload")


def step(number: int) -> int:
    """The work of every step."""
    return number


def then(number: int, following: Callable[[int], None]) -> None:
    """A step in continuation-passing style."""
    following(step(number))


async def ready(number: int) -> int:
    """A step that is awaited but never suspends."""
    return step(number)


def by_calls(steps: int) -> int:
    total = 0
    for number in range(steps):
        total += step(number)
    return total


def by_callbacks(steps: int) -> int:
    total = 0
    for number in range(steps):

        def add(result: int) -> None:
            nonlocal total
            total += result

        then(number, add)
    return total


class OnLoop(LoopSession):
    variants = VARIANTS

    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        if cell.variant == "boxed":
            return "same as `ready` here: a coroutine is always an object on the heap"
        return None

    async def iterate(self) -> int:
        steps, total = self.cell.count("steps"), 0
        match self.cell.variant:
            case "call":
                return by_calls(steps)
            case "callback":
                return by_callbacks(steps)
            case "ready":
                for number in range(steps):
                    total += await ready(number)
            case "yield":
                for number in range(steps):
                    await asyncio.sleep(0)
                    total += step(number)
            case "spawn":
                for number in range(steps):
                    total += await asyncio.create_task(ready(number))
            case "offload":
                for number in range(steps):
                    total += await asyncio.to_thread(step, number)
        return total


class OnThreads(ThreadSession):
    variants = VARIANTS

    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        if cell.variant in ("call", "callback", "spawn"):
            return None
        return "nothing to await or offload: its tasks are plain functions"

    def iterate(self) -> int:
        steps = self.cell.count("steps")
        match self.cell.variant:
            case "call":
                return by_calls(steps)
            case "callback":
                return by_callbacks(steps)
            case _:
                return sum(Task(step, number).result() for number in range(steps))
