"""Computing that nothing can shorten: xorshift64 (Marsaglia 2003)."""

from __future__ import annotations

_64_BITS = (1 << 64) - 1


def xorshift(seed: int, steps: int) -> int:
    """The state after so many steps."""
    # It must not start at zero.
    x = seed | 1
    for _ in range(steps):
        x ^= x << 13 & _64_BITS
        x ^= x >> 7
        x ^= x << 17 & _64_BITS
    return x
