"""`timer-precision`: how late a short sleep ends."""

from __future__ import annotations

import asyncio
import time
from time import perf_counter_ns
from typing import Any

from ..session import LoopSession, ThreadSession


class Sleeps:
    """The sleeps of one iteration."""

    def __init__(self) -> None:
        self._overshoots: list[int] = []

    def ended(self, deadline: int) -> None:
        """Records a sleep that was due at `deadline`."""
        self._overshoots.append(perf_counter_ns() - deadline)

    def answer(self) -> dict[str, Any]:
        return {
            "overshoots_ns": [max(0, overshoot) for overshoot in self._overshoots],
            "early": sum(overshoot < 0 for overshoot in self._overshoots),
        }


class OnLoop(LoopSession):
    sleeps = True

    async def iterate(self) -> dict[str, Any]:
        delay_us, sleeps = self.cell.count("delay"), Sleeps()
        for _ in range(self.cell.count("sleeps")):
            deadline = perf_counter_ns() + 1_000 * delay_us
            await asyncio.sleep(delay_us / 1e6)
            sleeps.ended(deadline)
        return sleeps.answer()


class OnThreads(ThreadSession):
    def iterate(self) -> dict[str, Any]:
        delay_us, sleeps = self.cell.count("delay"), Sleeps()
        for _ in range(self.cell.count("sleeps")):
            deadline = perf_counter_ns() + 1_000 * delay_us
            time.sleep(delay_us / 1e6)
            sleeps.ended(deadline)
        return sleeps.answer()
