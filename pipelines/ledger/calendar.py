"""Which years and months of a ledger are looked at, and when a month's control totals are due again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipelines.moneybird.control_totals import months

OPEN_YEAR_CADENCE = timedelta(hours=23)  # a booking that moved between months leaves the sums of its year as they were
YEARS_AHEAD = 10  # an end to asking on: longer than any contract, and a server may answer every year alike
CLOSED_YEAR_CADENCE = timedelta(days=7)  # a month is a report request, and a closed year's totals are read in every run
OLD_A_RUN = 4  # months of an administration; read together on a first load, they are all old on one day


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


@dataclass(frozen=True)
class YearLines:
    """What decides, of one year's lines, which of its months' totals are looked at."""

    number: int
    last: date | None  # the latest line's date
    changed: Mapping[date, datetime]  # month → when its lines last changed, by the server's clock
    agrees: bool = False  # the year's totals are those of its lines, in debit and in credit


def months_begun(year: YearLines, today: date) -> list[Month]:
    """Its months until today or its latest line."""
    return [month for month in months_of(year.number) if month.start <= max(today, year.last or today)]


def due_months(
    years: Iterable[YearLines], today: date, reads: Mapping[str, datetime], now: datetime, full: bool
) -> list[Month]:
    """The months whose control totals are to be read in this run, in their order; `reads` is by their scope.

    Always those never read or older than their lines; one that lost its last lines was read before and has stale
    totals. A month without lines is not asked for while its year agrees: debit and credit are sums of no negative
    amounts, so where the months with lines have all of the year's, the others have none. Of those that are only old,
    which many become in one day, the oldest.
    """
    news: set[Month] = set()
    old: dict[Month, datetime] = {}
    for year in years:
        for month in months_of(year.number):
            read_at, changed_at = reads.get(month.scope), year.changed.get(month.start)
            if read_at is not None and changed_at is not None and changed_at > read_at:
                news.add(month)
            elif month.start > max(today, year.last or today):
                continue
            elif full or (read_at is None and (changed_at is not None or not year.agrees)):
                news.add(month)
            elif read_at is not None and now - read_at >= _cadence(month, today):
                old[month] = read_at
    oldest = sorted(old, key=lambda month: (old[month], month.start))[:OLD_A_RUN]
    return sorted(news.union(oldest), key=lambda month: month.start)


def _cadence(month: Month, today: date) -> timedelta:
    return OPEN_YEAR_CADENCE if month.start.year >= today.year else CLOSED_YEAR_CADENCE
