"""`task-memory`: the memory of a waiting task."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from ..request import Cell
from ..session import LoopSession
from .resident import resident_memory

#: How long they would sleep, in seconds: longer than any measurement.
LONG = 3_600
#: With more tasks, a trial would exceed its limit.
MOST_TASKS = 500_000
#: Interval in seconds at which the root checks whether all tasks wait.
LOOK = 0.001

UNFIT = {"OnThreads": "a thread takes its stack in every language; see the runner `threads`"}


class OnLoop(LoopSession):
    variants = (None, "sleeping")

    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        if cell.count("tasks") > MOST_TASKS:
            return "too slow in Python: two million tasks take 30 s, so a trial would exceed its limit"
        return None

    async def iterate(self) -> dict[str, int]:
        tasks = self.cell.count("tasks")
        return await (asleep(tasks) if self.cell.variant == "sleeping" else at_a_gate(tasks))


class Waiting:
    """Counts the waiting tasks."""

    def __init__(self) -> None:
        self.count = 0


async def at_a_gate(tasks: int) -> dict[str, int]:
    """Each task waits at its own place, which exists before the first task arrives."""
    loop, waiting = asyncio.get_running_loop(), Waiting()
    places = [loop.create_future() for _ in range(2 * tasks)]

    async def wait(place: int) -> None:
        waiting.count += 1
        await places[place]

    spawned, resident = await twice(tasks, wait, waiting)
    for place in places:
        place.set_result(None)
    outcomes = await asyncio.gather(*spawned)
    return slope(len(outcomes), resident)


async def asleep(tasks: int) -> dict[str, int]:
    """Each waits on the loop's timer, and is canceled while asleep."""
    waiting = Waiting()

    async def sleep(_: int) -> None:
        waiting.count += 1
        await asyncio.sleep(LONG)

    spawned, resident = await twice(tasks, sleep, waiting)
    for task in spawned:
        task.cancel()
    outcomes = await asyncio.gather(*spawned, return_exceptions=True)
    return slope(sum(isinstance(end, asyncio.CancelledError) for end in outcomes), resident)


async def twice(
    tasks: int, task: Callable[[int], Coroutine[Any, Any, None]], waiting: Waiting
) -> tuple[list[asyncio.Task[None]], list[int]]:
    """Spawns tasks twice, and reads resident memory each time when all of them wait."""
    spawned: list[asyncio.Task[None]] = []
    resident = []
    for half in range(2):
        for place in range(half * tasks, (half + 1) * tasks):
            spawned.append(asyncio.create_task(task(place)))
        while waiting.count < len(spawned):
            await asyncio.sleep(LOOK)
        resident.append(resident_memory())
    return spawned, resident


def slope(ended: int, resident: list[int]) -> dict[str, int]:
    with_half, with_all = resident
    return {"ended": ended, "with_half": with_half, "with_all": with_all}
