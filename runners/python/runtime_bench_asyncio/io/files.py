"""Common parts of `file-read`: the block size, and the output."""

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
    """Bytes to read at once."""
    return WHOLE if cell.params["block"] == "whole" else 1_024 * cell.count("block")


@contextmanager
def reading(cell: Cell, files: list[str]) -> Iterator[dict[str, Any]]:
    """Measures only the reading. The caller adds the checksums to the output."""
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
