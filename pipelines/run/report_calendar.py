"""Which periods of a report a run reads. The plan and the run both ask here, so that they agree.

    wanted   held once and for all: every year, and of what stands at an end the month that runs; a year's months come
             with it where the server has `periods`, and alone where it takes no longer period than a month
    stale    held, but lines that it adds up moved since: at most once a day, newest first, a few a run
    sweep    one more period: a month of this year or the last that was never read, or what was read longest ago; of
             reports whose rows change without a ledger line every day, so that each month is read once a month, and of
             the others every week, each on a day of its own

A report of sums moves with the months of its own period, a report of what stands at an end with every month before it;
so one booking in March makes every later month end stale. What the limit leaves out stays marked as stale. The month
that runs is in its year, so of sums it is not asked alone until it has ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from pipelines.moneybird.pagination import pages_for
from pipelines.moneybird.report_rows import Period
from pipelines.moneybird.resources import RESOURCES, Feed, Report, Resource
from pipelines.warehouse.report_periods import Ledger, ReadPeriod

Periods = Literal["granularity", "twelve_months", "one_month"]  # D11: what the server takes; asked per report

STALE_A_RUN = 6  # requests for periods that moved, per report: a back-dated booking moves two years of month ends
SWEEP_WEEKLY = timedelta(days=7)
YEAR_AGE = timedelta(days=21)  # a line that silently changed its contact shows after this and a week at most
SWEEP_AGE = timedelta(days=30)  # what moves a report without a ledger line (a rate's box) shows after this at most
CHECK_AGE = timedelta(days=30)  # a server may have learned to answer longer periods since
_ORDER = {r.name: n for n, r in enumerate(r for r in RESOURCES if r.feed is Feed.REPORT)}


@dataclass(frozen=True)
class Books:
    """What decides, of one administration, which periods there are. `now` is the server's time."""

    first_year: int
    today: date
    now: datetime
    ledger: Ledger
    full: bool = False
    ahead: frozenset[date] = frozenset()  # months after today that will have lines once the ledger is read

    @property
    def later(self) -> set[date]:
        """Months after today that have lines."""
        return {*self.ahead} | {month for month, value in self.ledger.moves.items() if value and month > self.today}

    def fingerprint(self, resource: Resource, period: Period) -> int:
        """Of the ledger lines that `period` of this report depends on."""
        report, parts = _report(resource), self.ledger.parts
        start = date.min if report.as_of else period.start
        known = [part for part in report.moved_by if part in parts]
        moves = [parts[part] for part in (*known, "") if part in parts] if known else [self.ledger.moves]
        return sum(value for part in moves for month, value in part.items() if start <= month <= period.end)


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
        return [] if tried else [_running(books)]
    if held.takes == "granularity":
        return _years_with_months(resource, books, held)
    if held.takes == "one_month" and not _report(resource).takes_a_year:
        due = [Period.of_year(books.today.year)] if _is_to_check(held, books) else []
        wanted = [month for month in _months(resource, books) if month.start.year >= books.today.year]
        swept = _months(resource, books)
    else:
        due = []
        wanted = [*_years(resource, books), *([_running(books)] if _report(resource).as_of else [])]
        swept = [m for m in _months(resource, books) if _is_recent(m, books) and m != _running(books)]
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
    """What moved and was not read today; what runs also where no ledger may be read that tells whether it moved."""
    stale = stale_periods(resource, books, held)
    if not books.ledger.moves and not books.ledger.is_seen:
        stale |= {_running(books), Period.of_year(books.today.year)} & held.periods.keys()
    return [p for p in stale if books.full or resource.cadence.is_due(held.periods[p].read_at, books.now)]


def is_swept(resource: Resource, held: Held, books: Books) -> bool:
    """Whether it is this report's turn. Reports that are swept weekly have a day each, so that no day has them all."""
    if held.swept_at is None or _report(resource).swept_daily:
        return resource.cadence.is_due(held.swept_at, books.now)
    turn = (books.today.toordinal() + _ORDER[resource.name]) % 7 == 0
    return (turn and resource.cadence.is_due(held.swept_at, books.now)) or books.now - held.swept_at >= SWEEP_WEEKLY


def _sweep(resource: Resource, books: Books, held: Held, months: list[Period]) -> list[Period]:
    """The newest month that was never read, or what was read longest ago: a month of what is swept daily, else a year
    or what runs, for that holds all its months. None on a first load."""
    if held.swept_at is None or not is_swept(resource, held, books):
        return []
    daily = _report(resource).swept_daily
    old = {p: r.read_at for p, r in held.periods.items() if _is_recent(p, books)}
    old = {p: at for p, at in old.items() if (p.is_month if daily else p == _running(books) or not p.is_month)}
    old = {p: read_at for p, read_at in old.items() if books.now - read_at >= (SWEEP_AGE if daily else YEAR_AGE)}
    unread = [month for month in months if held.is_unread(month)]
    if unread and (daily or not old):
        return [max(unread)]
    if daily:
        return [min(old, key=lambda period: (old[period], period))] if old else []
    return [min(old, key=lambda period: (old[period], -period.end.toordinal()))] if old else []


def _years(resource: Resource, books: Books, *, standing: bool = False) -> list[Period]:
    """Newest first. Sums: also later years with lines. What stands at an end: years that have ended, and with
    `standing` the one that has not; its end is told by the month that runs."""
    years = set(range(books.first_year, books.today.year + 1))
    if not _report(resource).as_of:
        years |= {month.year for month in books.later}
    elif not standing:
        years.discard(books.today.year)
    return [Period.of_year(year) for year in sorted(years, reverse=True)]


def _months(resource: Resource, books: Books) -> list[Period]:
    """Every month of the books that has begun; of sums also later ones that have lines."""
    begun = Period(date(books.first_year, 1, 1), _running(books).end).months()
    if _report(resource).as_of:
        return begun
    return [*begun, *(Period.of_month(month) for month in sorted(books.later))]


def _running(books: Books) -> Period:
    return Period.of_month(books.today)


def _is_recent(period: Period, books: Books) -> bool:
    return books.today.year - 1 <= period.start.year <= books.today.year


def _is_to_check(held: Held, books: Books) -> bool:
    return held.checked_at is not None and (books.full or books.now - held.checked_at >= CHECK_AGE)


def _newest_first(periods: Iterable[Period]) -> list[Period]:
    """By their ends; of two that end together the longer first, for it tells whether months come along."""
    return sorted(periods, key=lambda period: (-period.end.toordinal(), period.start))


def _report(resource: Resource) -> Report:
    assert resource.report is not None
    return resource.report
