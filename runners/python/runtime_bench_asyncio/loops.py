"""Event loops, each on its own thread. They share no tasks: work is divided in advance."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from threading import Event, Thread
from typing import Any, TypeVar

T = TypeVar("T")

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


class Loops:
    """Running loops. Each has run an empty task."""

    def __init__(self, count: int, loop_factory: LoopFactory | None) -> None:
        self._loops = [_Loop(loop_factory) for _ in range(count)]
        for loop in self._loops:
            loop.started.wait()

    def __len__(self) -> int:
        return len(self._loops)

    def run(self, work: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
        """Runs one coroutine per loop, and returns their results in order."""
        assert len(work) <= len(self)
        running = [
            asyncio.run_coroutine_threadsafe(one, loop.loop) for one, loop in zip(work, self._loops)
        ]
        return [one.result() for one in running]

    def divide(self, items: Sequence[T]) -> list[Sequence[T]]:
        """One part for each loop. Their lengths differ by at most one."""
        return [items[first :: len(self)] for first in range(len(self))]

    def close(self) -> None:
        """Stops all loops and cancels their tasks."""
        for loop in self._loops:
            loop.stop()
        for loop in self._loops:
            loop.join()


class _Loop(Thread):
    loop: asyncio.AbstractEventLoop

    def __init__(self, loop_factory: LoopFactory | None) -> None:
        # A stuck loop must not keep the process alive.
        super().__init__(daemon=True)
        self._loop_factory = loop_factory
        self.started = Event()
        self.start()

    def run(self) -> None:
        with asyncio.Runner(loop_factory=self._loop_factory) as runner:
            runner.run(self._until_stopped())

    async def _until_stopped(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        await asyncio.create_task(asyncio.sleep(0))
        self.started.set()
        await self._stopped.wait()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self._stopped.set)


def shares(total: int, parts: int) -> list[int]:
    """Splits a number into parts that differ by at most one."""
    return [total // parts + (part < total % parts) for part in range(parts)]
