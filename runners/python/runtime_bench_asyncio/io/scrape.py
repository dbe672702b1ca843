"""`scrape`: fetches pages from a slow server with limited concurrency."""

from __future__ import annotations

import asyncio
from typing import Any
from zlib import crc32

from ..session import LoopSession
from .loopback import connect
from .stack import Stack

#: Bytes of a page.
PAGE = 2_048


class OnLoop(LoopSession):
    async def prepare(self) -> None:
        address = self.trial.host_and_port()
        self.stack = Stack(
            [
                await asyncio.open_connection(sock=connect(address))
                for _ in range(self.cell.count("at-once"))
            ]
        )

    async def iterate(self) -> dict[str, Any]:
        self.stack.forget_most()
        semaphore = asyncio.Semaphore(self.cell.count("at-once"))

        async def permitted(page: int) -> tuple[int, int]:
            async with semaphore:
                return page, crc32(await self._fetch(page))

        tasks = [asyncio.create_task(permitted(page)) for page in range(self.cell.count("pages"))]
        return {"pages": await asyncio.gather(*tasks), "most": self.stack.most}

    async def _fetch(self, page: int) -> bytes:
        reader, writer = stream = self.stack.take()
        writer.write(page.to_bytes(8, "little"))
        await writer.drain()
        content = await reader.readexactly(PAGE)
        self.stack.give_back(stream)
        return content
