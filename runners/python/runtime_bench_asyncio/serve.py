"""A trial of a server: it reports its address, is loaded by the harness, and stops on request."""

from __future__ import annotations

from .conversation import Conversation, Request
from .errors import BadRequest
from .session import LoopServer, ThreadServer
from .usage import metrics


async def serve_on_loop(server: LoopServer, conversation: Conversation) -> None:
    """Serves until it is told to stop, or its input ends."""
    conversation.reply("ready", address=await server.listen())
    _end(conversation, await conversation.heard())
    await server.close()


def serve_on_threads(server: ThreadServer, conversation: Conversation) -> None:
    """Serves until it is told to stop, or its input ends."""
    conversation.reply("ready", address=server.listen())
    _end(conversation, conversation.hear())
    server.close()


def _end(conversation: Conversation, request: Request | None) -> None:
    if request is None:
        return
    if request.get("request") != "stop":
        raise BadRequest(f"unexpected request {request.get('request')!r}: a server expects `stop`")
    conversation.reply("ok", metrics=metrics([]))
