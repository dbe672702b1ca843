"""Contents of the messages of the echo workloads."""

from __future__ import annotations


class Messages:
    """Messages of one size: consecutive messages of a connection differ."""

    def __init__(self, size: int) -> None:
        self._size = size
        # A message counts up from its first byte, so it is a slice of this.
        self._bytes = bytes(range(256)) * (size // 256 + 2)

    def of(self, connection: int, number: int) -> bytes:
        first = (connection * 31 + number * 7) % 256
        return self._bytes[first : first + self._size]
