"""`connect-churn`: short-lived connections."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator

from ..session import DividedSession, LoopSession
from .loopback import BACKLOG, close_by_reset, listen
from .message import Messages

#: Bytes of the message and of its echo.
SIZE = 64


class OnLoop(LoopSession):
    async def prepare(self) -> None:
        self.messages = Messages(SIZE)
        #: Each server reports whether it saw the end of its connection.
        self.ends: asyncio.Queue[bool] = asyncio.Queue()
        listener = close_by_reset(listen())
        self.address = listener.getsockname()
        self.server = await asyncio.start_server(self._serve, sock=listener, backlog=BACKLOG)

    async def iterate(self) -> dict[str, int]:
        connections = self.cell.count("connections")
        numbers = iter(range(connections))
        clients = [asyncio.create_task(self._visit(numbers)) for _ in range(self.cell.count("at-once"))]
        served = 0
        for _ in range(connections):
            served += await self.ends.get()
        seen = await asyncio.gather(*clients)
        answered, wrong = (sum(counts) for counts in zip(*seen))
        return {"answered": answered, "wrong": wrong, "served": served}

    async def _visit(self, numbers: Iterator[int]) -> tuple[int, int]:
        """A client: opens one connection after another until there are enough."""
        answered = wrong = 0
        for number in numbers:
            message = self.messages.of(number, 0)
            reader, writer = await asyncio.open_connection(*self.address)
            writer.write(message)
            await writer.drain()
            wrong += await reader.readexactly(SIZE) != message
            answered += 1
            writer.close()
            await writer.wait_closed()
        return answered, wrong

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Echoes one message and waits for the end of the connection: the client closes first."""
        try:
            writer.write(await reader.readexactly(SIZE))
            await writer.drain()
            ended = await reader.read(1) == b""
        except (asyncio.IncompleteReadError, ConnectionError):
            ended = False
        writer.close()
        self.ends.put_nowait(ended)

    async def close(self) -> None:
        self.server.close()


class OnLoops(DividedSession):
    part = OnLoop
    shared = ("connections", "at-once")
