"""The two lines between the harness and a runner: requests come in, replies go out.

Standard output is reserved for the protocol, so it is replaced before anything else can write to
it: everything that is printed goes to standard error.
"""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any, BinaryIO

from .errors import BadRequest

PROTOCOL = 2

Request = dict[str, Any]


class Conversation:
    """The conversation with the harness, over standard input and output."""

    def __init__(self) -> None:
        # Unbuffered, so that waiting for an unread line works.
        self._requests: BinaryIO = os.fdopen(0, "rb", buffering=0, closefd=False)
        self._replies = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)

    def hear(self) -> Request | None:
        """Waits for the next request; None at the end of the input."""
        line = self._requests.readline()
        if not line.strip():
            return None
        try:
            request = json.loads(line)
        except ValueError as error:
            raise BadRequest(f"cannot read the request: {error}") from error
        if not isinstance(request, dict):
            raise BadRequest("the request is not an object")
        if request.get("protocol") != PROTOCOL:
            spoken = request.get("protocol")
            raise BadRequest(f"the request has protocol {spoken}, but this runner speaks {PROTOCOL}")
        return request

    async def heard(self) -> Request | None:
        """Like `hear`, on an event loop that keeps serving."""
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(self._requests, readable.set)
        await readable.wait()
        loop.remove_reader(self._requests)
        return self.hear()

    def reply(self, status: str, **fields: Any) -> None:
        """Writes a reply as one line."""
        reply = {"protocol": PROTOCOL, "status": status, **fields}
        self._replies.write(json.dumps(reply, separators=(",", ":")) + "\n")
        self._replies.flush()
