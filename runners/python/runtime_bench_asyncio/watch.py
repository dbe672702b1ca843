"""Counts concurrent workers."""

from __future__ import annotations


class Watch:
    """Counts on one thread; threads hold a lock around it."""

    def __init__(self) -> None:
        self._now = 0
        self.most = 0

    def begin(self) -> None:
        self._now += 1
        self.most = max(self.most, self._now)

    def end(self) -> None:
        self._now -= 1
