"""`echo-latency` and `overload`: an echo server, loaded from another process."""

from __future__ import annotations

import asyncio

from ..session import LoopServer, LoopsServer
from .echo import echo
from .loopback import BACKLOG, listen, listen_together, name

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


class OnLoops(LoopsServer):
    variants = (None, "capacity")

    def listen(self) -> str:
        listeners = listen_together(len(self.loops))
        self.servers = self.loops.run(
            [
                asyncio.start_server(echo(SIZE), sock=listener, backlog=BACKLOG)
                for listener in listeners
            ]
        )
        return name(listeners[0])

    def close(self) -> None:
        self.loops.run([close(server) for server in self.servers])


async def close(server: asyncio.Server) -> None:
    """Closes a server on its own loop."""
    server.close()
