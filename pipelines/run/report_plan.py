"""What is known of an administration's reports before a run, and what the run will ask; plan and run share it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import get_args

import duckdb

from pipelines.ledger.forecast import is_recent, touched
from pipelines.moneybird.report_rows import Period
from pipelines.moneybird.resources import RESOURCES, Feed, Resource
from pipelines.run import report_calendar as calendar
from pipelines.run.report_calendar import Books, Held, Periods
from pipelines.warehouse import report_periods
from pipelines.warehouse.sync_state import SyncState

REPORTS = tuple(resource for resource in RESOURCES if resource.feed is Feed.REPORT)
SWEPT = "swept"  # scope in sync.reads: when the month of the day was read
PERIODS, ACCESS = "D11 ", "access "  # questions in sync.dialects, ended by the report's name …
REFUSED = "refused"  # … and an answer


@dataclass(frozen=True)
class BothWays:
    """What all months of this year and the last cost, in report requests: with `periods`, and month by month."""

    with_periods: int
    month_by_month: int


def planned_reports(
    connection: duckdb.DuckDBPyConnection, state: SyncState, books: Mapping[str, Books]
) -> dict[str, dict[str, int]]:
    """Administration → report → requests of the next run, if the ledger does not move until then."""
    plan: dict[str, dict[str, int]] = {}
    for administration_id, its_books in books.items():
        held = held_reports(connection, state, administration_id)
        plan[administration_id] = {}
        for resource in REPORTS:
            its = inherited(held, resource)
            due = calendar.due_periods(resource, its_books, its)
            plan[administration_id][resource.name] = sum(calendar.requests_for(resource, its, one) for one in due)
    return plan


def costs_both_ways(today: date, administrations: int) -> BothWays:
    """For the plan to print, so that nobody wonders why months are read only where something moved."""
    years = administrations * len(REPORTS)
    return BothWays(2 * years, (12 + today.month) * years)


def books_of(
    connection: duckdb.DuckDBPyConnection, administrations: Mapping[str, tuple[int, date, datetime]], full: bool
) -> dict[str, Books]:
    """Administration → its books as the run will find them, slices that are due taken as moved; before a first load,
    with the months ahead that its documents name. The argument gives first year, today there, and the server's time."""
    ledgers = report_periods.ledgers(connection)
    found = {}
    for administration_id, its in administrations.items():
        today = its[1]
        ledger = ledgers.get(administration_id, report_periods.Ledger())
        moved = {one for one in touched(connection, administration_id, today) if is_recent(one[1], today)}
        ledger = report_periods.foreseen(connection, administration_id, ledger, moved)
        is_first = not ledger.moves and not report_periods.read_periods(connection, administration_id)
        ahead = frozenset(month for _, month in moved if month > today) if is_first else frozenset()
        found[administration_id] = Books(*its, ledger, full, ahead)
    return found


def held_reports(connection: duckdb.DuckDBPyConnection, state: SyncState, administration_id: str) -> dict[str, Held]:
    """Report → what the warehouse knows of it."""
    read = report_periods.read_periods(connection, administration_id)
    answers = report_periods.learned(connection, administration_id)
    reads = state.reads(administration_id)
    found = {}
    for resource in REPORTS:
        takes, _, checked_at = answers.get(PERIODS + resource.name, ("", "", None))
        access, why, refused_at = answers.get(ACCESS + resource.name, ("", "", None))
        swept = reads.get((resource.name, SWEPT))
        found[resource.name] = Held(
            {Period(*key): reading for key, reading in read.get(resource.name, {}).items()},
            next((known for known in get_args(Periods) if known == takes), None),
            checked_at,
            swept.read_at if swept else None,
            why if access == REFUSED else "",
            refused_at if access == REFUSED else None,
        )
    return found


def inherited(held: Mapping[str, Held], resource: Resource) -> Held:
    """What is known of a report, and where nothing was asked yet, what its siblings were answered."""
    own = held[resource.name]
    if own.takes is None:
        siblings = {r.name: r for r in REPORTS}
        takes = {held[name].takes for name, r in siblings.items() if r.report and not r.report.takes_a_year}
        if "granularity" in takes:
            return replace(own, takes="granularity")
        if "one_month" in takes:
            return replace(own, takes="one_month")
    return own
