"""Which runners support which cells, and the reasons for the others."""

from __future__ import annotations

from importlib import import_module

import pytest
from conftest import ask, cell

from runtime_bench_asyncio.catalog import WORKLOADS
from runtime_bench_asyncio.flavors import FLAVORS

#: A point of every workload, in every variant.
CELLS = [
    cell("null"),
    *(cell("timer-gather", v, tasks=2, delay=1) for v in (None, "one-by-one")),
    cell("timer-precision", delay=100, sleeps=3),
    *(cell("tcp-echo", v, connections=2, messages=3, size=64) for v in (None, "fan-out")),
    cell("connect-churn", connections=4, at_once=2),
    cell("scrape", pages=4, at_once=2, latency_most=1),
    cell("sensor-streams", sensors=3, period=1, ticks=2),
    cell("hot-connection", quiet=2, period=1, messages=2),
    cell("echo-latency", connections=2, rate=1000, duration=10),
    cell("overload", connections=2, messages=5, duration=5, asked=120),
    cell("http-server", connections=2, requests=3, wait=0),
    *(cell("file-read", v, files=2, size=16, block=4) for v in (None, "cold")),
    cell("cpu-batch", jobs=32, steps=100),
    cell("fork-join", "fib", **{"n": 10, "cut-off": 6}),
    cell("fork-join", "skynet", leaves=50),
    cell("matmul", n=8, tile=4),
    cell("sort", **{"elements": 1000, "cut-off": 100}),
    *(cell("preprocess", v, shards=2, numbers=50) for v in ("inline", "offloaded")),
    *(cell("spawn-join", v, tasks=20) for v in (None, "root-on-caller", "recursive", "chained")),
    cell("yield", tasks=4, yields=5),
    cell("ping-pong", pairs=2, rounds=5, channel="own"),
    cell("brigade", tasks=5, channel="own"),
    cell("mutex", tasks=4, increments=10, lock="own"),
    cell("rwlock", tasks=4, accesses=25, lock="own"),
    cell("worker-pool", jobs=40, at_once=4),
    cell("bounded-queue", producers=1, items=50, capacity=4, channel="own"),
    cell("failures", tasks=40, panic_every=15),
    cell("cancellation", tasks=20),
    cell("shutdown", tasks=20),
    cell("timeout-churn", timeouts=20, tasks=3),
    cell("remote-wake", wakes=5),
    cell("idle-cost", tasks=3, idle=1),
    *(cell("task-memory", v, tasks=20) for v in (None, "sleeping")),
    cell("idle-connections", connections=4),
    *(
        cell("blocking-in-async", v, period=1, jobs=2, job=2)
        for v in ("blocked", "offloaded", "awaited")
    ),
    *(
        cell("await-granularity", v, steps=5)
        for v in ("call", "callback", "ready", "boxed", "yield", "spawn", "offload")
    ),
    *(cell("lock-per-call", v, hold=1) for v in ("fresh", "shared")),
    cell("deadlock", watch=2, turns=5),
    cell("pool-starvation", watch=2),
]


def fits(flavor: str, *cells: dict[str, object]) -> list[str | None]:
    """The reasons why cells are not supported, in order."""
    reply = ask(flavor, {"request": "describe", "protocol": 2, "workers": 2, "cells": cells})
    assert reply["status"] == "described" and reply["versions"]["python"]
    assert reply["configuration"] and "{" not in reply["configuration"]
    unfit: list[str | None] = reply["cells"]
    assert len(unfit) == len(cells)
    return unfit


def test_every_workload_is_described_here() -> None:
    assert {str(key["workload"]) for key in CELLS} == set(WORKLOADS)


@pytest.mark.parametrize(
    "flavor", [name for name, flavor in FLAVORS.items() if flavor.unavailable() is None]
)
def test_every_cell_is_supported_or_has_a_reason(flavor: str) -> None:
    unfit = fits(flavor, *CELLS)
    assert None in unfit
    assert all(reason is None or len(reason) > 20 for reason in unfit)
    assert not any(
        reason and reason.startswith(("unknown workload", "unknown variant"))
        for reason in unfit
    )


def test_asyncio_supports_almost_everything() -> None:
    unfit = zip(CELLS, fits("asyncio", *CELLS), strict=True)
    assert [(key["workload"], key.get("variant")) for key, reason in unfit if reason] == [
        ("http-server", None),
        ("spawn-join", "root-on-caller"),
        ("rwlock", None),
        ("await-granularity", "boxed"),
    ]


@pytest.mark.parametrize(
    ("flavor", "unfit", "says"),
    [
        ("asyncio", cell("mixed-load", "inline"), "unknown workload"),
        ("asyncio", cell("mutex", tasks=1, increments=1, lock="std"), "lock of std"),
        ("asyncio", cell("brigade", tasks=1, channel="tokio"), "channel of tokio"),
        ("asyncio", cell("spawn-join", tasks=1, workers=1), "the number of workers cannot be set"),
        ("asyncio", cell("spawn-join", tasks=1, allocator="mimalloc"), "allocator"),
        ("asyncio", cell("cpu-batch", jobs=32, steps=1_000_000), "limit"),
        ("asyncio", cell("sort", **{"elements": 4_000_000, "cut-off": 65_536}), "limit"),
        ("asyncio", cell("task-memory", "sleeping", tasks=1_000_000), "limit"),
        ("asyncio", cell("idle-connections", connections=10**9), "open files"),
        ("asyncio-uvloop", cell("timer-precision", delay=50, sleeps=1), "early"),
        ("asyncio-aiohttp", cell("null"), "HTTP"),
        ("python-threads", cell("spawn-join", tasks=1_001), "1001"),
        ("python-threads", cell("spawn-join", tasks=1, workers=2), "each task is a thread"),
        ("python-processes", cell("spawn-join", tasks=1), "share no objects"),
    ],
)
def test_unsupported_cells_have_reasons(flavor: str, unfit: dict[str, object], says: str) -> None:
    (reason,) = fits(flavor, unfit)
    assert reason is not None and says in reason


@pytest.mark.parametrize("flavor", ["python-threads", "python-processes"])
def test_workers_can_be_set_on_pools(flavor: str) -> None:
    assert fits(flavor, cell("cpu-batch", jobs=32, steps=100, workers=1)) == [None]


def test_every_module_has_a_session_or_a_reason() -> None:
    for name in WORKLOADS.values():
        module = import_module(f"runtime_bench_asyncio.{name}")
        assert hasattr(module, "OnLoop") or "OnLoop" in module.UNFIT, name
