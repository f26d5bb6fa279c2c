"""Which years and months of a ledger are looked at, and when a month's control totals are due again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipelines.moneybird.control_totals import months

OPEN_YEAR_CADENCE = timedelta(hours=24)  # twelve report requests a year and administration …
YEARS_AHEAD = 10  # an end to asking on: longer than any contract, and a server may answer every year alike
CLOSED_YEAR_CADENCE = timedelta(days=7)  # … so closed years, which rarely move, are looked at weekly


@dataclass(frozen=True)
class Month:
    start: date
    end: date

    @property
    def scope(self) -> str:
        """How the month is named in `sync.reads`."""
        return f"{self.start:%Y-%m}"


def year_bounds(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def month_of(first: date) -> Month:
    """The month that begins on `first`."""
    return Month(*months(first, first)[0])


def months_of(year: int) -> list[Month]:
    return [Month(first, last) for first, last in months(*year_bounds(year))]


def next_year_is_asked(year: int, moved: bool, today: date) -> bool:
    """Whether the year after `year`, the last one known, is read too: a purchase or a contract can be spread over years
    that nothing we hold reaches."""
    return moved and year < today.year + YEARS_AHEAD


def month_is_due(
    month: Month,
    today: date,
    last_line: date | None,
    last_read: datetime | None,
    changed_at: datetime | None,
    now: datetime,
    full: bool,
) -> bool:
    """A month's totals are due when older than its lines. A month that has begun or has lines is also due when asked
    for, never read, or older than its cadence; one that lost its last lines was read before and has stale totals."""
    if last_read is not None and changed_at is not None and changed_at > last_read:
        return True
    if month.start > max(today, last_line or today):
        return False
    if full or last_read is None:
        return True
    cadence = OPEN_YEAR_CADENCE if month.start.year >= today.year else CLOSED_YEAR_CADENCE
    return now - last_read >= cadence


def due_months(
    year: int,
    today: date,
    last_line: date | None,
    reads: Mapping[str, datetime],
    changed: Mapping[date, datetime],
    now: datetime,
    full: bool,
) -> list[Month]:
    """The months of `year` whose control totals are to be read in this run."""
    return [
        month
        for month in months_of(year)
        if month_is_due(month, today, last_line, reads.get(month.scope), changed.get(month.start), now, full)
    ]
