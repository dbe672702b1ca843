"""CPU work that cannot be optimized away: xorshift64 (Marsaglia 2003)."""

from __future__ import annotations

_64_BITS = (1 << 64) - 1


def xorshift(seed: int, steps: int) -> int:
    """The state after a number of steps."""
    # The state must not be zero.
    x = seed | 1
    for _ in range(steps):
        x ^= x << 13 & _64_BITS
        x ^= x >> 7
        x ^= x << 17 & _64_BITS
    return x


def scattered(number: int) -> int:
    """A seed for the job of a number: xorshift is linear, and jobs whose seeds are their numbers would
    cancel each other out when their results are combined by exclusive or."""
    return number * 0x9E3779B97F4A7C15 & _64_BITS
