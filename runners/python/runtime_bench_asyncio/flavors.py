"""The runners: how each runs sessions, and which workloads it supports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module

from .catalog import WORKLOADS
from .errors import BadRequest
from .interpreter import serial
from .loops import LoopFactory
from .request import Cell
from .session import Session

#: Parameters that select the crate of a primitive.
WHOSE = ("channel", "lock")


@dataclass(frozen=True)
class Flavor:
    """A runner."""

    #: Its configuration; `{workers}` is filled in.
    configuration: str
    #: The class that it runs in a workload's module.
    kind: str = "OnLoop"
    #: Returns the factory of the event loop, and imports its modules.
    loop_factory: Callable[[], LoopFactory | None] = lambda: None
    #: Its packages besides Python, by distribution name.
    packages: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    #: Why it cannot run on this interpreter; None if it can.
    unavailable: Callable[[], str | None] = lambda: None
    #: Why workloads that sleep are n/a; None if they are not.
    wakes_early: str | None = None
    #: Its workloads, and the reason for all others.
    workloads: Mapping[str, str] = field(default_factory=lambda: WORKLOADS)
    otherwise: str = "this runner does not support the workload"

    def session(self, cell: Cell) -> type[Session]:
        """The class that runs a cell.

        Raises `BadRequest` with the reason where it cannot be done.
        """
        if cell.workload not in WORKLOADS and cell.workload not in self.workloads:
            raise BadRequest(f"unknown workload {cell.workload!r}")
        if cell.workload not in self.workloads:
            raise BadRequest(self.otherwise)
        module = import_module(f".{self.workloads[cell.workload]}", __package__)
        kind: type[Session] | None = getattr(module, self.kind, None)
        if kind is None:
            raise BadRequest(getattr(module, "UNFIT", {}).get(self.kind, self.otherwise))
        reason = self._unfit(cell, kind) or kind.unfit(cell)
        if reason is not None:
            raise BadRequest(reason)
        return kind

    def _unfit(self, cell: Cell, kind: type[Session]) -> str | None:
        """Why it does not support a point, regardless of the workload."""
        if cell.variant not in kind.variants:
            return f"unknown variant {cell.variant!r} of {cell.workload}"
        for what in WHOSE:
            if (whose := cell.params.get(what, "own")) != "own":
                return f"the {what} of {whose} belongs to another language"
        if kind.sleeps and self.wakes_early:
            return self.wakes_early
        if "allocator" in cell.params:
            return "Python uses its own memory allocator"
        if "workers" in cell.params and not kind.has_workers:
            return kind.no_workers
        return None


def _uvloop() -> LoopFactory:
    import uvloop

    return uvloop.new_event_loop


ONE_THREAD = "Everything but `asyncio.to_thread` runs on one thread, regardless of the number of workers."
GIL = "CPython's global interpreter lock lets only one thread at a time run Python code."
HTTP_ONLY = "same as asyncio here: this workload does not use HTTP"

FLAVORS = {
    "asyncio": Flavor(
        configuration="one event loop on one thread (asyncio.Runner), standard library only",
        notes=(GIL, ONE_THREAD),
    ),
    "asyncio-uvloop": Flavor(
        configuration="one uvloop event loop on one thread (asyncio.Runner)",
        loop_factory=_uvloop,
        packages=("uvloop",),
        notes=(GIL, ONE_THREAD, "The same program as `asyncio`, on uvloop's event loop."),
        wakes_early="uvloop counts time in whole milliseconds and may end a sleep up to 1 ms early",
    ),
    "asyncio-aiohttp": Flavor(
        configuration="one event loop on one thread, with aiohttp's client and server",
        packages=("aiohttp",),
        notes=(GIL, ONE_THREAD, "`scrape` fetches its pages over HTTP with aiohttp."),
        workloads={"scrape": "io.scrape_aiohttp", "http-server": "io.http_server_aiohttp"},
        otherwise=HTTP_ONLY,
    ),
    "fastapi": Flavor(
        configuration="FastAPI on one worker of uvicorn, with uvloop and httptools; no access log",
        loop_factory=_uvloop,
        packages=("fastapi", "uvicorn", "httptools", "uvloop"),
        notes=(GIL,),
        workloads={"http-server": "io.http_server_fastapi"},
        otherwise="this runner only supports HTTP servers",
    ),
    "aiofiles": Flavor(
        configuration="one event loop on one thread; aiofiles sends each call to a thread pool",
        packages=("aiofiles",),
        notes=(GIL,),
        workloads={"file-read": "io.file_read_aiofiles"},
        otherwise="same as asyncio here: this workload does not read files",
    ),
    "python-threads": Flavor(
        configuration="a ThreadPoolExecutor of {workers} threads for independent jobs, otherwise one "
        "thread per task",
        kind="OnThreads",
        notes=(GIL,),
        otherwise="not implemented for Python threads; see the runner `threads`",
    ),
    "asyncio-freethreaded": Flavor(
        configuration="{workers} event loops, each on its own thread (asyncio.Runner), Python without "
        "a global lock, standard library only",
        kind="OnLoops",
        unavailable=serial,
        notes=(
            "Connections, jobs and sleeping tasks are divided evenly among the loops in advance, and "
            "stay there.",
            "The loops of a server share its port (SO_REUSEPORT): the kernel assigns connections by a "
            "hash of their addresses.",
        ),
        otherwise="its loops share no tasks, so it only runs work that can be divided in advance",
    ),
    "python-processes": Flavor(
        configuration="a ProcessPoolExecutor of {workers} processes",
        kind="OnProcesses",
        notes=(
            "Arguments and results are pickled and sent through pipes; this is timed.",
            "CPU time is the sum over all processes. So are threads and memory; shared pages "
            "count once per process.",
        ),
        otherwise="only for CPU-bound jobs: processes share no objects that tasks could wait for",
    ),
}
