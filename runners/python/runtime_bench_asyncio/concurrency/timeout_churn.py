"""`timeout-churn`: timeouts that are armed and never expire."""

from __future__ import annotations

import asyncio

from ..session import LoopSession

#: Seconds; never reached.
LIMIT = 10

UNFIT = {
    "OnThreads": "there is no timer to arm or cancel: threads pass their limit to a system call"
}


class OnLoop(LoopSession):
    async def iterate(self) -> dict[str, int]:
        timeouts, tasks = self.cell.count("timeouts"), self.cell.count("tasks")
        spawned = [asyncio.create_task(work(range(task, timeouts, tasks))) for task in range(tasks)]
        ended = await asyncio.gather(*spawned)
        total, in_time = (sum(part) for part in zip(*ended, strict=True))
        return {"sum": total, "in_time": in_time, "expired": timeouts - in_time}


async def work(pieces: range) -> tuple[int, int]:
    """The sum of the pieces that ended in time, and their number."""
    total = in_time = 0
    for number in pieces:
        try:
            async with asyncio.timeout(LIMIT):
                await asyncio.sleep(0)
                total += number
                in_time += 1
        except TimeoutError:
            pass
    return total, in_time
