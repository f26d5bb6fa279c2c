"""Slices of open years come round once a month, the oldest first, within what is to spare."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from pipelines.ledger.rotation import REQUESTS_A_RUN, Owner, due_turns, oldest_slices

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWNER = Owner("1", TODAY, NOW)
OLD = timedelta(days=31)


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'; create schema raw; create schema sync")
        connection.execute(
            """create table raw.journal_entries (administration_id varchar, ledger_account_id varchar, month_date date,
                                                 line_source varchar)"""
        )
        connection.execute(
            """create table sync.ledger_slices (administration_id varchar, ledger_account_id varchar, month_date date,
                                                read_at timestamptz)"""
        )
        yield connection


def holds(
    warehouse: duckdb.DuckDBPyConnection,
    account: str,
    age: timedelta,
    *,
    lines: int = 3,
    month: date = date(2026, 3, 1),
    source: str = "reports",
) -> None:
    warehouse.execute("insert into sync.ledger_slices values ('1', ?, ?, ?)", [account, month, NOW - age])
    warehouse.execute(
        "insert into raw.journal_entries select '1', ?, ?, ? from range(?)", [account, month, source, lines]
    )


def chosen(warehouse: duckdb.DuckDBPyConnection, spare: int, owner: Owner = OWNER) -> list[tuple[str, int]]:
    return [(turn.ledger_account_id, turn.requests) for turn in due_turns(warehouse, [owner], spare)]


def test_what_was_read_this_month_or_belongs_to_a_closed_year_is_left_alone(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    holds(warehouse, "young", timedelta(days=29))
    holds(warehouse, "closed", OLD, month=date(2025, 12, 1))
    holds(warehouse, "old", OLD)

    assert chosen(warehouse, 50) == [("old", 1)]


def test_the_oldest_come_first_and_no_more_than_is_to_spare(warehouse: duckdb.DuckDBPyConnection) -> None:
    for number in range(5):
        holds(warehouse, f"account {number}", OLD + timedelta(days=number))

    assert chosen(warehouse, 2) == [("account 4", 1), ("account 3", 1)]
    assert chosen(warehouse, 0) == []


def test_an_accounts_year_is_read_at_once_and_is_as_old_as_its_oldest_month(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    holds(warehouse, "bank", OLD, lines=150)
    holds(warehouse, "bank", timedelta(days=1), lines=90, month=date(2026, 4, 1))

    (turn,) = due_turns(warehouse, [OWNER], 50)

    assert (turn.start, turn.end, turn.requests) == (date(2026, 1, 1), date(2026, 12, 31), 3)
    assert oldest_slices(warehouse) == {"1": NOW - OLD}


def test_a_run_takes_its_share_but_an_account_larger_than_that_has_its_turn(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    holds(warehouse, "large", OLD + OLD, lines=100 * REQUESTS_A_RUN + 50)
    holds(warehouse, "small", OLD)

    assert chosen(warehouse, 50) == [("large", REQUESTS_A_RUN + 1)]
    assert chosen(warehouse, REQUESTS_A_RUN) == [("small", 1)]


def test_a_server_that_gives_one_month_at_a_time_is_asked_for_months(warehouse: duckdb.DuckDBPyConnection) -> None:
    holds(warehouse, "bank", OLD)
    holds(warehouse, "bank", timedelta(days=1), month=date(2026, 4, 1))

    (turn,) = due_turns(warehouse, [Owner("1", TODAY, NOW, by_month=True)], 50)

    assert (turn.start, turn.end) == (date(2026, 3, 1), date(2026, 3, 31))


def test_lines_out_of_an_auditfile_go_before_all_others_newest_month_first(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    holds(warehouse, "old", OLD)
    holds(warehouse, "filed", timedelta(days=1), month=date(2024, 2, 1), source="auditfile")
    holds(warehouse, "later", timedelta(days=1), month=date(2024, 11, 1), source="auditfile")

    assert chosen(warehouse, 50) == [("later", 1), ("filed", 1), ("old", 1)]
