"""The frame of `file-read`, whoever reads: how much at a time, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter_ns
from typing import Any

from ..request import Cell
from .cold import evict, fetched

#: All of a file at once.
WHOLE = -1

VARIANTS = (None, "cold")


def block_size(cell: Cell) -> int:
    """Bytes to read at a time."""
    return WHOLE if cell.params["block"] == "whole" else 1_024 * cell.count("block")


@contextmanager
def reading(cell: Cell, files: list[str]) -> Iterator[dict[str, Any]]:
    """Around the reading alone. The answer is complete once the sums are put into it."""
    answer: dict[str, Any] = {"fetched": None}
    cold = cell.variant == "cold"
    if cold:
        evict(files)
        before = fetched()
    start = perf_counter_ns()
    yield answer
    answer["took_ns"] = perf_counter_ns() - start
    if cold:
        answer["fetched"] = fetched() - before
