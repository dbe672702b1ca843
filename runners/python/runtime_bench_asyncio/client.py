"""A client in a separate process, which competes with the measured loop only for cores. A thread would
also hold the interpreter lock."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

#: The process inherits its sockets, and does not import modules again.
_FORK = multiprocessing.get_context("fork")


class Client:
    """A process that runs a function on request and returns its result."""

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
        """Waits for the result of the last request."""
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
    """A flag that several clients share."""
    return _FORK.Event()
