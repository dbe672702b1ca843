"""`hot-connection`: quiet connections next to one that is always ready."""

from __future__ import annotations

import asyncio
from typing import Any

from ..session import LoopSession
from .echo import Stream
from .hot_clients import CHUNK, LAST, QUIET, Clients
from .loopback import close_by_reset, connect, listen


class OnLoop(LoopSession):
    async def prepare(self) -> None:
        listener = close_by_reset(listen())
        pairs = []
        for _ in range(self.cell.count("quiet") + 1):
            client = connect(listener.getsockname())
            pairs.append((client, listener.accept()[0]))
        clients, servers = zip(*pairs)
        period = 1_000_000 * self.cell.count("period")
        self.clients = Clients(clients[0], list(clients[1:]), self.cell.count("messages"), period)
        self.children = self.clients.processes
        for client in clients:
            client.close()
        self.hot, *self.quiet = [await asyncio.open_connection(sock=server) for server in servers]

    async def iterate(self) -> dict[str, Any]:
        messages = self.cell.count("messages")
        self.clients.start()
        async with asyncio.TaskGroup() as tasks:
            for stream in self.quiet:
                tasks.create_task(echo(stream, messages))
            tasks.create_task(echo_hot(self.hot))
        return self.clients.heard()

    async def close(self) -> None:
        self.clients.close()


async def echo(stream: Stream, messages: int) -> None:
    """The messages of a quiet connection."""
    reader, writer = stream
    for _ in range(messages):
        writer.write(await reader.readexactly(QUIET))
        await writer.drain()


async def echo_hot(stream: Stream) -> None:
    """The hot connection, until its last chunk."""
    reader, writer = stream
    chunk = b"\0"
    while chunk[0] != LAST:
        chunk = await reader.readexactly(CHUNK)
        writer.write(chunk)
        await writer.drain()
