"""Connections that are taken for an exchange and given back."""

from __future__ import annotations

from typing import Generic, TypeVar

C = TypeVar("C")


class Stack(Generic[C]):
    """Idle connections, and how many were seen in use at once."""

    def __init__(self, connections: list[C]) -> None:
        self._idle = connections
        self._all = len(connections)
        self._fewest = self._all

    def take(self) -> C:
        """Whoever takes one has a permit, and there are as many of either."""
        connection = self._idle.pop()
        self._fewest = min(self._fewest, len(self._idle))
        return connection

    def give_back(self, connection: C) -> None:
        self._idle.append(connection)

    def forget_most(self) -> None:
        """Counts the most anew, while all lie here."""
        self._fewest = self._all

    @property
    def most(self) -> int:
        """The most that were in use at once."""
        return self._all - self._fewest
