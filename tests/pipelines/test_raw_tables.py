"""Raw tables grow with what is declared, and a column declared late holds what came before it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from pipelines.warehouse.raw import TableShape, create_tables

_TRACE = (("_slice_id", "VARCHAR"),)
INVOICES = TableShape(
    "invoices", (("administration_id", "VARCHAR"), ("id", "VARCHAR"), *_TRACE, ("_unmapped", "VARCHAR")), ("id",)
)
LINES = TableShape(
    "invoices__details",
    (("administration_id", "VARCHAR"), ("invoice_id", "VARCHAR"), ("row_number", "INTEGER"), *_TRACE),
    ("administration_id", "invoice_id", "row_number"),
    parent="invoices",
)


def with_column(shape: TableShape, name: str, type_: str, *path: str) -> TableShape:
    return TableShape(
        shape.name, (*shape.columns, (name, type_)), shape.key, shape.parent, {name: path} if path else {}
    )


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        create_tables(opened, [INVOICES, LINES])
        opened.execute(
            """insert into raw.invoices values
               ('1', 'a', 's1',
                '{"sent_on": "2026-10-01", "bank": {"text": "rent"}, "details": [{}, {"weight": "1.50"}]}'),
               ('1', 'b', 's1', null), ('1', 'c', 's1', '{"sent_on": ""}')"""
        )
        opened.execute(
            "insert into raw.invoices__details values ('1', 'a', 1, 's1'), ('1', 'a', 2, 's1'), ('1', 'b', 1, 's1')"
        )
        yield opened


def test_a_column_declared_later_is_filled_without_a_request(connection: duckdb.DuckDBPyConnection) -> None:
    create_tables(connection, [with_column(INVOICES, "sent_on", "DATE"), LINES])

    assert connection.execute("select id, sent_on from raw.invoices order by id").fetchall() == [
        ("a", date(2026, 10, 1)), ("b", None), ("c", None),
    ]  # fmt: skip


def test_so_is_one_that_stands_deeper_in_the_answer(connection: duckdb.DuckDBPyConnection) -> None:
    create_tables(connection, [with_column(INVOICES, "bank_text", "VARCHAR", "bank", "text"), LINES])

    assert connection.execute("select bank_text from raw.invoices where id = 'a'").fetchall() == [("rent",)]


def test_so_is_one_of_a_nested_list_row_by_row(connection: duckdb.DuckDBPyConnection) -> None:
    create_tables(connection, [INVOICES, with_column(LINES, "weight", "DECIMAL(18,6)")])

    found = connection.execute("select invoice_id, row_number, weight from raw.invoices__details order by all")
    assert found.fetchall() == [("a", 1, None), ("a", 2, Decimal("1.5")), ("b", 1, None)]
