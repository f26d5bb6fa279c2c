"""Which periods of a report a run reads. The plan and the run both ask here, so that they agree.

    wanted   held once and for all: every year, and the month that runs; a year's months come with it where the server
             has `periods`, and alone where it takes no longer period than a month
    stale    held, but the ledger below moved since: at most once a day, newest first, a few a run
    sweep    one month a day of this year and the last, for what moves without the ledger: each is read once a month

A report of sums moves with the months of its own period, a report of what stands at an end with every month before it;
so one booking in March makes every later month end stale. What the limit leaves out stays marked as stale.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from pipelines.moneybird.pagination import pages_for
from pipelines.moneybird.report_rows import Period
from pipelines.moneybird.resources import Report, Resource
from pipelines.warehouse.report_periods import Moves, ReadPeriod

Periods = Literal["granularity", "twelve_months", "one_month"]  # D11: what the server takes; asked per report

STALE_A_RUN = 6  # requests for periods that moved, per report: a back-dated booking moves two years of month ends
SWEEP_AGE = timedelta(days=30)  # what moves a report without a ledger line (a rate's box) shows after this at most
CHECK_AGE = timedelta(days=30)  # a server may have learned to answer longer periods since


@dataclass(frozen=True)
class Books:
    """What decides, of one administration, which periods there are. `now` is the server's time."""

    first_year: int
    today: date
    now: datetime
    moves: Moves
    full: bool = False

    def fingerprint(self, resource: Resource, period: Period) -> int:
        """Of the ledger lines that `period` of this report depends on."""
        start = date.min if _report(resource).as_of else period.start
        return sum(value for month, value in self.moves.items() if start <= month <= period.end)


@dataclass
class Held:
    """What is known of one report of one administration."""

    periods: dict[Period, ReadPeriod] = field(default_factory=dict)
    takes: Periods | None = None  # None: nothing was asked yet
    checked_at: datetime | None = None  # when `takes` was last seen to be so
    swept_at: datetime | None = None  # when the month of the day was last read; None before a first load ended
    refused: str = ""  # why the token or the plan does not allow this report, and …
    refused_at: datetime | None = None  # … when it was last tried

    def is_unread(self, period: Period) -> bool:
        return period not in self.periods


def asks_for_months(held: Held, books: Books) -> bool:
    """Whether a year is asked with its months: where the server has them, and now and then where it had not."""
    return held.takes in {None, "granularity"} or _is_to_check(held, books)


def due_periods(resource: Resource, books: Books, held: Held) -> list[Period]:
    """The periods to ask for, in the order of asking. A year asked for its months stands for all of them."""
    if held.refused:
        tried = not books.full and not resource.cadence.is_due(held.refused_at, books.now)
        return [] if tried else [Period.of_month(books.today)]
    if held.takes == "granularity":
        return _years_with_months(resource, books, held)
    if held.takes == "one_month" and not _report(resource).takes_a_year:
        due = [Period.of_year(books.today.year)] if _is_to_check(held, books) else []
        wanted = [month for month in _months(resource, books) if month.start.year >= books.today.year]
        swept = _months(resource, books)
    else:
        due = []
        wanted = [*_years(resource, books), Period.of_month(books.today)]
        swept = [month for month in _months(resource, books) if _is_recent(month, books)]
    if books.full:
        return [*due, *_newest_first({*wanted, *_months(resource, books), *held.periods})]
    due += _newest_first(filter(held.is_unread, wanted))
    due += _newest_first(_stale(resource, books, held))[:STALE_A_RUN]
    return due + [month for month in _sweep(resource, books, held, swept) if month not in due]


def stale_periods(resource: Resource, books: Books, held: Held) -> set[Period]:
    """Held periods whose ledger lines are not those of their last reading."""
    return {p for p, read in held.periods.items() if read.moves != books.fingerprint(resource, p)}


def requests_for(resource: Resource, held: Held, period: Period) -> int:
    """What a period costs: a page per hundred rows, one request where its months come along."""
    if held.takes == "granularity" and not period.is_month:
        return 1
    read = held.periods.get(period)
    return pages_for(read.row_count) if resource.paged and read is not None else 1


def _years_with_months(resource: Resource, books: Books, held: Held) -> list[Period]:
    years = _years(resource, books, standing=True)
    wanted = set(_months(resource, books)) if _report(resource).as_of else {m for y in years for m in y.months()}
    stale = set(_stale(resource, books, held))
    old = {m for m, r in held.periods.items() if _is_recent(m, books) and books.now - r.read_at >= SWEEP_AGE}
    due = {m for m in wanted if books.full or held.is_unread(m) or m in stale or m in old}
    return [year for year in years if not due.isdisjoint(year.months())]


def _stale(resource: Resource, books: Books, held: Held) -> list[Period]:
    """What moved and was not read today; the month that runs also where no ledger tells that it moved."""
    stale = stale_periods(resource, books, held)
    if not books.moves:
        stale |= {Period.of_month(books.today)} & held.periods.keys()
    return [p for p in stale if books.full or resource.cadence.is_due(held.periods[p].read_at, books.now)]


def _sweep(resource: Resource, books: Books, held: Held, months: Iterable[Period]) -> list[Period]:
    """The one month of the day: the newest that was never read, then the one read longest ago. None on a first load."""
    if held.swept_at is None or not resource.cadence.is_due(held.swept_at, books.now):
        return []
    unread = [month for month in months if held.is_unread(month)]
    if unread:
        return [max(unread)]
    old = {m: held.periods[m].read_at for m in months if _is_recent(m, books)}
    old = {m: read_at for m, read_at in old.items() if books.now - read_at >= SWEEP_AGE}
    return [min(old, key=lambda month: (old[month], month))] if old else []


def _years(resource: Resource, books: Books, *, standing: bool = False) -> list[Period]:
    """Newest first. Sums: also later years with lines. What stands at an end: years that have ended, and with
    `standing` the one that has not; its end is told by the month that runs."""
    years = set(range(books.first_year, books.today.year + 1))
    if not _report(resource).as_of:
        years |= {month.year for month, value in books.moves.items() if value and month > books.today}
    elif not standing:
        years.discard(books.today.year)
    return [Period.of_year(year) for year in sorted(years, reverse=True)]


def _months(resource: Resource, books: Books) -> list[Period]:
    """Every month of the books that has begun; of sums also later ones that have lines."""
    begun = Period(date(books.first_year, 1, 1), Period.of_month(books.today).end).months()
    if _report(resource).as_of:
        return begun
    return [*begun, *(Period.of_month(month) for month in sorted(books.moves) if month > books.today)]


def _is_recent(month: Period, books: Books) -> bool:
    return books.today.year - 1 <= month.start.year <= books.today.year


def _is_to_check(held: Held, books: Books) -> bool:
    return held.checked_at is not None and (books.full or books.now - held.checked_at >= CHECK_AGE)


def _newest_first(periods: Iterable[Period]) -> list[Period]:
    """By their ends; of two that end together the longer first, for it tells whether months come along."""
    return sorted(periods, key=lambda period: (-period.end.toordinal(), period.start))


def _report(resource: Resource) -> Report:
    assert resource.report is not None
    return resource.report
