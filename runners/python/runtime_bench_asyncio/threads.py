"""A thread for a task: started at once, and joined for its result."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

#: Above this, one thread per task is no longer realistic.
MOST_THREADS = 1_000


class Task(threading.Thread, Generic[T]):
    """`threading.Thread` forgets what its target returns or raises; this one keeps it."""

    def __init__(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> None:
        # A thread that is stuck forever must not keep the process alive.
        super().__init__(daemon=True)
        self._call: Callable[[], T] = lambda: call(*args, **kwargs)
        self._outcome: T | BaseException
        self.start()

    def run(self) -> None:
        try:
            self._outcome = self._call()
        except BaseException as error:
            self._outcome = error

    def outcome(self) -> T | BaseException:
        """Waits for its end; returns its result or exception."""
        self.join()
        return self._outcome

    def result(self) -> T:
        """Waits for its end; returns its result."""
        outcome = self.outcome()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


def too_many(tasks: int, most: int = MOST_THREADS) -> str | None:
    """Why this number of tasks is not measured with one thread each."""
    if tasks <= most:
        return None
    return f"limited to {most} threads, one per task; this point needs {tasks}"
