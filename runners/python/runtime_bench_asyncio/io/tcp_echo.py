"""`tcp-echo`: messages sent and echoed over established connections."""

from __future__ import annotations

import asyncio

from ..request import Cell
from ..session import DividedSession, LoopSession
from .echo import Stream, echo
from .loopback import BACKLOG, close_by_reset, connect, listen
from .message import Messages


class OnLoop(LoopSession):
    variants = (None, "fan-out")

    async def prepare(self) -> None:
        self.messages = Messages(self.cell.count("size"))
        listener = close_by_reset(listen())
        self.server = await asyncio.start_server(
            echo(self.cell.count("size")), sock=listener, backlog=BACKLOG
        )
        streams = [
            await asyncio.open_connection(sock=connect(listener.getsockname()))
            for _ in range(self.cell.count("connections"))
        ]
        #: The connections of each client.
        self.clients = [streams] if self.cell.variant == "fan-out" else [[one] for one in streams]

    async def iterate(self) -> dict[str, int]:
        clients = [
            asyncio.create_task(self._talk(number * len(streams), streams))
            for number, streams in enumerate(self.clients)
        ]
        wrong = sum(await asyncio.gather(*clients))
        messages = self.cell.count("connections") * self.cell.count("messages")
        return {"messages": messages, "wrong": wrong}

    async def _talk(self, first: int, streams: list[Stream]) -> int:
        """Repeatedly sends a message over each connection, then waits for the echoes."""
        wrong, size = 0, self.cell.count("size")
        for number in range(self.cell.count("messages")):
            sent = []
            for connection, (_, writer) in enumerate(streams, first):
                message = self.messages.of(connection, number)
                writer.write(message)
                await writer.drain()
                sent.append(message)
            for message, (reader, _) in zip(sent, streams):
                wrong += await reader.readexactly(size) != message
        return wrong

    async def close(self) -> None:
        for streams in self.clients:
            for _, writer in streams:
                writer.close()
                await writer.wait_closed()
        self.server.close()


class OnLoops(DividedSession):
    variants = (None, "fan-out")
    part = OnLoop
    shared = ("connections",)

    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        if cell.variant == "fan-out":
            return "one client uses all connections, so they cannot be divided among loops"
        return None
