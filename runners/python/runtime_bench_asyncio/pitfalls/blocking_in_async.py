"""`blocking-in-async`: a heartbeat next to jobs that block their thread."""

from __future__ import annotations

import asyncio
import time
from time import perf_counter_ns
from typing import Any

from ..session import LoopSession

UNFIT = {"OnThreads": "threads may block; see the runner `threads`"}


class Heartbeat:
    """A task that should run once per period."""

    def __init__(self, period: float) -> None:
        self._period = round(period * 1e9)
        self._due = perf_counter_ns() + self._period
        self._stopped = False
        self.first = asyncio.Event()
        self.ticks = self.early = self.worst_ns = 0

    def stop(self) -> None:
        """The time until the next beat."""
        self._stopped = True

    async def run(self) -> dict[str, int]:
        while not self._stopped:
            await asyncio.sleep(max(0, self._due - perf_counter_ns()) / 1e9)
            self._beat(perf_counter_ns())
            self.first.set()
        return {"ticks": self.ticks, "early": self.early, "worst_ns": self.worst_ns}

    def _beat(self, now: int) -> None:
        """Missed beats are skipped."""
        self.ticks += 1
        self.early += now < self._due
        self.worst_ns = max(self.worst_ns, now - self._due)
        while self._due <= now:
            self._due += self._period


class OnLoop(LoopSession):
    sleeps = True
    variants = ("blocked", "offloaded", "awaited")

    async def iterate(self) -> dict[str, Any]:
        job = {"blocked": blocked, "offloaded": offloaded, "awaited": awaited}[self.cell.variant or ""]
        seconds = self.cell.ms("job")
        heartbeat = Heartbeat(self.cell.ms("period"))
        beating = asyncio.create_task(heartbeat.run())
        await heartbeat.first.wait()
        tasks = [asyncio.create_task(job(number, seconds)) for number in range(self.cell.count("jobs"))]
        jobs = await asyncio.gather(*tasks)
        heartbeat.stop()
        return {
            "jobs": len(jobs),
            "out_of_order": sum(place != number for place, (number, _) in enumerate(jobs)),
            "short": sum(short for _, short in jobs),
            "heartbeat": await beating,
        }


#: A finished job: its number, and whether it was too short.
Job = tuple[int, bool]


async def blocked(number: int, seconds: float) -> Job:
    return block(number, seconds)


async def offloaded(number: int, seconds: float) -> Job:
    return await asyncio.to_thread(block, number, seconds)


async def awaited(number: int, seconds: float) -> Job:
    start = time.monotonic()
    await asyncio.sleep(seconds)
    return number, time.monotonic() - start < seconds


def block(number: int, seconds: float) -> Job:
    start = time.monotonic()
    time.sleep(seconds)
    return number, time.monotonic() - start < seconds
