"""Resident memory of this process."""

from __future__ import annotations

from ..errors import Failure


def resident_memory() -> int:
    """In bytes, with page granularity; unlike the counters of `status`, `smaps_rollup` does not lag."""
    with open("/proc/self/smaps_rollup") as rollup:
        for line in rollup:
            if line.startswith("Rss:"):
                return int(line.split()[1]) * 1024
    raise Failure("the system does not report resident memory")
