"""Ids as Moneybird's look: 18 digits, growing with time, larger than 2^53.

The documentation's examples fit `milliseconds since August 2011, shifted 20 bits, plus a sequence`; the sandbox counts
the same way, so ids of one seed are always the same and sort by creation.
"""

from __future__ import annotations

_EPOCH = 1_314_220_021_706  # Unix milliseconds; id and created_at of three examples agree on it
_SEQUENCE = 1 << 20
_MOST_DIGITS = 19  # of a number of 64 bits


def id_of(value: object) -> int:
    """The id that a request names as text or number; 0, which no record has, for what cannot be one."""
    text = str(value)
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS and not isinstance(value, bool) else 0


class Identifiers:
    """Hands out ids. Every million of them the moment moves on by a millisecond, so that none comes twice for a day.

    Journal entries are counted apart: how many lines a dialect books must not move the ids of records.
    """

    def __init__(self) -> None:
        self._count = self._entries = 0

    def next(self, milliseconds: int) -> int:
        self._count += 1
        return _id(milliseconds, self._count)

    def next_entry(self, milliseconds: int) -> int:
        self._entries += 1
        return _id(milliseconds, self._entries)


def _id(milliseconds: int, count: int) -> int:
    rounds, place = divmod(count, _SEQUENCE)
    return ((milliseconds - _EPOCH + rounds) << 20) | place
