"""`http-server` with aiohttp's server."""

from __future__ import annotations

import asyncio

from aiohttp import web

from ..session import LoopServer
from .loopback import BACKLOG, listen, name
from .page import BODY


class OnLoop(LoopServer):
    async def listen(self) -> str:
        wait = self.cell.ms("wait")

        async def page(_: web.Request) -> web.Response:
            if wait:
                await asyncio.sleep(wait)
            return web.Response(body=BODY)

        app = web.Application()
        app.router.add_get("/", page)
        self.runner = web.AppRunner(app, access_log=None)
        await self.runner.setup()
        listener = listen()
        await web.SockSite(self.runner, listener, backlog=BACKLOG).start()
        return name(listener)

    async def close(self) -> None:
        await self.runner.cleanup()
