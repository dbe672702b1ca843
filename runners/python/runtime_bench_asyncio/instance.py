"""One fresh instance of a runner, and the only clock that times it.

It is built when a first empty task has run. Then it is given a session to prepare and to measure, or
a server to run. Nothing but the clock stands between two iterations.
"""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from time import perf_counter_ns
from typing import Any, NamedTuple

from .conversation import Conversation
from .loops import LoopFactory, Loops
from .request import Trial
from .serve import serve_on_loop, serve_on_threads
from .session import (
    LoopServer,
    LoopSession,
    LoopsServer,
    LoopsSession,
    ProcessSession,
    ThreadServer,
    ThreadSession,
)
from .usage import cpu_clock


class Sample(NamedTuple):
    """One iteration."""

    wall_ns: int
    cpu_ns: int
    output: Any


class Block(NamedTuple):
    """Iterations in a row."""

    samples: list[Sample]
    #: Total time, including the time to read the clocks.
    took_ns: int

    @property
    def mean_ns(self) -> float:
        return self.took_ns / len(self.samples)


class Instance(ABC):
    """An instance of a trial, which measures a session repeatedly, or serves."""

    @abstractmethod
    def prepare(self, session: Any) -> None: ...

    @abstractmethod
    def measure(self, iterations: int) -> Block: ...

    @abstractmethod
    def serve(self, server: Any, conversation: Conversation) -> None: ...

    @abstractmethod
    def close(self) -> None: ...


class OnLoop(Instance):
    """On an event loop."""

    session: LoopSession | None = None

    def __init__(self, loop_factory: LoopFactory | None) -> None:
        self._runner = asyncio.Runner(loop_factory=loop_factory)
        self._runner.run(asyncio.sleep(0))

    def prepare(self, session: LoopSession) -> None:
        self.session = session
        self._runner.run(session.prepare())

    def measure(self, iterations: int) -> Block:
        assert self.session is not None
        return self._runner.run(_block_on_loop(self.session, iterations))

    def serve(self, server: LoopServer, conversation: Conversation) -> None:
        self._runner.run(serve_on_loop(server, conversation))

    def close(self) -> None:
        if self.session is not None:
            self._runner.run(self.session.close())
        self._runner.close()


async def _block_on_loop(session: LoopSession, iterations: int) -> Block:
    iterate, cpu_ns = session.iterate, cpu_clock(session.children)
    samples = []
    begun = perf_counter_ns()
    for _ in range(iterations):
        cpu, start = cpu_ns(), perf_counter_ns()
        answer = await iterate()
        wall = perf_counter_ns() - start
        samples.append(Sample(wall, cpu_ns() - cpu, answer))
    return Block(samples, perf_counter_ns() - begun)


class OnThreads(Instance):
    """On threads: building it only runs a first empty thread."""

    session: ThreadSession | None = None

    def __init__(self) -> None:
        first = threading.Thread()
        first.start()
        first.join()

    def prepare(self, session: ThreadSession) -> None:
        self.session = session
        session.prepare()

    def measure(self, iterations: int) -> Block:
        assert self.session is not None
        return _block(self.session, iterations)

    def serve(self, server: ThreadServer, conversation: Conversation) -> None:
        serve_on_threads(server, conversation)

    def close(self) -> None:
        if self.session is not None:
            self.session.close()


def _block(session: ThreadSession, iterations: int) -> Block:
    iterate, cpu_ns = session.iterate, cpu_clock(session.children)
    samples = []
    begun = perf_counter_ns()
    for _ in range(iterations):
        cpu, start = cpu_ns(), perf_counter_ns()
        answer = iterate()
        wall = perf_counter_ns() - start
        samples.append(Sample(wall, cpu_ns() - cpu, answer))
    return Block(samples, perf_counter_ns() - begun)


class OnLoops(OnThreads):
    """On event loops, each on its own thread."""

    def __init__(self, loop_factory: LoopFactory | None, workers: int) -> None:
        self._loops = Loops(workers, loop_factory)

    def prepare(self, session: ThreadSession) -> None:
        assert isinstance(session, LoopsSession)
        session.loops = self._loops
        super().prepare(session)

    def serve(self, server: ThreadServer, conversation: Conversation) -> None:
        assert isinstance(server, LoopsServer)
        server.loops = self._loops
        super().serve(server, conversation)

    def close(self) -> None:
        super().close()
        self._loops.close()


class OnProcesses(OnThreads):
    """On a pool of processes that have all started and loaded the session's modules."""

    def __init__(self, kind: type[ProcessSession], trial: Trial) -> None:
        from concurrent.futures import ProcessPoolExecutor

        self._pool = ProcessPoolExecutor(trial.workers, initializer=kind.load, initargs=(trial,))
        # If processes are forked, as by default on Linux, the first job starts all of them.
        self._pool.submit(_nothing).result()

    def prepare(self, session: ThreadSession) -> None:
        from multiprocessing import active_children

        assert isinstance(session, ProcessSession)
        session.pool = self._pool
        session.children = [child.pid for child in active_children() if child.pid is not None]
        super().prepare(session)

    def close(self) -> None:
        super().close()
        self._pool.shutdown()


def _nothing() -> None:
    pass
