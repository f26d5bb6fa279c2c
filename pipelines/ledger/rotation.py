"""Slices nobody asked for in a month are read again with requests to spare: a booking that moved, or a pair of plus and
minus, leaves every sum as it was, and VAT returns, assets and deferrals have no feed of their own.

The plan and the run ask the same function, so what the plan counts is what the run does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb

from pipelines.ledger.calendar import month_of, year_bounds
from pipelines.moneybird.pagination import pages_for

EVERY = timedelta(days=30)
REQUESTS_A_RUN = 10  # a fifth of a window: 240 a day when run hourly, and nobody waits for them


@dataclass(frozen=True)
class Owner:
    """An administration whose slices may be looked at."""

    administration_id: str
    today: date
    now: datetime  # the server's time
    by_month: bool = False  # lines can be asked for one month at a time only


@dataclass(frozen=True)
class RotationTurn:
    """One account's lines over an open year, or over a month of it, and what they cost."""

    administration_id: str
    ledger_account_id: str
    start: date
    end: date
    read_at: datetime
    requests: int


def due_turns(connection: duckdb.DuckDBPyConnection, owners: Iterable[Owner], spare: int) -> list[RotationTurn]:
    """Lines out of auditfiles first, newest month first; then the oldest. As many as `spare` requests and a run's share
    allow; one large account may exceed the share."""
    left = min(spare, REQUESTS_A_RUN)
    chosen: list[RotationTurn] = []
    owners = list(owners)
    marked = [turn for owner in owners for turn in _of_auditfiles(connection, owner)]
    marked.sort(key=lambda one: one.start, reverse=True)
    twice = {(turn.administration_id, turn.ledger_account_id) for turn in marked}
    old = [turn for owner in owners for turn in _old(connection, owner)]
    old = [turn for turn in old if (turn.administration_id, turn.ledger_account_id) not in twice]
    old.sort(key=lambda one: (one.read_at, one.administration_id, one.ledger_account_id, one.start))
    for turn in marked + old:
        if turn.requests <= left or (not chosen and turn.requests <= spare):
            chosen.append(turn)
            left -= turn.requests
    return chosen


def _of_auditfiles(connection: duckdb.DuckDBPyConnection, owner: Owner) -> list[RotationTurn]:
    """Slices whose lines came out of an auditfile, whatever their age: the report knows more of each line."""
    rows = connection.execute(
        """select ledger_account_id, month_date, count(*) from raw.journal_entries
           where administration_id = ? and line_source = 'auditfile' group by all order by month_date desc, 1""",
        [owner.administration_id],
    ).fetchall()
    return [
        RotationTurn(owner.administration_id, account, month, month_of(month).end, owner.now, pages_for(lines))
        for account, month, lines in rows
    ]


def oldest_slices(connection: duckdb.DuckDBPyConnection) -> dict[str, datetime]:
    """Administration → when the slice of its latest years that was not looked at for longest was read."""
    rows = connection.execute(
        """select administration_id, min(read_at) from sync.ledger_slices
           semi join raw.journal_entries using (administration_id, ledger_account_id, month_date)
           where month_date >= date_trunc('year', read_at) group by all"""
    ).fetchall()
    return {row[0]: row[1] for row in rows}


def _old(connection: duckdb.DuckDBPyConnection, owner: Owner) -> list[RotationTurn]:
    rows = connection.execute(
        """with counted as (
               select ledger_account_id, month_date, count(*) as lines from raw.journal_entries
               where administration_id = $a and month_date >= make_date($year, 1, 1) group by all)
           select ledger_account_id, month_date, lines, read_at from counted
           join sync.ledger_slices using (ledger_account_id, month_date) where administration_id = $a""",
        {"a": owner.administration_id, "year": owner.today.year},
    ).fetchall()
    units: dict[tuple[str, date, date], tuple[int, datetime]] = {}
    for account, month, lines, read_at in rows:
        start, end = (month, month_of(month).end) if owner.by_month else year_bounds(month.year)
        before, oldest = units.get((account, start, end), (0, read_at))
        units[(account, start, end)] = (before + lines, min(oldest, read_at))
    return [
        RotationTurn(owner.administration_id, account, start, end, read_at, pages_for(lines))
        for (account, start, end), (lines, read_at) in units.items()
        if owner.now - read_at >= EVERY
    ]
