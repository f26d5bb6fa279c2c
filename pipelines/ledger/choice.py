"""Which lines to ask for when lines and report differ, at the fewest requests.

An account costs a request per hundred lines of the months asked together, at least one, and the streams by project (all
lines without one, then those of each) what all lines of those months cost. A day of business touches a dozen accounts
of one month, and where there are few projects that month's streams cost less. How many lines there are is known from
what is stored; of a year nobody has read the documents say about how many there will be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

from pipelines.ledger import calendar
from pipelines.moneybird.pagination import pages_for

Slice = tuple[str, date]  # account, month
Span = tuple[date, date]  # first and last day of whole months


@dataclass(frozen=True)
class Choice:
    """What to fetch of one year. Each of `streams` stands for all accounts of its months."""

    accounts: tuple[str, ...] = ()  # their whole year
    spans: tuple[tuple[str, Span], ...] = ()  # an account's months, asked together
    streams: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Year:
    """What is known of a year when the choice is made."""

    number: int
    differing: frozenset[str]
    slices: frozenset[Slice] | None  # that differ, where the months' totals are known
    due: frozenset[Slice] = frozenset()  # touched by documents; with '' as account: something moved in the month
    lines: Mapping[Slice, int] = field(default_factory=dict)  # in the warehouse
    by_month: bool = False  # a request may ask for no more than one month
    projects: tuple[str, ...] | None = None  # None: no streams, or they were tried already
    by_project: Mapping[Slice, int] = field(default_factory=dict)  # lines in the warehouse; '' is without a project
    pages: int = 1  # that all lines of a year nobody has read will fill


def choose(year: Year) -> Choice:
    """By account or by streams, whichever costs less; by account where both cost the same."""
    wanted, whole = _wanted(year)
    best, fewest = _by_account(year, wanted, whole)
    if year.projects is None:
        return best
    if not year.lines:
        by_account, streams = unread_requests(fewest, len(year.projects), year.pages, year.by_month)
        return Choice(streams=(calendar.year_bounds(year.number),)) if streams < by_account else best
    streamed: set[date] = set()
    while more := {month for _, month in wanted} - streamed:
        tried = [(*_with_streams(year, wanted, whole, streamed | {month}), month) for month in sorted(more)]
        choice, cost, month = min(tried, key=lambda one: one[1])
        if cost >= fewest:
            break
        best, fewest = choice, cost
        streamed.add(month)
    # One month alone may not pay where all of them do: an account whose other months are read costs its request anyway.
    everything = {month.start for month in calendar.months_of(year.number)}
    together = _with_streams(year, wanted, whole, {month for _, month in wanted})
    choice, cost = min(together, _with_streams(year, frozenset(), frozenset(), everything), key=lambda one: one[1])
    return choice if cost < fewest else best


def unread_requests(accounts: int, projects: int, pages: int, by_month: bool) -> tuple[int, int]:
    """What all lines of a year nobody has read will cost, by account (each at least a request) and by streams.

    Most lines have no project and fill their pages, so a project costs a request of its own; of those by account about
    half fill pages beyond their account's first. Asked by the month, few requests have a second page."""
    if by_month:
        return accounts, 12 * (1 + projects)
    return accounts + pages // 2, projects + pages


def requests_of(year: Year, choice: Choice) -> int:
    """What a choice costs, by what is stored."""
    lines: Counter[str] = Counter()
    for (account, _), count in year.lines.items():
        lines[account] += count
    whole = sum(max(pages_for(lines[account]), 12 * year.by_month) for account in choice.accounts)
    spans = sum(pages_for(_lines_within(year, account, span)) for account, span in choice.spans)
    return whole + spans + sum(_stream_requests(year, span) for span in choice.streams)


def _wanted(year: Year) -> tuple[frozenset[Slice], frozenset[str]]:
    """The slices that are wanted, and accounts of which no month is known."""
    named = frozenset(one for one in year.due if one[0])
    if year.slices is not None:
        return year.slices | named, year.differing - {account for account, _ in year.slices}
    months = {month for _, month in year.due}
    hinted = frozenset((account, month) for account in year.differing for month in months)
    return hinted | named, frozenset() if months else year.differing


def _by_account(year: Year, wanted: Collection[Slice], whole: Collection[str]) -> tuple[Choice, int]:
    months_of: dict[str, set[date]] = defaultdict(set)
    for account, month in wanted:
        if account not in whole:
            months_of[account].add(month)
    covers = {account: _cover(year, account, sorted(months)) for account, months in months_of.items()}
    years = {account for account, spans in covers.items() if _year_is_cheaper(year, account, spans)}
    spans = sorted((account, span) for account in covers.keys() - years for span in covers[account])
    choice = Choice(tuple(sorted(years.union(whole))), tuple(spans))
    return choice, requests_of(year, choice)


def _cover(year: Year, account: str, months: list[date]) -> list[Span]:
    """These months at the fewest requests, and of those with the fewest lines: months between them are asked along
    where that costs nothing."""
    if year.by_month:
        return [(month.start, month.end) for month in map(calendar.month_of, months)]
    until = list(
        accumulate((year.lines.get((account, month.start), 0) for month in calendar.months_of(year.number)), initial=0)
    )
    best: list[tuple[int, int, list[Span]]] = [(0, 0, [])]  # requests, lines and spans of the first so many months
    for last, end in enumerate(months):
        tried = []
        for (requests, fetched, spans), start in zip(best, months[: last + 1], strict=True):
            lines = until[end.month] - until[start.month - 1]
            tried.append((requests + pages_for(lines), fetched + lines, [*spans, (start, calendar.month_of(end).end)]))
        best.append(min(tried, key=lambda one: one[:2]))
    return best[-1][2]


def _lines_within(year: Year, account: str, span: Span) -> int:
    first, last = span
    return sum(year.lines.get((account, date(first.year, month, 1)), 0) for month in range(first.month, last.month + 1))


def _with_streams(
    year: Year, wanted: Collection[Slice], whole: Collection[str], months: Collection[date]
) -> tuple[Choice, int]:
    """Streams of these months, and by account what they leave."""
    rest, cost = _by_account(year, [one for one in wanted if one[1] not in months], whole)
    spans = _spans(sorted(months), year.by_month)
    return Choice(rest.accounts, rest.spans, spans), cost + sum(_stream_requests(year, span) for span in spans)


def _spans(months: list[date], by_month: bool) -> tuple[Span, ...]:
    """Months that follow each other are asked for together, where that is allowed."""
    spans: list[Span] = []
    for month in map(calendar.month_of, months):
        follows = spans and (month.start - spans[-1][1]).days == 1
        if follows and not by_month:
            spans[-1] = (spans[-1][0], month.end)
        else:
            spans.append((month.start, month.end))
    return tuple(spans)


def _stream_requests(year: Year, span: Span) -> int:
    lines: Counter[str] = Counter()
    for (project, month), count in year.by_project.items():
        if span[0] <= month <= span[1]:
            lines[project] += count
    return sum(pages_for(lines[project]) for project in ("", *(year.projects or ())))


def _year_is_cheaper(year: Year, account: str, spans: Collection[Span]) -> bool:
    if year.by_month:
        return False
    stored = _lines_within(year, account, calendar.year_bounds(year.number))
    return pages_for(stored) <= sum(pages_for(_lines_within(year, account, span)) for span in spans)
