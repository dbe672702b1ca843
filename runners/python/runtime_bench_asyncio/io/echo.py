"""The server's end of an echo."""

from __future__ import annotations

from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections.abc import Awaitable, Callable

Stream = tuple[StreamReader, StreamWriter]


def echo(size: int) -> Callable[[StreamReader, StreamWriter], Awaitable[None]]:
    """Echoes messages of a size until the connection ends."""

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            while True:
                writer.write(await reader.readexactly(size))
                await writer.drain()
        except (IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return serve
