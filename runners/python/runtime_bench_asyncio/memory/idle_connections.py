"""`idle-connections`: the memory of a connection that waits for its first byte."""

from __future__ import annotations

import asyncio
import resource
import socket
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any

from ..client import Client
from ..io.echo import Stream
from ..io.hot_clients import PATIENCE, receive
from ..io.loopback import close_by_reset, connect, listen
from ..request import Cell
from ..session import LoopSession
from .resident import resident_memory

#: Bytes of a message.
SIZE = 8
#: Interval in seconds at which the root checks whether all tasks wait.
LOOK = 0.001
#: With more connections to one port, the kernel takes long to find a port for the other end.
MOST_OF_A_PORT = 10_000
#: Open files besides the connections.
OTHER_FILES = 64


class OnLoop(LoopSession):
    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        files = cell.count("connections") + OTHER_FILES
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        if most != resource.RLIM_INFINITY and files > most:
            return f"needs {files} open files; the system allows {most}"
        return None

    async def prepare(self) -> None:
        connections = self.cell.count("connections") // 2 * 2
        listeners = [close_by_reset(listen()) for _ in range(-(-connections // MOST_OF_A_PORT))]
        # Both ends of each connection, in order.
        ports = [listeners[number // MOST_OF_A_PORT] for number in range(connections)]
        self.client = Client(lambda: clients([port.getsockname() for port in ports]))
        self.servers = [port.accept()[0] for port in ports]
        for listener in listeners:
            listener.close()

    async def iterate(self) -> dict[str, Any]:
        half = len(self.servers) // 2
        tasks: list[asyncio.Task[Stream]] = []
        resident = []
        self.waiting = 0
        for servers in self.servers[:half], self.servers[half:]:
            tasks += [asyncio.create_task(self._answer(server)) for server in servers]
            while self.waiting < len(tasks):
                await asyncio.sleep(LOOK)
            resident.append(resident_memory())
        self.client.start()
        # A stream that closes resets its connection, so all are kept until the clients have read.
        self.streams = await asyncio.gather(*tasks)
        with_half, with_all = resident
        return {**self.client.result(), "with_half": with_half, "with_all": with_all}

    async def _answer(self, server: socket.socket) -> Stream:
        """Waits for a message and sends it back."""
        reader, writer = await asyncio.open_connection(sock=server)
        self.waiting += 1
        writer.write(await reader.readexactly(SIZE))
        await writer.drain()
        return reader, writer

    async def close(self) -> None:
        self.client.close()


def clients(addresses: list[tuple[str, int]]) -> Callable[[], dict[str, int]]:
    """The other ends, in another process."""
    ends = [connect(address) for address in addresses]
    for end in ends:
        end.settimeout(PATIENCE)
    return lambda: ask(ends)


def ask(ends: list[socket.socket]) -> dict[str, int]:
    """Sends a message on every connection, then reads the replies."""
    messages = [number.to_bytes(SIZE, "little") for number in range(len(ends))]
    start = perf_counter_ns()
    for end, message in zip(ends, messages):
        end.sendall(message)
    answers = [receive(end, SIZE) for end in ends]
    wake_ns = perf_counter_ns() - start
    return {
        "answered": sum(answer == message for answer, message in zip(answers, messages)),
        "wake_ns": wake_ns,
    }
