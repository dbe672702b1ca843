"""Every workload on every runner that supports it: tiny trials with independently computed outputs."""

from __future__ import annotations

import array
import math
import random
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from functools import reduce
from operator import xor
from pathlib import Path
from typing import Any

import pytest
from conftest import Serve, ask, cell, trial

LOOPS = ("asyncio", "asyncio-uvloop")
DIVIDED = "asyncio-freethreaded"
ALL = (*LOOPS, "python-threads", "python-processes")

Answer = Any
Check = Callable[[Answer], bool]


def equals(expected: Answer) -> Check:
    return lambda answer: bool(answer == expected)


def xorshift(seed: int, steps: int) -> int:
    """Computed with matrices of bits, as the paper defines the shifts."""
    bits = [(seed | 1) >> place & 1 for place in range(64)]
    for _ in range(steps):
        for shift in 13, -7, 17:
            moved = [bits[p - shift] if 0 <= p - shift < 64 else 0 for p in range(64)]
            bits = [old ^ new for old, new in zip(bits, moved, strict=True)]
    return sum(bit << place for place, bit in enumerate(bits))


def xorshifts(jobs: list[tuple[int, int]]) -> int:
    return reduce(xor, (xorshift(*job) for job in jobs))


def batch_jobs(jobs: int, steps: int, seed: int = 7) -> list[tuple[int, int]]:
    return [(seed + job, steps // 2 + steps * (7 * job % 16) // 16) for job in range(jobs)]


#: The combined results of the jobs of `worker-pool`.
POOLED = xorshifts([(job * 0x9E3779B97F4A7C15 % 2**64, 300) for job in range(41)])

TALLIES = [
    {"sum": 780, "ok": 40, "errors": 0, "panics": 0, "strange": 0},
    # Of 40 tasks every fifteenth raises (14, 29), every tenth of the others is refused (9, 19, 39).
    {"sum": 780 - 14 - 29 - 9 - 19 - 39, "ok": 35, "errors": 3, "panics": 2, "strange": 0},
    {"sum": 190, "ok": 20, "errors": 0, "panics": 0, "strange": 0},
]


def failed_as_meant(answer: Answer) -> bool:
    ended = [*answer["ended"], {"tally": answer["afterwards"], "took_ns": 1}]
    return [one["tally"] for one in ended] == TALLIES and all(one["took_ns"] > 0 for one in ended)


def is_in_time(**expected: Any) -> Check:
    """Expected figures, and possible times."""
    return lambda answer: (
        answer.items() >= expected.items()
        and all(value >= 0 for name, value in answer.items() if name.endswith("_ns"))
    )


def windows(sensors: int, ticks: int) -> list[dict[str, int]]:
    values = [[(31 * s + 17 * t) % 1_009 for s in range(sensors)] for t in range(ticks)]
    return [{"count": sensors, "sum": sum(of_tick)} for of_tick in values]


def beaten(answer: Answer) -> bool:
    beat = answer["heartbeat"]
    return (
        (answer["jobs"], answer["out_of_order"], answer["short"], beat["early"]) == (2, 0, 0, 0)
        and beat["ticks"] >= 2
        and beat["worst_ns"] > 0
    )


def held(most: int) -> Check:
    return lambda answer: answer["most"] == most and answer["makespan_ns"] >= (3 - most) * 10**6


THREADS = "python-threads"
PROCESSES = "python-processes"

#: Runners, cell, and the check of its output.
ANSWERS: list[tuple[tuple[str, ...], dict[str, Any], Check]] = [
    ((*ALL, DIVIDED), cell("null"), equals(None)),
    *(
        (
            ("asyncio", THREADS),
            cell("timer-gather", variant, tasks=3, delay=2),
            is_in_time(tasks=3, out_of_order=0, early=0),
        )
        for variant in (None, "one-by-one")
    ),
    (
        ("asyncio", THREADS),
        cell("timer-precision", delay=100, sleeps=3),
        lambda answer: len(answer["overshoots_ns"]) == 3 and answer["early"] == 0,
    ),
    *(
        (
            LOOPS,
            cell("tcp-echo", variant, connections=3, messages=4, size=size),
            equals({"messages": 12, "wrong": 0}),
        )
        for variant, size in ((None, 64), ("fan-out", 64), (None, 16_384))
    ),
    (
        (DIVIDED,),
        cell("tcp-echo", connections=3, messages=4, size=64),
        equals({"messages": 12, "wrong": 0}),
    ),
    (
        (DIVIDED,),
        cell("timer-gather", tasks=5, delay=2),
        is_in_time(tasks=5, out_of_order=0, early=0),
    ),
    (
        (*LOOPS, DIVIDED),
        cell("connect-churn", connections=7, at_once=2),
        equals({"answered": 7, "wrong": 0, "served": 7}),
    ),
    (
        ("asyncio",),
        cell("sensor-streams", sensors=3, period=2, ticks=2),
        is_in_time(windows=windows(3, 2), early=0),
    ),
    (
        LOOPS,
        cell("hot-connection", quiet=2, period=1, messages=2),
        lambda answer: (
            is_in_time(quiet=4, wrong=0)(answer)
            and answer["hot"] > 0
            and 0 < answer["worst_ns"] <= answer["round_trips_ns"]
        ),
    ),
    (
        (*ALL, DIVIDED),
        cell("cpu-batch", jobs=32, steps=100),
        lambda answer: answer["xor"] == xorshifts(batch_jobs(32, 100)) and answer["sequential_ns"] > 0,
    ),
    ((*LOOPS, THREADS), cell("fork-join", "fib", **{"n": 15, "cut-off": 6}), equals(610)),
    ((*LOOPS, THREADS), cell("fork-join", "skynet", leaves=57), equals(57 * 56 // 2)),
    *(
        ((*LOOPS, THREADS), cell("spawn-join", variant, tasks=20), equals(190))
        for variant in (None, "recursive", "chained")
    ),
    ((*LOOPS, THREADS), cell("yield", tasks=4, yields=5), equals(20)),
    (
        (*LOOPS, THREADS),
        cell("ping-pong", pairs=2, rounds=5, channel="own"),
        equals({"right": 10, "wrong": 0}),
    ),
    ((*LOOPS, THREADS), cell("brigade", tasks=5, channel="own"), equals(5)),
    ((*LOOPS, THREADS), cell("mutex", tasks=4, increments=10, lock="own"), equals(40)),
    (
        LOOPS,
        cell("worker-pool", jobs=41, at_once=4),
        equals({"xor": POOLED, "most": 4}),
    ),
    (
        (THREADS,),
        cell("worker-pool", jobs=41, at_once=4),
        lambda answer: answer["xor"] == POOLED and 1 <= answer["most"] <= 4,
    ),
    *(
        (
            (*LOOPS, THREADS),
            cell("bounded-queue", producers=3, items=50, capacity=capacity, channel="own"),
            equals({"distinct": 150, "sum": 150 * 149 // 2, "repeated": 0}),
        )
        for capacity in (1, 4, "unbounded")
    ),
    ((*LOOPS, THREADS), cell("failures", tasks=40, panic_every=15), failed_as_meant),
    (LOOPS, cell("cancellation", tasks=20), is_in_time(opened=30, closed=30, completed=0)),
    (LOOPS, cell("shutdown", tasks=20), is_in_time(once=20, again=0, completed=0)),
    (
        LOOPS,
        cell("timeout-churn", timeouts=20, tasks=3),
        equals({"sum": 190, "in_time": 20, "expired": 0}),
    ),
    (LOOPS, cell("remote-wake", wakes=5), equals(25)),
    (
        LOOPS,
        cell("idle-cost", tasks=3, idle=4),
        lambda answer: (
            is_in_time(woken=3, early=0)(answer)
            and answer["counted_ns"] >= 2_000_000
            and answer["first_ns"] <= answer["last_ns"]
        ),
    ),
    *(
        (("asyncio",), cell("blocking-in-async", variant, period=1, jobs=2, job=2), beaten)
        for variant in ("blocked", "offloaded", "awaited")
    ),
    *(
        (LOOPS, cell("await-granularity", variant, steps=5), equals(10))
        for variant in ("call", "callback", "ready", "yield", "spawn", "offload")
    ),
    *(
        ((THREADS,), cell("await-granularity", variant, steps=5), equals(10))
        for variant in ("call", "callback", "spawn")
    ),
    (("asyncio", THREADS), cell("lock-per-call", "fresh", hold=1), held(2)),
    (("asyncio", THREADS), cell("lock-per-call", "shared", hold=1), held(1)),
    (LOOPS, cell("deadlock", watch=3, turns=5), is_in_time(stuck=True, freed=True, turns=10)),
    ((THREADS,), cell("deadlock", watch=3, turns=5), is_in_time(stuck=True, freed=None, turns=10)),
    (LOOPS, cell("pool-starvation", watch=3), is_in_time(starved=True, twins_starved=False)),
]


def named(flavors: tuple[str, ...], key: dict[str, Any]) -> list[str]:
    variant = f"/{key['variant']}" if "variant" in key else ""
    return [f"{key['workload']}{variant}/{flavor}" for flavor in flavors]


def answers(flavor: str, request: dict[str, Any]) -> list[Answer]:
    reply = ask(flavor, request)
    assert reply["status"] == "ok", reply
    assert all(sample["wall_ns"] > 0 and sample["cpu_ns"] > 0 for sample in reply["samples"])
    return [sample["output"] for sample in reply["samples"]]


@pytest.mark.parametrize(
    ("flavor", "key", "right"),
    [(flavor, key, right) for flavors, key, right in ANSWERS for flavor in flavors],
    ids=[name for flavors, key, _ in ANSWERS for name in named(flavors, key)],
)
def test_output_is_correct(flavor: str, key: dict[str, Any], right: Check) -> None:
    both = answers(flavor, trial(key))
    assert len(both) == 2 and all(right(answer) for answer in both), both


@pytest.mark.parametrize("flavor", LOOPS)
@pytest.mark.parametrize(
    ("key", "count"),
    [
        (cell("task-memory", tasks=2_000), {"ended": 4_000}),
        (cell("task-memory", "sleeping", tasks=2_000), {"ended": 4_000}),
        (cell("idle-connections", connections=400), {"answered": 400}),
    ],
)
def test_memory_grows_with_waiting_tasks(
    flavor: str, key: dict[str, Any], count: dict[str, int]
) -> None:
    # Once on a fresh instance, because the allocator keeps freed memory.
    (answer,) = answers(flavor, trial(key, phase="startup", block={"nanoseconds": 1}))
    assert is_in_time(**count)(answer)
    assert answer["with_all"] > answer["with_half"] + 100_000


@pytest.mark.parametrize("flavor", ALL)
def test_product_matches_the_definition(flavor: str, tmp_path: Path) -> None:
    n, tile = 6, 2
    rng = random.Random(7)
    a, b = ([rng.random() - 0.5 for _ in range(n * n)] for _ in range(2))
    file = tmp_path / "factors"
    file.write_bytes(struct.pack(f"<{2 * n * n}d", *a, *b))
    request = trial(cell("matmul", n=n, tile=tile), files=[str(file)])
    for answer in answers(flavor, request):
        assert len(answer["tiles"]) == 9
        for number, came in enumerate(answer["tiles"]):
            top, left = number // 3 * tile, number % 3 * tile
            expected = [
                math.fsum(a[row * n + k] * b[k * n + column] for k in range(n))
                for row in range(top, top + tile)
                for column in range(left, left + tile)
            ]
            assert came == pytest.approx(expected)


@pytest.mark.parametrize("flavor", ALL)
def test_numbers_are_sorted(flavor: str, tmp_path: Path) -> None:
    rng = random.Random(7)
    numbers = [rng.getrandbits(64) for _ in range(1_000)] + [5, 5, 2**64 - 1]
    file = tmp_path / "numbers"
    file.write_bytes(array.array("Q", numbers).tobytes())
    request = trial(cell("sort", **{"elements": 1_003, "cut-off": 100}), files=[str(file)])
    assert answers(flavor, request) == [sorted(numbers)] * 2


def normalized(numbers: list[float]) -> dict[str, float | int]:
    mean = 0.0
    for number in numbers:
        mean += number
    mean /= len(numbers)
    variance = 0.0
    for number in numbers:
        variance += (number - mean) ** 2
    variance /= len(numbers)
    mixed = 0
    for number in numbers:
        (bits,) = struct.unpack("<Q", struct.pack("<d", (number - mean) / math.sqrt(variance)))
        mixed = ((mixed << 5 | mixed >> 59) % 2**64 ^ bits) * 0x517CC1B727220A95 % 2**64
    return {"mean": mean, "variance": variance, "hash": mixed}


@pytest.mark.parametrize(
    ("flavor", "variant"),
    [*((flavor, "inline") for flavor in ALL), *((flavor, "offloaded") for flavor in LOOPS)],
)
def test_shards_are_normalized(flavor: str, variant: str, tmp_path: Path) -> None:
    rng = random.Random(7)
    files, expected = [], []
    for shard in range(3):
        numbers = [rng.randrange(-(10**9), 10**9) / 1e6 for _ in range(50)]
        file = tmp_path / f"shard-{shard}"
        file.write_text("".join(f"{number:.6f}\n" for number in numbers))
        files.append(str(file))
        expected.append(normalized(numbers))
    request = trial(cell("preprocess", variant, shards=3, numbers=50), files=files)
    assert answers(flavor, request) == [{"shards": expected}] * 2


@pytest.mark.parametrize("variant", [None, "cold"])
@pytest.mark.parametrize("block", [4, "whole"])
@pytest.mark.parametrize("flavor", [*LOOPS, "aiofiles", THREADS])
def test_files_are_read(flavor: str, block: int | str, variant: str | None, tmp_path: Path) -> None:
    contents = [random.Random(number).randbytes(10_000) for number in range(3)]
    files = [tmp_path / f"file-{number}" for number in range(3)]
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    request = trial(
        cell("file-read", variant, files=3, size=16, block=block), files=list(map(str, files))
    )
    for answer in answers(flavor, request):
        assert answer["read"] == [zlib.crc32(content) for content in contents]
        assert answer["took_ns"] > 0
        assert (answer["fetched"] is None) == (variant is None)


PAGES = [random.Random(page).randbytes(2_048) for page in range(9)]


@pytest.fixture
def site() -> Iterator[str]:
    """The server of `scrape`, by number and by HTTP; its address."""

    def answer(client: socket.socket) -> None:
        with client, client.makefile("rwb") as stream:
            while begun := stream.read(8):
                if begun.startswith(b"GET /"):
                    line = begun + stream.readline()
                    while stream.readline().strip():
                        pass
                    stream.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2048\r\n\r\n")
                    page = int(line.split()[1][1:])
                else:
                    page = int.from_bytes(begun, "little")
                stream.write(PAGES[page])
                stream.flush()

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(client,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("flavor", [*LOOPS, "asyncio-aiohttp"])
def test_pages_are_fetched_a_few_at_a_time(flavor: str, site: str) -> None:
    request = trial(cell("scrape", pages=9, at_once=2, latency_most=1), address=site)
    for answer in answers(flavor, request):
        assert answer["pages"] == [[page, zlib.crc32(PAGES[page])] for page in range(9)]
        assert answer["most"] == 2


@pytest.mark.parametrize("wait", [0, 5])
@pytest.mark.parametrize("flavor", ["asyncio-aiohttp", "fastapi", THREADS])
def test_page_is_served_on_a_keep_alive_connection(serve: Serve, flavor: str, wait: int) -> None:
    server = serve(flavor, trial(cell("http-server", connections=1, requests=2, wait=wait)))
    body = bytes(b"abcdefghijklmnopqrstuvwxyz"[place % 26] for place in range(1_023)) + b"\n"
    with (
        socket.create_connection((server.host, server.port), timeout=10) as client,
        client.makefile("rwb") as stream,
    ):
        for _ in range(3):
            stream.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            stream.flush()
            assert stream.readline().startswith(b"HTTP/1.1 200")
            headers = [line.strip().lower() for line in iter(stream.readline, b"\r\n")]
            assert b"content-length: 1024" in headers
            assert stream.read(1_024) == body
    server.write({"request": "stop", "protocol": 2})
    assert server.read()["status"] == "ok"
    assert server.rest() == ""


def test_cpu_time_of_all_processes_is_counted() -> None:
    request = trial(cell("cpu-batch", jobs=32, steps=5_000), block={"iterations": 1})
    (sample,) = ask(PROCESSES, request)["samples"]
    # The children compute, not this process.
    assert sample["cpu_ns"] > sample["output"]["sequential_ns"] / 2
