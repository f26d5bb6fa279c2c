"""What the ledger costs, for the plan: the same questions as in the run, asked of the warehouse instead of the server.

Exact where nothing is due; of slices that are, and of a ledger nobody has read, as foreseen by `forecast`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

import duckdb

from pipelines.ledger import calendar, forecast, rotation, stored
from pipelines.ledger.choice import Slice, Year, choose, requests_of
from pipelines.ledger.dialects import ANSWERED, GRANULARITY, Dialects, dialects_of
from pipelines.ledger.rotation import Owner
from pipelines.warehouse.proofs import LedgerState


def totals_requests(
    connection: duckdb.DuckDBPyConnection,
    administration_id: str,
    first_year: int,
    today: date,
    now: datetime,
    reads: Mapping[str, datetime],
    full: bool,
) -> int:
    """Requests of the general ledger: one a year, and the months that are due where years do not bring them.

    `reads` says when a month's totals were last read, by its scope.
    """
    dialects = dialects_of(LedgerState(connection), administration_id, now)
    years = stored.years(connection, administration_id, first_year, today)
    touched = {month for _, month in forecast.touched(connection, administration_id, today)}
    has_lines = stored.last_line(connection, administration_id, years[-1]) is not None
    # An unchanged administration answers the year after its last lines empty, so one more request is all it costs.
    moved = has_lines or any(month.year == years[-1] for month in touched)
    beyond = calendar.next_year_is_asked(years[-1], moved, today)
    months: set[date] = set()
    if dialects.answer(GRANULARITY) != ANSWERED:
        lines = [stored.year_lines(connection, administration_id, year, dialects.rules.sides) for year in years]
        months = {month.start for month in calendar.due_months(lines, today, reads, now, full)}
        months |= forecast.moved_months(connection, administration_id, today)
    return len(years) + beyond + len(months)


def lines_requests(connection: duckdb.DuckDBPyConnection, administration_id: str, today: date, now: datetime) -> int:
    """Requests for the slices that are due already, and for all lines of a ledger nobody has read; what changed since
    the last run, nobody can know before its records were read."""
    dialects = dialects_of(LedgerState(connection), administration_id, now)
    by_year: dict[int, set[Slice]] = defaultdict(set)
    for account, month in forecast.touched(connection, administration_id, today):
        by_year[month.year].add((account, month))
    first: dict[int, int] = {}
    if by_year and not stored.has_lines(connection, administration_id):
        first, by_year = forecast.first_lines(connection, administration_id, today, dialects.by_month), {}
    return sum(first.values()) + sum(
        _due_requests(connection, administration_id, year, due, dialects) for year, due in sorted(by_year.items())
    )


def rotation_requests(connection: duckdb.DuckDBPyConnection, owners: Iterable[Owner], spare: int) -> Counter[str]:
    """Administration → requests of this run's rotation, when `spare` report requests are left after all others."""
    found: Counter[str] = Counter()
    for turn in rotation.due_turns(connection, owners, spare):
        found[turn.administration_id] += turn.requests
    return found


def owner_of(connection: duckdb.DuckDBPyConnection, administration_id: str, today: date, now: datetime) -> Owner:
    """The administration as the rotation wants it."""
    dialects = dialects_of(LedgerState(connection), administration_id, now)
    return Owner(administration_id, today, now, dialects.by_month)


def _due_requests(
    connection: duckdb.DuckDBPyConnection, administration_id: str, number: int, due: set[Slice], dialects: Dialects
) -> int:
    year = Year(
        number,
        frozenset(),
        frozenset[Slice]() if dialects.answer(GRANULARITY) == ANSWERED else None,
        frozenset(due),
        stored.line_counts(connection, administration_id, number),
        dialects.by_month,
        tuple(stored.projects(connection, administration_id, number)),
        stored.stream_counts(connection, administration_id, number),
    )
    return requests_of(year, choose(year))
