"""The protocol: one line of output for each line of input, valid or not."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Serve, ask, cell, converse, trial


def test_trial_reply_is_one_line() -> None:
    reply = ask("asyncio", trial(cell("spawn-join", tasks=3)))
    assert reply["status"] == "ok"
    assert [sample["output"] for sample in reply["samples"]] == [3, 3]
    assert all(sample["wall_ns"] > 0 and sample["cpu_ns"] > 0 for sample in reply["samples"])
    assert reply["build_ns"] > 0 and reply["warm_up_iterations"] == 0
    metrics = {metric["name"]: metric for metric in reply["metrics"]}
    assert metrics["threads"]["value"] == 1 and metrics["threads"]["better"] == "neither"
    assert metrics["peak-memory"]["unit"] == "B" and metrics["peak-memory"]["value"] > 1e6


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("no json", "cannot read the request"),
        ("[1]", "not an object"),
        ('{"request":"trial","protocol":1}', "protocol 1, but this runner speaks 2"),
        ('{"request":"trial","protocol":2}', "cell"),
        ('{"request":"dance","protocol":2}', "dance"),
        ('{"request":"stop","protocol":2}', "stop"),
        (json.dumps(trial(cell("nothing"))), "unknown workload 'nothing'"),
        (json.dumps(trial(cell("mixed-load", "inline"))), "unknown workload 'mixed-load'"),
        (json.dumps(trial(cell("spawn-join", "sideways", tasks=3))), "unknown variant 'sideways'"),
        (json.dumps(trial(cell("spawn-join"))), "needs a whole number `tasks`"),
        (json.dumps(trial(cell("null"), phase="old")), "phase 'old'"),
        (json.dumps(trial(cell("null"), block={})), "block"),
        (json.dumps(trial(cell("null"), workers=0)), "0 workers"),
        (json.dumps(trial(cell("scrape", pages=1, at_once=1))), "needs an address"),
    ],
)
def test_bad_request_is_a_protocol_error(line: str, says: str) -> None:
    (answered,) = converse("asyncio", line + "\n")
    reply = json.loads(answered)
    assert (reply["status"], reply["kind"]) == ("error", "protocol")
    assert says in reply["message"]


def test_refusal_is_a_setup_error() -> None:
    reply = ask("asyncio", trial(cell("scrape", pages=1, at_once=1), address="127.0.0.1:1"))
    assert (reply["status"], reply["kind"]) == ("error", "setup")


def test_no_request_gives_no_reply() -> None:
    assert converse("asyncio", "") == []


def test_server_stops_on_request(serve: Serve) -> None:
    server = serve("asyncio", trial(cell("overload")))
    server.write({"request": "stop", "protocol": 2})
    reply = server.read()
    assert (reply["protocol"], reply["status"]) == (2, "ok") and "samples" not in reply
    assert server.rest() == ""


@pytest.mark.parametrize("flavor", ["asyncio", "python-threads"])
def test_server_ends_with_its_input(serve: Serve, flavor: str) -> None:
    workload = cell("echo-latency") if flavor == "asyncio" else cell("http-server", wait=0)
    assert serve(flavor, trial(workload)).rest() == ""


def test_server_rejects_other_requests(serve: Serve) -> None:
    server = serve("asyncio", trial(cell("overload")))
    server.write(trial(cell("null")))
    assert server.read()["kind"] == "protocol"


def test_server_serves_while_waiting_for_a_line(serve: Serve) -> None:
    server = serve("asyncio-uvloop", trial(cell("echo-latency")))
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        for number in range(3):
            message = bytes([number]) * 64
            client.sendall(message)
            assert client.recv(64, socket.MSG_WAITALL) == message
    server.write({"request": "stop", "protocol": 2})
    assert server.read()["status"] == "ok"


def test_standard_output_only_carries_the_protocol() -> None:
    code = (
        "import os, sys; from runtime_bench_asyncio.conversation import Conversation\n"
        "said = Conversation(); print('printed'); sys.stdout.flush(); os.write(1, b'written')\n"
        "said.reply('ok')"
    )
    folder = Path(__file__).parents[1]
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    assert ended.stdout == '{"protocol":2,"status":"ok"}\n'
    assert ended.stderr == "printed\nwritten"
