"""Which lines to ask for when lines and report differ, at the fewest requests.

An account's year costs a request per hundred lines, a month of it at least one, and the streams by project (all lines
without one, then those of each) what all lines together cost. How many lines there are is known from what is stored; of
what was never read nothing is known, and a page is assumed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from pipelines.moneybird.pagination import pages_for

Slice = tuple[str, date]  # account, month


@dataclass(frozen=True)
class Choice:
    """What to fetch of one year. `streams` stands for all accounts at once and leaves nothing else to fetch."""

    accounts: tuple[str, ...] = ()  # their whole year
    slices: tuple[Slice, ...] = ()
    streams: bool = False


@dataclass(frozen=True)
class Year:
    """What is known of a year when the choice is made."""

    accounts: int  # in the report or with lines
    differing: frozenset[str]
    slices: frozenset[Slice] | None  # that differ, where the months' totals are known
    due: frozenset[Slice] = frozenset()  # touched by documents; with '' as account: something moved in the month
    lines: Mapping[Slice, int] = field(default_factory=dict)  # in the warehouse
    by_month: bool = False  # a request may ask for no more than one month
    projects: int | None = None  # None: the streams were tried already


def choose(year: Year) -> Choice:
    named = {one for one in year.due if one[0]}
    if year.slices is not None:
        slices, whole = set(year.slices) | named, year.differing - {account for account, _ in year.slices}
    else:
        months = {month for _, month in year.due}
        hinted = {(account, month) for account in year.differing for month in months}
        slices, whole = hinted | named, frozenset() if months else year.differing
    months_of: dict[str, set[date]] = defaultdict(set)
    for account, month in slices:
        months_of[account].add(month)
    whole |= {account for account, wanted in months_of.items() if _year_is_cheaper(year, account, wanted)}
    slices = {one for one in slices if one[0] not in whole}
    if _streams_are_cheaper(year, len(whole), len(slices)):
        return Choice(streams=True)
    return Choice(tuple(sorted(whole)), tuple(sorted(slices)))


def _year_is_cheaper(year: Year, account: str, wanted: Collection[date]) -> bool:
    if year.by_month:
        return False
    stored = sum(count for (owner, _), count in year.lines.items() if owner == account)
    return pages_for(stored) <= sum(pages_for(year.lines.get((account, month), 0)) for month in wanted)


def _streams_are_cheaper(year: Year, accounts: int, slices: int) -> bool:
    """Beside the pages, which are the same: one request per stream against one per account or slice."""
    if year.projects is None or len(year.differing) * 2 <= year.accounts:
        return False
    periods = 12 if year.by_month else 1
    return (1 + year.projects) * periods < accounts * periods + slices
