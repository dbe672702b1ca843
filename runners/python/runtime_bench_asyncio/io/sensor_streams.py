"""`sensor-streams`: many periodic sensors and one task that aggregates them by window."""

from __future__ import annotations

import asyncio
from time import perf_counter_ns
from typing import Any, NamedTuple

from ..session import LoopSession

#: Capacity of the channel to the aggregate.
CAPACITY = 64


class Reading(NamedTuple):
    """A reading of a sensor."""

    tick: int
    value: int
    due: int


class Aggregate:
    """The aggregate of all readings."""

    def __init__(self, ticks: int, period: int) -> None:
        self._period = period
        self._windows = [{"count": 0, "sum": 0} for _ in range(ticks)]
        self._early = self._missed = self._lateness = self._worst = 0

    def take(self, reading: Reading) -> None:
        lateness = perf_counter_ns() - reading.due
        self._early += lateness < 0
        self._missed += lateness > self._period
        self._lateness += max(0, lateness)
        self._worst = max(self._worst, lateness)
        window = self._windows[reading.tick]
        window["count"] += 1
        window["sum"] += reading.value

    def answer(self) -> dict[str, Any]:
        return {
            "windows": self._windows,
            "early": self._early,
            "missed": self._missed,
            "lateness_ns": self._lateness,
            "worst_ns": self._worst,
        }


class OnLoop(LoopSession):
    sleeps = True

    async def iterate(self) -> dict[str, Any]:
        sensors, ticks = self.cell.count("sensors"), self.cell.count("ticks")
        period = 1_000_000 * self.cell.count("period")
        readings: asyncio.Queue[Reading | None] = asyncio.Queue(CAPACITY)
        aggregating = asyncio.create_task(aggregate(readings, Aggregate(ticks, period)))
        start = perf_counter_ns()

        async def sense(sensor: int) -> None:
            for tick in range(ticks):
                due = start + period * (tick + 1) + period * sensor // sensors
                await asyncio.sleep(max(0, due - perf_counter_ns()) / 1e9)
                await readings.put(Reading(tick, (31 * sensor + 17 * tick) % 1_009, due))

        async with asyncio.TaskGroup() as tasks:
            for sensor in range(sensors):
                tasks.create_task(sense(sensor))
        await readings.put(None)
        return (await aggregating).answer()


async def aggregate(readings: asyncio.Queue[Reading | None], into: Aggregate) -> Aggregate:
    while (reading := await readings.get()) is not None:
        into.take(reading)
    return into
