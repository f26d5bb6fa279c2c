"""The time zone of an administration, which says what its today is."""

from __future__ import annotations

from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Europe/Amsterdam"


def time_zone(name: object) -> ZoneInfo:
    """An administration's zone; Amsterdam where it has none, or one that nobody here knows (its `key` tells)."""
    try:
        return ZoneInfo(str(name or DEFAULT_ZONE))
    except (KeyError, ValueError, OSError):
        return ZoneInfo(DEFAULT_ZONE)
