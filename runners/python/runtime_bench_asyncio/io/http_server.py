"""`http-server` with the standard library: none in asyncio, `http.server` on threads."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from ..session import ThreadServer
from .loopback import listen, name
from .page import BODY

UNFIT = {
    "OnLoop": "asyncio has no HTTP server; see `asyncio-aiohttp` and `fastapi`, which run on it"
}


class OnThreads(ThreadServer):
    """A thread for each connection. It uses HTTP/1.1 with keep-alive."""

    def listen(self) -> str:
        wait = self.cell.ms("wait")

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if wait:
                    time.sleep(wait)
                self.send_response(200)
                self.send_header("Content-Length", str(len(BODY)))
                self.end_headers()
                self.wfile.write(BODY)

            def log_message(self, format: str, *args: object) -> None:
                """No access log."""

        listener = listen()
        self.server = ThreadingHTTPServer(("", 0), Handler, bind_and_activate=False)
        self.server.socket.close()
        self.server.socket = listener
        Thread(target=self.server.serve_forever, daemon=True).start()
        return name(listener)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
