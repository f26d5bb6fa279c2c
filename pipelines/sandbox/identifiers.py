"""Ids as Moneybird's look: 18 digits, growing with time, larger than 2^53.

The documentation's examples fit `milliseconds since August 2011, shifted 20 bits, plus a sequence`; the sandbox counts
the same way, so ids of one seed are always the same and sort by creation.
"""

from __future__ import annotations

_EPOCH = 1_314_220_021_706  # Unix milliseconds; id and created_at of three examples agree on it
_SEQUENCE = 1 << 20


class Identifiers:
    """Hands out ids. The sequence never repeats within one millisecond unless a million are asked of it."""

    def __init__(self) -> None:
        self._count = 0

    def next(self, milliseconds: int) -> int:
        self._count = (self._count + 1) % _SEQUENCE
        return ((milliseconds - _EPOCH) << 20) | self._count
