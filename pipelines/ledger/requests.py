"""What the ledger of an unchanged administration costs, for the plan: the same questions as in the run, asked of the
warehouse instead of the server."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

import duckdb

from pipelines.ledger import calendar, rotation, stored
from pipelines.ledger.choice import Slice, Year, choose
from pipelines.ledger.dialects import ANSWERED, GRANULARITY, Dialects, dialects_of
from pipelines.ledger.rotation import Owner
from pipelines.moneybird.pagination import pages_for
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
    last_lines = {year: stored.last_line(connection, administration_id, year) for year in years}
    # An unchanged administration answers the year after its last lines empty, so one more request is all it costs.
    beyond = bool(years) and calendar.next_year_is_asked(years[-1], last_lines[years[-1]] is not None, today)
    months = 0
    if dialects.answer(GRANULARITY) != ANSWERED:
        for year in years:
            changed = stored.changed_at(connection, administration_id, year)
            months += len(calendar.due_months(year, today, last_lines[year], reads, changed, now, full))
    return len(years) + beyond + months


def lines_requests(connection: duckdb.DuckDBPyConnection, administration_id: str, now: datetime) -> int:
    """Requests for the slices that are due already; what changed since, nobody can know."""
    state = LedgerState(connection)
    dialects = dialects_of(state, administration_id, now)
    by_year: dict[int, set[Slice]] = defaultdict(set)
    for account, month in state.due_slices(administration_id):
        by_year[month.year].add((account, month))
    return sum(
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
    connection: duckdb.DuckDBPyConnection, administration_id: str, year: int, due: set[Slice], dialects: Dialects
) -> int:
    lines = stored.line_counts(connection, administration_id, year)
    by_months = frozenset[Slice]() if dialects.answer(GRANULARITY) == ANSWERED else None
    choice = choose(Year(0, frozenset(), by_months, frozenset(due), lines, dialects.by_month))
    whole = [sum(count for (owner, _), count in lines.items() if owner == account) for account in choice.accounts]
    return sum(map(pages_for, whole)) + sum(pages_for(lines.get(one, 0)) for one in choice.slices)
