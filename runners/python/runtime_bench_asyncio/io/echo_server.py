"""`echo-latency` and `overload`: an echo server, loaded from another process."""

from __future__ import annotations

import asyncio

from ..session import LoopServer
from .echo import echo
from .loopback import BACKLOG, listen, name

#: Bytes of a message.
SIZE = 64


class OnLoop(LoopServer):
    # The server is the same for every kind of load.
    variants = (None, "capacity")

    async def listen(self) -> str:
        listener = listen()
        self.server = await asyncio.start_server(echo(SIZE), sock=listener, backlog=BACKLOG)
        return name(listener)

    async def close(self) -> None:
        self.server.close()
