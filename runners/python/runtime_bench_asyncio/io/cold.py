"""Files that must come from the disk: evicts them from the page cache, and counts the bytes read."""

from __future__ import annotations

import os
from collections.abc import Iterable

from ..errors import Failure


def evict(paths: Iterable[str]) -> None:
    """Writes files to the disk and evicts them from the page cache."""
    for path in paths:
        file = os.open(path, os.O_RDONLY)
        try:
            os.fsync(file)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(file)


def fetched() -> int:
    """Bytes that this process has fetched from the disk so far."""
    with open("/proc/self/io") as counters:
        for line in counters:
            if line.startswith("read_bytes:"):
                return int(line.split()[1])
    raise Failure("the system does not count bytes read from disk")
