"""Warm-up of instances, with a scripted clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runtime_bench_asyncio import trial as ages
from runtime_bench_asyncio.instance import Block, Sample
from runtime_bench_asyncio.request import Cell, Trial

MS = 1_000_000


class Instance:
    """Returns the given times, and then repeats the last one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *times_ms: float) -> None:
        self.now = 0
        self.batches: list[int] = []
        self._times = self._forever(times_ms)
        monkeypatch.setattr(ages, "perf_counter_ns", lambda: self.now)

    def _forever(self, times_ms: tuple[float, ...]) -> Iterator[int]:
        yield from (round(ms * MS) for ms in times_ms)
        while True:
            yield round(times_ms[-1] * MS)

    def measure(self, iterations: int) -> Block:
        self.batches.append(iterations)
        samples = [Sample(next(self._times), 1, None) for _ in range(iterations)]
        took_ns = sum(sample.wall_ns for sample in samples)
        self.now += took_ns
        return Block(samples, took_ns)


def measured(instance: Instance, phase: str, **block: int) -> tuple[int, int]:
    """The iterations of the warm-up, and of the block."""
    trial = Trial(
        Cell("null", None, {}),
        1,
        phase,
        block.get("iterations"),
        block.get("nanoseconds"),
        7,
        "",
        [],
        None,
    )
    result = ages.measure(instance, trial)  # type: ignore[arg-type]
    assert (result.warm_up_ns > 0) == (result.warm_up_iterations > 0)
    return result.warm_up_iterations, len(result.samples)


@pytest.mark.parametrize("phase", ["startup", "warm", "steady"])
def test_requested_iterations_are_exact(monkeypatch: pytest.MonkeyPatch, phase: str) -> None:
    assert measured(Instance(monkeypatch, 1), phase, iterations=3) == (0, 3)


def test_startup_measures_one_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    assert measured(Instance(monkeypatch, 0.1), "startup", nanoseconds=8 * MS) == (0, 1)


@pytest.mark.parametrize(
    ("times_ms", "warm", "block"),
    [
        ([21], 1, 1),  # a long one is enough
        ([20], 2, 1),  # a short one is not
        ([3, 2], 2, 4),  # the last one counts
        ([1], 2, 8),
        ([0.1], 32, 80),  # 1, 1, 2, 4, 8 and 16 are more than two milliseconds
    ],
)
def test_warm_up_takes_two_milliseconds_and_two_iterations(
    monkeypatch: pytest.MonkeyPatch, times_ms: list[float], warm: int, block: int
) -> None:
    assert measured(Instance(monkeypatch, *times_ms), "warm", nanoseconds=8 * MS) == (warm, block)


def test_steady_instances_have_two_windows_that_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two iterations of 10 ms, a window of ten more, then windows of 5 ms.
    instance = Instance(monkeypatch, *[10] * 12, 5)
    warm, block = measured(instance, "steady", nanoseconds=20 * MS)
    assert instance.batches == [1, 1, 10, 10, 20, 4]
    assert (warm, block) == (42, 4)


def test_unsteady_instances_are_measured_after_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Instance(monkeypatch, *[100 * 1.1**n for n in range(100)])
    measured(instance, "steady", nanoseconds=1)
    before_the_last_window = instance.now - 2 * 100 * 1.1 ** (sum(instance.batches) - 1) * MS
    assert before_the_last_window < 5_000 * MS <= instance.now


def test_an_iteration_of_more_than_five_seconds_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert measured(Instance(monkeypatch, 6_000), "steady", nanoseconds=200 * MS) == (1, 1)
