"""Sessions of workloads: preparation outside the timed code, iterations inside it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from .request import Cell, Trial

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    from .loops import Loops


class Session:
    """A workload on an instance of a runner. It lives as long as the trial."""

    #: The supported variants of the workload.
    variants: ClassVar[tuple[str | None, ...]] = (None,)
    #: Whether a sleep that ends early is a wrong output.
    sleeps: ClassVar[bool] = False
    #: Whether the number of workers can be set, and why not.
    has_workers: ClassVar[bool] = False
    no_workers: ClassVar[str] = "it has one thread: the number of workers cannot be set"

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.cell = trial.cell
        #: Its processes, whose CPU time and memory count as well.
        self.children: list[int] = []

    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        """Why it does not support a cell; None if it does."""
        return None


class LoopSession(Session, ABC):
    """On an event loop."""

    async def prepare(self) -> None:
        """Prepares inputs and connections before the clock starts."""

    @abstractmethod
    async def iterate(self) -> Any:
        """Does the work once, and returns the output in the format of the protocol."""

    async def close(self) -> None:
        """Ends everything that still runs."""


class LoopServer(Session, ABC):
    """A server on an event loop, loaded and timed by the harness."""

    @abstractmethod
    async def listen(self) -> str:
        """Starts serving; returns the address as `host:port`."""

    async def close(self) -> None:
        """Stops serving."""


class ThreadSession(Session, ABC):
    """On threads."""

    no_workers = "each task is a thread: the number of workers cannot be set"

    def prepare(self) -> None:
        """Prepares inputs and connections before the clock starts."""

    @abstractmethod
    def iterate(self) -> Any:
        """Does the work once, and returns the output in the format of the protocol."""

    def close(self) -> None:
        """Ends everything that still runs."""


class ThreadServer(Session, ABC):
    """A server on threads, loaded and timed by the harness."""

    @abstractmethod
    def listen(self) -> str:
        """Starts serving; returns the address as `host:port`."""

    def close(self) -> None:
        """Stops serving."""


class ProcessSession(ThreadSession):
    """On a pool of processes, which exists before the session prepares."""

    has_workers = True

    pool: ProcessPoolExecutor

    @staticmethod
    def load(trial: Trial) -> None:
        """Loads the modules of every process of the pool when it starts."""


class LoopsSession(ThreadSession):
    """On event loops, each on its own thread, which are running before the session prepares."""

    has_workers = True

    loops: Loops


class LoopsServer(ThreadServer):
    """A server on such loops."""

    has_workers = True

    loops: Loops


class DividedSession(LoopsSession):
    """Each loop runs the workload with a share of the work."""

    #: The workload on one loop.
    part: ClassVar[type[LoopSession]]
    #: The parameters that are divided.
    shared: ClassVar[tuple[str, ...]]

    def prepare(self) -> None:
        self.parts = [self.part(trial) for trial in self.trial.divided(self.shared, len(self.loops))]
        self.loops.run([part.prepare() for part in self.parts])

    def iterate(self) -> dict[str, int]:
        outputs = self.loops.run([part.iterate() for part in self.parts])
        return {name: self.merged(name, outputs) for name in outputs[0]}

    def merged(self, name: str, outputs: list[Mapping[str, int]]) -> int:
        """Combines a field of all outputs, by default a count."""
        return sum(output[name] for output in outputs)

    def close(self) -> None:
        self.loops.run([part.close() for part in self.parts])
