"""A client in a process of its own: what it does takes nothing from the loop that is measured but its
share of the cores. On a thread it would take the interpreter's lock as well."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

#: It inherits its sockets, and imports nothing again.
_FORK = multiprocessing.get_context("fork")


class Client:
    """A process that does something whenever it is told to, and tells what came of it."""

    def __init__(self, prepare: Callable[[], Callable[[], Any]]) -> None:
        self._pipe, theirs = _FORK.Pipe()
        self._process = _FORK.Process(target=_obey, args=(theirs, prepare), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def start(self) -> None:
        self._pipe.send(None)

    def result(self) -> Any:
        """Waits for the end of what it was told to do."""
        return self._pipe.recv()

    def close(self) -> None:
        self._process.terminate()
        self._process.join()


def _obey(pipe: Connection, prepare: Callable[[], Callable[[], Any]]) -> None:
    work = prepare()
    while True:
        pipe.recv()
        pipe.send(work())


def event() -> Any:
    """A flag that several clients see."""
    return _FORK.Event()
