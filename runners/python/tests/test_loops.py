"""Event loops on separate threads. With a global lock, the same code is only slower."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import get_ident

import pytest
from conftest import Serve, cell, trial

from runtime_bench_asyncio import interpreter
from runtime_bench_asyncio.describe import describe
from runtime_bench_asyncio.flavors import FLAVORS
from runtime_bench_asyncio.loops import Loops, shares
from runtime_bench_asyncio.request import Trial

SCRIPT = Path(__file__).parents[3] / "scripts" / "python-runner"


@pytest.fixture
def loops() -> Iterator[Loops]:
    running = Loops(3, None)
    yield running
    running.close()


async def where() -> int:
    await asyncio.sleep(0)
    return get_ident()


def test_every_loop_has_its_own_thread(loops: Loops) -> None:
    threads = loops.run([where() for _ in range(3)])
    assert len({*threads, get_ident()}) == 4
    assert loops.run([where(), where()]) == threads[:2]


def test_failure_on_a_loop_is_raised(loops: Loops) -> None:
    async def failing() -> int:
        raise LookupError("nothing here")

    with pytest.raises(LookupError, match="nothing here"):
        loops.run([where(), failing()])


def test_closing_cancels_running_tasks() -> None:
    cancelled = []

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(get_ident())
            raise

    async def start() -> int:
        running.append(asyncio.create_task(forever()))
        return await where()

    running: list[asyncio.Task[None]] = []
    loops = Loops(2, None)
    threads = loops.run([start(), start()])
    loops.close()
    assert sorted(cancelled) == sorted(threads)


def test_work_is_divided_evenly(loops: Loops) -> None:
    assert shares(7, 3) == [3, 2, 2] and shares(2, 3) == [1, 1, 0]
    parts = loops.divide(range(8))
    assert sorted(number for part in parts for number in part) == list(range(8))
    assert {len(part) for part in parts} == {2, 3}


@pytest.mark.parametrize(
    ("params", "parts"),
    [
        ({"connections": 7, "at_once": 4}, [(3, 2), (2, 1), (2, 1)]),
        # A loop without clients could not open its connections.
        ({"connections": 7, "at_once": 2}, [(4, 1), (3, 1)]),
        ({"connections": 1, "at_once": 9}, [(1, 9)]),
    ],
)
def test_shared_parameters_are_divided(params: dict[str, int], parts: list[tuple[int, int]]) -> None:
    whole = Trial.parse(trial(cell("connect-churn", **params)))
    divided = whole.divided(("connections", "at-once"), 3)
    assert [(part.cell.count("connections"), part.cell.count("at-once")) for part in divided] == parts


def test_all_loops_serve_one_address(serve: Serve) -> None:
    key = cell("echo-latency", connections=2, rate=1000, duration=10)
    server = serve("asyncio-freethreaded", trial(key, workers=3))
    threads = Path(f"/proc/{server.process.pid}/task")
    if threads.exists():
        assert len(list(threads.iterdir())) == 4
    message = bytes(range(64))
    clients = [socket.create_connection((server.host, server.port), timeout=10) for _ in range(12)]
    for client in clients:
        client.sendall(message)
    for client in clients:
        with client, client.makefile("rb") as stream:
            assert stream.read(64) == message
    server.write({"request": "stop", "protocol": 2})
    assert server.read()["status"] == "ok"
    assert server.rest() == ""


def described(flavor: str, **others: object) -> list[str | None]:
    cells = [
        cell("cpu-batch", jobs=32, steps=100, workers=1),
        cell("http-server", connections=1, requests=1, wait=0),
        cell("tcp-echo", "fan-out", connections=2, messages=3, size=64),
        cell("mutex", tasks=1, increments=1, lock="own"),
    ]
    known = replace(FLAVORS[flavor], **others)  # type: ignore[arg-type]
    reasons: list[str | None] = describe(known, {"workers": 2, "cells": cells})["cells"]
    return reasons


def test_indivisible_work_has_a_reason() -> None:
    batch, *others = described("asyncio-freethreaded", unavailable=lambda: None)
    assert batch is None, "a number of workers can be set"
    assert all(reason is not None and "divided" in reason for reason in others)


@pytest.mark.skipif(interpreter.serial() is None, reason="this interpreter has no lock")
def test_interpreter_with_a_lock_names_the_one_to_install() -> None:
    counted = Counter(described("asyncio-freethreaded"))
    ((reason, count),) = counted.items()
    assert count == 4 and reason is not None and "lock" in reason
    if not interpreter.built_without_lock():
        assert "3.14t" in reason and "scripts/python-runner freethreaded" in reason


def test_enabled_lock_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sysconfig, "get_config_var", {"Py_GIL_DISABLED": 1}.get)
    for enabled, says in ((True, "switched on"), (False, None)):
        monkeypatch.setattr(sys, "_is_gil_enabled", lambda enabled=enabled: enabled, raising=False)
        reason = interpreter.serial()
        assert reason is None if says is None else reason is not None and says in reason


@pytest.mark.skipif(interpreter.built_without_lock(), reason="this interpreter would do")
def test_script_rejects_an_interpreter_with_a_lock() -> None:
    env = {**os.environ, "PYTHON": sys.executable}
    ended = subprocess.run(
        [SCRIPT, "freethreaded"], env=env, capture_output=True, text=True, check=False, timeout=30
    )
    assert ended.returncode == 2
    assert "global interpreter lock" in ended.stderr and "help: " in ended.stderr
