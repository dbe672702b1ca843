"""Runs a runner in a separate process, as the harness does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RUN = [sys.executable, str(Path(__file__).parents[1] / "run.py"), "--flavor"]

Reply = dict[str, Any]


def cell(workload: str, variant: str | None = None, **params: int | str) -> dict[str, Any]:
    """A cell in the format of a request."""
    listed = [
        {"name": name.replace("_", "-"), "value": value, "unit": ""} for name, value in params.items()
    ]
    key = {"workload": workload, "params": listed, "runner": "x"}
    return key if variant is None else {**key, "variant": variant}


def trial(cell: dict[str, Any], **others: Any) -> dict[str, Any]:
    """A request for a trial, of two iterations by default."""
    return {
        "request": "trial",
        "protocol": 2,
        "cell": cell,
        "workers": 2,
        "phase": "warm",
        "block": {"iterations": 2},
        "seed": 7,
        "limit_s": 20,
        "scratch": "/nowhere",
        **others,
    }


def converse(flavor: str, text: str) -> list[str]:
    """The lines that a runner writes for an input. It must exit successfully."""
    ended = subprocess.run(
        [*RUN, flavor], input=text, capture_output=True, text=True, timeout=30, check=True
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended.stdout.splitlines()


def ask(flavor: str, request: dict[str, Any]) -> Reply:
    """The one line that replies to a request."""
    (line,) = converse(flavor, json.dumps(request) + "\n")
    reply: Reply = json.loads(line)
    assert reply["protocol"] == 2
    return reply


class Server:
    """A runner that serves until it is told to stop."""

    def __init__(self, flavor: str, request: dict[str, Any]) -> None:
        self.process = subprocess.Popen(
            [*RUN, flavor], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.write(request)
        ready = self.read()
        assert ready["status"] == "ready", ready
        self.host, port = ready["address"].split(":")
        self.port = int(port)

    def write(self, request: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def read(self) -> Reply:
        assert self.process.stdout is not None
        reply: Reply = json.loads(self.process.stdout.readline())
        return reply

    def rest(self) -> str:
        """The output after the last line that was read. It must exit successfully."""
        rest, _ = self.process.communicate(timeout=30)
        assert self.process.returncode == 0
        return rest


@pytest.fixture
def serve() -> Any:
    """Starts servers, and ends those that a test left running."""
    servers: list[Server] = []

    def start(flavor: str, request: dict[str, Any]) -> Server:
        servers.append(Server(flavor, request))
        return servers[-1]

    yield start
    for server in servers:
        server.process.kill()
        server.process.communicate()


Serve = Callable[[str, dict[str, Any]], Server]
