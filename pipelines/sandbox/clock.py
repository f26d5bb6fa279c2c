"""The one clock of the sandbox: real time plus an offset.

Every header, version, state and default period comes from here, so a test that advances the clock moves all of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")  # every administration of the group keeps Dutch time
START_OF_DAY_HOUR = 9
LAST_YEAR = 2199  # further on a date or an id does not fit, and nothing would answer any more


class Clock:
    """Real time plus an offset. `source` gives real time as Unix seconds and is an argument so tests can hold it."""

    def __init__(self, offset_seconds: float = 0.0, source: Callable[[], float] = time.time) -> None:
        self._offset = offset_seconds
        self._source = source

    @classmethod
    def starting_at(cls, business_date: date, source: Callable[[], float] = time.time) -> Clock:
        """A clock that shows nine o'clock in Amsterdam on `business_date` now, and runs on from there."""
        opening = datetime(
            business_date.year, business_date.month, business_date.day, START_OF_DAY_HOUR, tzinfo=AMSTERDAM
        )
        return cls(opening.timestamp() - source(), source)

    def milliseconds(self) -> int:
        """Unix milliseconds."""
        return int((self._source() + self._offset) * 1000)

    def seconds(self) -> int:
        """Unix seconds, cut off, as versions and rate-limit headers carry them."""
        return self.milliseconds() // 1000

    def today(self) -> date:
        """The date in Amsterdam."""
        return local_date(self.milliseconds())

    def advance(self, step: timedelta) -> None:
        """Moves everything forward. Going back would give versions that shrink, so it is refused."""
        if step < timedelta(0):
            raise ValueError("the sandbox's clock only goes forward")
        if step > timedelta(days=366 * 200) or local_date(self.milliseconds() + _whole(step)).year > LAST_YEAR:
            raise ValueError(f"the sandbox's clock stops in {LAST_YEAR}")
        self._offset += step.total_seconds()


def _whole(step: timedelta) -> int:
    return step // timedelta(milliseconds=1)


def local_date(milliseconds: int) -> date:
    """The Amsterdam date of a moment."""
    return datetime.fromtimestamp(milliseconds / 1000, AMSTERDAM).date()


@lru_cache(maxsize=16384)
def moment(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    """Unix milliseconds of a wall-clock time in Amsterdam."""
    return int(datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=AMSTERDAM).timestamp()) * 1000


def iso(milliseconds: int) -> str:
    """`2026-08-21T13:50:45.599Z`, as every timestamp of the API is written."""
    whole = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"
