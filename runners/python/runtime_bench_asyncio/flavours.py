"""The runners: what each of them runs sessions on, and which workloads it supports."""

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

#: Parameters that say whose primitive a point is about.
WHOSE = ("channel", "lock")


@dataclass(frozen=True)
class Flavour:
    """A runner."""

    #: What it says of itself; `{workers}` is filled in.
    configuration: str
    #: The class of a workload's module that it runs.
    kind: str = "OnLoop"
    #: Names the event loop; imports what it needs.
    loop_factory: Callable[[], LoopFactory | None] = lambda: None
    #: What it is made of besides Python, by the names of their distributions.
    packages: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    #: Why it can do nothing on this interpreter; None where it can.
    unavailable: Callable[[], str | None] = lambda: None
    #: Why workloads that sleep are n/a; None if they are not.
    wakes_early: str | None = None
    #: Its workloads, and the reason for all others.
    workloads: Mapping[str, str] = field(default_factory=lambda: WORKLOADS)
    otherwise: str = "this runner does not support the workload"

    def session(self, cell: Cell) -> type[Session]:
        """The class that does a cell.

        Raises `BadRequest` with the reason where it cannot be done.
        """
        if cell.workload not in WORKLOADS and cell.workload not in self.workloads:
            raise BadRequest(f"no workload {cell.workload!r}")
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
        """Why it cannot do a point, whatever the workload."""
        if cell.variant not in kind.variants:
            return f"no variant {cell.variant!r} of {cell.workload}"
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

FLAVOURS = {
    "asyncio": Flavour(
        configuration="one event loop on one thread (asyncio.Runner), standard library only",
        notes=(GIL, ONE_THREAD),
    ),
    "asyncio-uvloop": Flavour(
        configuration="one uvloop event loop on one thread (asyncio.Runner)",
        loop_factory=_uvloop,
        packages=("uvloop",),
        notes=(GIL, ONE_THREAD, "The same program as `asyncio`, on uvloop's event loop."),
        wakes_early="uvloop counts time in whole milliseconds and may end a sleep up to 1 ms early",
    ),
    "asyncio-aiohttp": Flavour(
        configuration="one event loop on one thread, with aiohttp's client and server",
        packages=("aiohttp",),
        notes=(GIL, ONE_THREAD, "`scrape` fetches its pages over HTTP with aiohttp."),
        workloads={"scrape": "io.scrape_aiohttp", "http-server": "io.http_server_aiohttp"},
        otherwise=HTTP_ONLY,
    ),
    "fastapi": Flavour(
        configuration="FastAPI on one worker of uvicorn, with uvloop and httptools; no access log",
        loop_factory=_uvloop,
        packages=("fastapi", "uvicorn", "httptools", "uvloop"),
        notes=(GIL,),
        workloads={"http-server": "io.http_server_fastapi"},
        otherwise="this runner supports HTTP servers only",
    ),
    "aiofiles": Flavour(
        configuration="one event loop on one thread; aiofiles sends each call to a thread pool",
        packages=("aiofiles",),
        notes=(GIL,),
        workloads={"file-read": "io.file_read_aiofiles"},
        otherwise="same as asyncio here: this workload reads no files",
    ),
    "python-threads": Flavour(
        configuration="a ThreadPoolExecutor of {workers} threads for independent jobs, otherwise one "
        "thread per task",
        kind="OnThreads",
        notes=(GIL,),
        otherwise="not implemented for Python threads; see the runner `threads`",
    ),
    "asyncio-freethreaded": Flavour(
        configuration="{workers} event loops, each on its own thread (asyncio.Runner), Python without "
        "a global lock, standard library only",
        kind="OnLoops",
        unavailable=serial,
        notes=(
            "Connections, jobs and sleeping tasks are divided evenly among the loops beforehand; "
            "nothing moves from one to another.",
            "The loops of a server share its port (SO_REUSEPORT): the kernel assigns connections by a "
            "hash of their addresses.",
        ),
        otherwise="its loops share no tasks; it runs work that can be divided beforehand",
    ),
    "python-processes": Flavour(
        configuration="a ProcessPoolExecutor of {workers} processes",
        kind="OnProcesses",
        notes=(
            "Arguments and results are pickled and sent through pipes; this is timed.",
            "CPU time is the sum over all processes. Threads and memory are sums, too; shared pages "
            "count once per process.",
        ),
        otherwise="processes share nothing that these tasks could wait for; for CPU-bound jobs only",
    ),
}
