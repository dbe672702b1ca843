"""`remote-wake`: a thread outside of the event loop repeatedly wakes a task."""

from __future__ import annotations

import asyncio
import threading
from queue import SimpleQueue
from typing import TypeAlias

from ..session import LoopSession

UNFIT = {"OnThreads": "same as `ping-pong` here: a round trip between two threads, over queues"}

Question: TypeAlias = "tuple[int, asyncio.Future[int]]"


class OnLoop(LoopSession):
    async def prepare(self) -> None:
        self.questions: SimpleQueue[Question | None] = SimpleQueue()
        loop = asyncio.get_running_loop()
        self.thread = threading.Thread(target=answer, args=(loop, self.questions), daemon=True)
        self.thread.start()

    async def iterate(self) -> int:
        loop, total = asyncio.get_running_loop(), 0
        for number in range(self.cell.count("wakes")):
            answered = loop.create_future()
            self.questions.put((number, answered))
            total += await answered
        return total

    async def close(self) -> None:
        self.questions.put(None)
        self.thread.join()


def answer(loop: asyncio.AbstractEventLoop, questions: SimpleQueue[Question | None]) -> None:
    """The thread: replies to requests and wakes the waiting task."""
    while (question := questions.get()) is not None:
        number, answered = question
        loop.call_soon_threadsafe(answered.set_result, 2 * number + 1)
