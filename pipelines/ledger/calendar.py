"""Which years and months of a ledger are looked at, and when a month's control totals are due again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipelines.moneybird.feeds import months

OPEN_YEAR_CADENCE = timedelta(hours=24)  # twelve report requests a year and administration …
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


def months_of(year: int, today: date, last_line: date | None) -> list[Month]:
    """Months of `year` whose totals are compared: all that have begun, and later ones that have lines already."""
    until = max(today, last_line) if last_line else today
    start, end = year_bounds(year)
    return [Month(first, last) for first, last in months(start, min(end, until))] if start <= until else []


def month_is_due(
    month: Month, today: date, last_read: datetime | None, replaced_at: datetime | None, now: datetime, full: bool
) -> bool:
    """A month's totals are due when asked for, never read, older than their cadence, or older than its lines."""
    if full or last_read is None:
        return True
    if replaced_at is not None and replaced_at > last_read:
        return True
    cadence = OPEN_YEAR_CADENCE if month.start.year >= today.year else CLOSED_YEAR_CADENCE
    return now - last_read >= cadence


def due_months(
    year: int,
    today: date,
    last_line: date | None,
    reads: Mapping[str, datetime],
    replaced: Mapping[date, datetime],
    now: datetime,
    full: bool,
) -> list[Month]:
    """The months of `year` whose control totals are to be read in this run."""
    return [
        month
        for month in months_of(year, today, last_line)
        if month_is_due(month, today, reads.get(month.scope), replaced.get(month.start), now, full)
    ]
