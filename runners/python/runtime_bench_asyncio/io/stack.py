"""Connections that are taken for an exchange and returned."""

from __future__ import annotations

from typing import Generic, TypeVar

C = TypeVar("C")


class Stack(Generic[C]):
    """Idle connections, and the largest number in use at once."""

    def __init__(self, connections: list[C]) -> None:
        self._idle = connections
        self._all = len(connections)
        self._fewest = self._all

    def take(self) -> C:
        """Takes a connection. The caller holds one of as many permits as there are connections."""
        connection = self._idle.pop()
        self._fewest = min(self._fewest, len(self._idle))
        return connection

    def give_back(self, connection: C) -> None:
        self._idle.append(connection)

    def forget_most(self) -> None:
        """Resets the largest number, while all connections are idle."""
        self._fewest = self._all

    @property
    def most(self) -> int:
        """The largest number in use at once."""
        return self._all - self._fewest
