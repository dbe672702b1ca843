"""`http-server` with FastAPI, on one worker of uvicorn."""

from __future__ import annotations

import asyncio

import uvicorn
from fastapi import FastAPI, Response

from ..session import LoopServer
from .loopback import BACKLOG, listen, name
from .page import BODY


class OnLoop(LoopServer):
    async def listen(self) -> str:
        wait = self.cell.ms("wait")
        app = FastAPI()

        @app.get("/")
        async def page() -> Response:
            if wait:
                await asyncio.sleep(wait)
            return Response(BODY)

        config = uvicorn.Config(app, backlog=BACKLOG, access_log=False, log_config=None)
        self.server = uvicorn.Server(config)
        listener = listen()
        # Clients that connect early wait in the backlog until it has started.
        self.serving = asyncio.create_task(self.server.serve(sockets=[listener]))
        return name(listener)

    async def close(self) -> None:
        self.server.should_exit = True
        await self.serving
