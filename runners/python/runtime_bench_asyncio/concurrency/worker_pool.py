"""`worker-pool`: many jobs with limited concurrency."""

from __future__ import annotations

import asyncio
import threading
import time
from functools import reduce
from itertools import count
from operator import xor

from ..cpu.xorshift import scattered, xorshift
from ..request import Cell
from ..session import LoopSession, ThreadSession
from ..threads import Task, too_many
from ..watch import Watch

#: Steps of a job.
STEPS = 300

Done = dict[str, int]


class OnLoop(LoopSession):
    async def iterate(self) -> Done:
        semaphore, watch = asyncio.Semaphore(self.cell.count("at-once")), Watch()

        async def job(number: int) -> int:
            async with semaphore:
                watch.begin()
                await asyncio.sleep(0)
                answer = xorshift(scattered(number), STEPS)
                watch.end()
                return answer

        jobs = [asyncio.create_task(job(number)) for number in range(self.cell.count("jobs"))]
        answers = await asyncio.gather(*jobs)
        return {"xor": reduce(xor, answers), "most": watch.most}


class OnThreads(ThreadSession):
    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        return too_many(cell.count("at-once"))

    def iterate(self) -> Done:
        jobs, at_once = self.cell.count("jobs"), self.cell.count("at-once")
        lock, watch, numbers = threading.Lock(), Watch(), count()

        def take_jobs() -> int:
            combined = 0
            # Taking the next number of a counter is one step of the interpreter.
            while (number := next(numbers)) < jobs:
                with lock:
                    watch.begin()
                time.sleep(0)
                combined ^= xorshift(scattered(number), STEPS)
                with lock:
                    watch.end()
            return combined

        workers = [Task(take_jobs) for _ in range(at_once)]
        return {"xor": reduce(xor, (worker.result() for worker in workers)), "most": watch.most}
