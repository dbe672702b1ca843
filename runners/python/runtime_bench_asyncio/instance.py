"""One fresh, prepared instance of a cell, and the only clock that times it.

An instance is built with its runtime: an event loop, threads, or processes. Nothing but the clock
stands between two iterations.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any, NamedTuple, Protocol

from .session import LoopSession, ProcessSession, Session, ThreadSession
from .usage import cpu_clock

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


class Sample(NamedTuple):
    """One iteration."""

    wall_ns: int
    cpu_ns: int
    answer: Any


class Instance(Protocol):
    """What a trial does with an instance: prepares it, measures as often as it likes, closes it."""

    @property
    def session(self) -> Session: ...
    def prepare(self) -> None: ...
    def measure(self, iterations: int) -> list[Sample]: ...
    def close(self) -> None: ...


class OnLoop:
    """On an event loop, which is built when a first empty task has run."""

    def __init__(self, session: LoopSession, loop_factory: LoopFactory | None) -> None:
        self.session = session
        self._runner = asyncio.Runner(loop_factory=loop_factory)
        self._runner.run(asyncio.sleep(0))

    def prepare(self) -> None:
        self._runner.run(self.session.prepare())

    def measure(self, iterations: int) -> list[Sample]:
        return self._runner.run(self._block(iterations))

    async def _block(self, iterations: int) -> list[Sample]:
        iterate, cpu_ns = self.session.iterate, cpu_clock(self.session.children)
        samples = []
        for _ in range(iterations):
            cpu, start = cpu_ns(), perf_counter_ns()
            answer = await iterate()
            wall = perf_counter_ns() - start
            samples.append(Sample(wall, cpu_ns() - cpu, answer))
        return samples

    def close(self) -> None:
        self._runner.run(self.session.close())
        self._runner.close()


class OnThreads:
    """On threads. There is nothing to build but a first empty thread."""

    def __init__(self, session: ThreadSession) -> None:
        self.session = session
        first = threading.Thread()
        first.start()
        first.join()

    def prepare(self) -> None:
        self.session.prepare()

    def measure(self, iterations: int) -> list[Sample]:
        iterate, cpu_ns = self.session.iterate, cpu_clock(self.session.children)
        samples = []
        for _ in range(iterations):
            cpu, start = cpu_ns(), perf_counter_ns()
            answer = iterate()
            wall = perf_counter_ns() - start
            samples.append(Sample(wall, cpu_ns() - cpu, answer))
        return samples

    def close(self) -> None:
        self.session.close()


class OnProcesses(OnThreads):
    """On a pool of processes, which is built when all have started and done a first empty job."""

    session: ProcessSession

    def __init__(self, session: ProcessSession) -> None:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import active_children

        self.session = session
        trial = session.trial
        session.pool = ProcessPoolExecutor(trial.workers, initializer=session.load, initargs=(trial,))
        # Where processes are forked, as by default on Linux, the first job starts them all.
        session.pool.submit(_nothing).result()
        session.children = [child.pid for child in active_children() if child.pid is not None]

    def close(self) -> None:
        super().close()
        self.session.pool.shutdown()


def _nothing() -> None:
    pass
