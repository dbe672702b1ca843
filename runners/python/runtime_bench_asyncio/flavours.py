"""The runners: on what each of them runs a session, and which workloads it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module

from .catalogue import WORKLOADS
from .errors import BadRequest
from .instance import LoopFactory
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
    #: Why nobody who sleeps on it may be timed, if so.
    wakes_early: str | None = None
    #: Its workloads, and why it does not do those of others.
    workloads: Mapping[str, str] = field(default_factory=lambda: WORKLOADS)
    otherwise: str = "it does not do this workload"

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
                return f"the {what} of {whose} is a library's of another language"
        if kind.sleeps and self.wakes_early:
            return self.wakes_early
        if "allocator" in cell.params:
            return "its memory comes from Python's own allocator"
        if "workers" in cell.params and not kind.has_workers:
            return kind.no_workers
        return None


def _uvloop() -> LoopFactory:
    import uvloop

    return uvloop.new_event_loop


ONE_THREAD = "Everything but `asyncio.to_thread` runs on one thread, whatever the number of workers."
GIL = "CPython's global interpreter lock lets one thread at a time run Python code."
HTTP_ONLY = "it is asyncio except where HTTP is spoken, and none is spoken here"

FLAVOURS = {
    "asyncio": Flavour(
        configuration="one event loop on one thread, by asyncio.Runner; the standard library alone",
        notes=(GIL, ONE_THREAD),
    ),
    "asyncio-uvloop": Flavour(
        configuration="one event loop of uvloop on one thread, by asyncio.Runner",
        loop_factory=_uvloop,
        packages=("uvloop",),
        notes=(GIL, ONE_THREAD, "The same program as `asyncio`, on uvloop's event loop."),
        wakes_early="uvloop counts time in whole milliseconds and may end a sleep up to one early",
    ),
    "asyncio-aiohttp": Flavour(
        configuration="one event loop on one thread, with aiohttp's client and server",
        packages=("aiohttp",),
        notes=(GIL, ONE_THREAD, "`scrape` asks for its pages by HTTP, and speaks it with aiohttp."),
        workloads={"scrape": "io.scrape_aiohttp", "http-server": "io.http_server_aiohttp"},
        otherwise=HTTP_ONLY,
    ),
    "fastapi": Flavour(
        configuration="FastAPI on one worker of uvicorn, with uvloop and httptools; no access log",
        loop_factory=_uvloop,
        packages=("fastapi", "uvicorn", "httptools", "uvloop"),
        notes=(GIL,),
        workloads={"http-server": "io.http_server_fastapi"},
        otherwise="it is a server of HTTP, and none is asked for here",
    ),
    "aiofiles": Flavour(
        configuration="one event loop on one thread; aiofiles hands each call to a thread of a pool",
        packages=("aiofiles",),
        notes=(GIL,),
        workloads={"file-read": "io.file_read_aiofiles"},
        otherwise="it is asyncio except where files are read, and none is read here",
    ),
    "python-threads": Flavour(
        configuration="a ThreadPoolExecutor of {workers} threads for jobs that do not wait for each "
        "other, else a thread for every task",
        kind="OnThreads",
        notes=(GIL,),
        otherwise="it is not written for Python's threads: `threads` shows what they do elsewhere",
    ),
    "python-processes": Flavour(
        configuration="a ProcessPoolExecutor of {workers} processes",
        kind="OnProcesses",
        notes=(
            "Arguments and results are pickled and go through pipes, inside the clock.",
            "CPU time is that of all processes, by the kernel's clock of each. Threads and memory are "
            "sums over them; pages that they share count in each.",
        ),
        otherwise="processes share nothing that such tasks could wait for or hand on; they are for "
        "jobs that compute",
    ),
}
