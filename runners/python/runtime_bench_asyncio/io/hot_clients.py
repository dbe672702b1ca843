"""The clients of `hot-connection`, each in a separate process."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any

from ..client import Client, event
from .message import Messages

#: Bytes that the server of the hot connection reads and echoes at once.
CHUNK = 4 * 1_024
#: Chunks that the hot client sends at once; twice as many are in flight.
BATCH = 16
#: Bytes of a quiet message.
QUIET = 64
#: First byte of the last chunk; no other chunk starts with it.
LAST = 1
#: Time limit of the hot client in seconds, so that a runner that starves the others gets a result
#: instead of a hang.
AT_MOST = 1.0
#: An echo that takes longer than this, in seconds, counts as lost.
PATIENCE = 15.0


class Clients:
    """Both clients. The hot client stops when the quiet clients have received all their echoes."""

    def __init__(
        self, hot: socket.socket, quiet: list[socket.socket], messages: int, period: int
    ) -> None:
        for client in [hot, *quiet]:
            client.settimeout(PATIENCE)
        self._done = event()
        self._quiet = Client(lambda: lambda: self._take_turns(quiet, messages, period))
        self._hot = Client(lambda: lambda: keep_full(hot, self._done.is_set))
        self.processes = [self._quiet.pid, self._hot.pid]

    def _take_turns(self, quiet: list[socket.socket], messages: int, period: int) -> dict[str, int]:
        try:
            return take_turns(quiet, messages, period)
        finally:
            self._done.set()

    def start(self) -> None:
        self._done.clear()
        self._quiet.start()
        self._hot.start()

    def heard(self) -> dict[str, Any]:
        """Waits for both. They depend on no task once all servers have written their last echo."""
        quiet, hot = self._quiet.result(), self._hot.result()
        return {**quiet, "hot": hot["hot"], "wrong": quiet["wrong"] + hot["wrong"]}

    def close(self) -> None:
        self._quiet.close()
        self._hot.close()


def take_turns(clients: list[socket.socket], messages: int, period: int) -> dict[str, int]:
    """The quiet clients: each sends once per period (ns), in turn."""
    contents = Messages(QUIET)
    wrong = total = worst = 0
    # Waits one period first, while the hot connection fills.
    due = perf_counter_ns() + period
    for number in range(messages):
        for connection, client in enumerate(clients):
            due += period // len(clients)
            time.sleep(max(0, due - perf_counter_ns()) / 1e9)
            message = contents.of(connection, number)
            sent = perf_counter_ns()
            client.sendall(message)
            echo = receive(client, QUIET)
            took = perf_counter_ns() - sent
            wrong += echo != message
            total += took
            worst = max(worst, took)
    return {
        "quiet": messages * len(clients),
        "wrong": wrong,
        "round_trips_ns": total,
        "worst_ns": worst,
    }


def keep_full(client: socket.socket, over: Callable[[], bool]) -> dict[str, int]:
    """The hot client: keeps a batch in flight that the server has not read."""
    sent = batch()
    hot = wrong = 0
    end = time.monotonic() + AT_MOST
    client.sendall(sent)
    going_on = True
    while going_on:
        going_on = not over() and time.monotonic() < end
        if going_on:
            client.sendall(sent)
        wrong += receive(client, len(sent)) != sent
        hot += BATCH
    last = bytes([LAST]) * CHUNK
    client.sendall(last)
    wrong += receive(client, CHUNK) != last
    return {"hot": hot, "wrong": wrong}


def batch() -> bytes:
    """Chunks that all differ; none of them is the last chunk."""
    contents = Messages(CHUNK)
    return b"".join(b"\0" + contents.of(0, number)[1:] for number in range(BATCH))


def receive(client: socket.socket, size: int) -> bytes:
    """Reads exactly this many bytes."""
    received = bytearray()
    while len(received) < size:
        part = client.recv(size - len(received))
        if not part:
            raise EOFError("the server closed the connection")
        received += part
    return bytes(received)
