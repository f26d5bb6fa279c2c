"""The locked period: what stands on a day up to and including `locked_until` cannot be made, changed or removed."""

from __future__ import annotations

from datetime import date

from pipelines.sandbox.administration import Administration


def is_locked(administration: Administration, *days: date | None) -> bool:
    """Whether any of the days lies in the locked period; a day that is not known yet does not."""
    locked = administration.locked_until
    return locked is not None and any(day is not None and day <= locked for day in days)
