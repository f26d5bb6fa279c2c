"""The years of the ledger that are read after the last one anything we hold reaches."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.ledger import stored
from pipelines.ledger.calendar import YEARS_AHEAD, Month, months_of, next_year_is_asked
from pipelines.run.tables import raw_tables
from pipelines.warehouse.connection import open_warehouse
from pipelines.warehouse.raw import create_tables
from pipelines.warehouse.sync_state import SyncState

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("year", "moved", "asked"),
    [
        (2026, True, True),
        (2026, False, False),  # an administration that has hardly begun pays nothing for it
        (2027, True, True),  # a contract over three years goes on
        (2026 + YEARS_AHEAD - 1, True, True),
        (2026 + YEARS_AHEAD, True, False),  # a server that answers every year alike is not asked for ever
    ],
)
def test_one_more_year_is_read_while_the_one_before_it_moved(year: int, moved: bool, asked: bool) -> None:
    assert next_year_is_asked(year, moved, TODAY) is asked


def test_the_months_of_the_last_year_there_is_have_ends() -> None:
    """A date somebody mistyped is a year that is asked for, not the end of the run."""
    assert months_of(9999)[-1] == Month(date(9999, 12, 1), date(9999, 12, 31))
    assert [month.end.day for month in months_of(2028)][:3] == [31, 29, 31]


def test_a_period_that_ends_in_2999_is_not_a_request_a_year(tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "warehouse.duckdb", "256MB") as connection:
        SyncState(connection)
        create_tables(connection, raw_tables())
        columns = "(administration_id, sales_invoice_id, row_number, period)"
        connection.execute(
            f"insert into raw.sales_invoices__details {columns} values ('1', '2', 1, '20260101..29991231')"
        )
        assert stored.years(connection, "1", 2025, TODAY) == [*range(2025, 2026 + YEARS_AHEAD + 1)]
        connection.execute("insert into sync.dirty_ledger values ('1', '', date '2999-12-01')")
        assert stored.years(connection, "1", 2025, TODAY)[-2:] == [2026 + YEARS_AHEAD, 2999]
