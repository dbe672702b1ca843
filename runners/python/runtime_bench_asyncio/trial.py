"""A trial: the warm-up of an instance, and the length of the block.

The rules are those of the built-in runners (`src/trial.rs`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf
from time import perf_counter_ns

from .instance import Instance, Sample
from .request import Trial

MS = 1_000_000
#: A warm instance has done at least this much, ns.
YOUNG = 2 * MS
#: An iteration longer than this warms an instance on its own, ns.
LONG_ITERATION = 20 * MS
#: Windows that must agree before an instance is steady, ns.
WINDOW = 100 * MS
#: How closely they must agree.
AGREEMENT = 0.02
#: An instance that is not steady by then is measured as it is, ns.
STEADY_AT_MOST = 5_000 * MS


@dataclass
class Measured:
    """A measured block."""

    samples: list[Sample]
    warm_up_iterations: int
    warm_up_ns: int


def measure(instance: Instance, trial: Trial) -> Measured:
    """Warms a prepared instance up to its phase and measures a block."""
    start = perf_counter_ns()
    warm, iterations = _warm_up(instance, trial)
    warm_up_ns = perf_counter_ns() - start if warm else 0
    return Measured(instance.measure(iterations).samples, warm, warm_up_ns)


def _warm_up(instance: Instance, trial: Trial) -> tuple[int, int]:
    """The number of warm-up iterations, and the number that fills the block."""
    if trial.iterations is not None:
        return 0, trial.iterations
    if trial.phase == "startup":
        return 0, 1
    start = perf_counter_ns()
    warm, each = _until_warm(instance)
    if trial.phase == "steady":
        warm, each = _until_steady(instance, warm, each, start)
    return warm, max(1, round((trial.nanoseconds or 0) / each))


def _until_warm(instance: Instance) -> tuple[int, float]:
    """The iterations done, and the time of one, ns."""
    done, spent, batch = 0, 0, 1
    while True:
        block = instance.measure(batch)
        done += batch
        spent += block.took_ns
        if spent >= YOUNG and (done >= 2 or spent > LONG_ITERATION):
            return done, block.mean_ns
        # Doubling limits the number of blocks if an iteration is short.
        batch = done


def _until_steady(instance: Instance, done: int, each: float, start: int) -> tuple[int, float]:
    """The iterations done so far, including the first warm-up, and the time of one, ns."""
    before = inf
    while perf_counter_ns() - start < STEADY_AT_MOST:
        window = ceil(WINDOW / each)
        each = instance.measure(window).mean_ns
        done += window
        if abs(each - before) <= AGREEMENT * each:
            break
        before = each
    return done, each
