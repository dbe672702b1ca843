"""`scrape` over HTTP, with aiohttp's client; the session keeps connections open."""

from __future__ import annotations

import asyncio
from typing import Any
from zlib import crc32

import aiohttp

from ..session import LoopSession
from ..watch import Watch


class OnLoop(LoopSession):
    async def prepare(self) -> None:
        host, port = self.trial.host_and_port()
        at_once = self.cell.count("at-once")
        self.client = aiohttp.ClientSession(
            f"http://{host}:{port}", connector=aiohttp.TCPConnector(limit=at_once)
        )
        # It connects on the first request, and keeps connections open.
        await asyncio.gather(*(self._fetch(0) for _ in range(at_once)))

    async def iterate(self) -> dict[str, Any]:
        semaphore, watch = asyncio.Semaphore(self.cell.count("at-once")), Watch()

        async def permitted(page: int) -> tuple[int, int]:
            async with semaphore:
                watch.begin()
                content = await self._fetch(page)
                watch.end()
                return page, crc32(content)

        tasks = [asyncio.create_task(permitted(page)) for page in range(self.cell.count("pages"))]
        return {"pages": await asyncio.gather(*tasks), "most": watch.most}

    async def _fetch(self, page: int) -> bytes:
        async with self.client.get(f"/{page}") as response:
            return await response.read()

    async def close(self) -> None:
        await self.client.close()
