"""Which ledger slices a document touches, in the version that goes and in the one that comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pyarrow as pa
import pytest

from pipelines.warehouse.dirty import LedgerTouch, mark_after, mark_before
from tests.pipelines.raw_rows import empty_warehouse, put

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
MUTATION = LedgerTouch(
    "financial_mutations", "date", "financial_mutations__ledger_account_bookings", "financial_mutations__payments",
    "financial_mutation_id",
)  # fmt: skip
JOURNAL = LedgerTouch(
    "general_journal_documents", "date", "general_journal_documents__general_journal_document_entries", "",
    "general_journal_document_id",
)  # fmt: skip
PURCHASE = LedgerTouch(
    "purchase_invoices", "date", "purchase_invoices__details", "purchase_invoices__payments", "purchase_invoice_id",
    silent_states=("new", "saved"),
)  # fmt: skip


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_warehouse() as connection:
        yield connection


def touched(warehouse: duckdb.DuckDBPyConnection) -> set[tuple[str, date]]:
    return set(warehouse.execute("select ledger_account_id, month_date from sync.dirty_ledger").fetchall())


def documents(*ids: str) -> pa.Table:
    return pa.table({"administration_id": ["1"] * len(ids), "id": list(ids)})


def test_a_bank_transaction_touches_its_month_what_it_is_booked_on_and_its_payments(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    put(warehouse, "financial_mutations", id="m1", date="2026-03-05")
    put(warehouse, MUTATION.lines_table, financial_mutation_id="m1", ledger_account_id="private")
    put(warehouse, MUTATION.payments_table, financial_mutation_id="m1", id="p1", payment_date="2026-04-02")

    mark_after(warehouse, MUTATION, documents("m1"))

    assert touched(warehouse) == {("private", MARCH), ("", MARCH), ("", APRIL)}


def test_the_old_version_is_found_by_the_document_its_payments_and_their_bank_transactions(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """The line of a payment may name any of the three (D3)."""
    for document, account in (("i1", "creditors"), ("p1", "transit"), ("m1", "bank"), ("other", "rent")):
        put(warehouse, "journal_entries", document_id=document, ledger_account_id=account, month_date="2026-03-01")
    put(warehouse, PURCHASE.payments_table, purchase_invoice_id="i1", id="p1", financial_mutation_id="m1")

    mark_before(warehouse, PURCHASE, documents("i1"))

    assert touched(warehouse) == {("creditors", MARCH), ("transit", MARCH), ("bank", MARCH)}


def test_a_journal_without_payments_or_state_touches_the_accounts_of_its_entries(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    put(warehouse, "journal_entries", document_id="j1", ledger_account_id="wages", month_date="2026-04-01")
    put(warehouse, "general_journal_documents", id="j1", date="2026-03-31")
    put(warehouse, JOURNAL.lines_table, general_journal_document_id="j1", ledger_account_id="equity")

    mark_before(warehouse, JOURNAL, documents("j1"))
    mark_after(warehouse, JOURNAL, documents("j1"))

    assert touched(warehouse) == {("wages", APRIL), ("equity", MARCH), ("", MARCH)}


def test_a_document_that_is_not_booked_yet_touches_nothing(warehouse: duckdb.DuckDBPyConnection) -> None:
    put(warehouse, "purchase_invoices", id="i1", date="2026-03-05", state="new")
    put(warehouse, PURCHASE.lines_table, purchase_invoice_id="i1", ledger_account_id="rent")
    put(warehouse, "purchase_invoices", id="i2", state="open")

    mark_after(warehouse, PURCHASE, documents("i1", "i2"))

    assert touched(warehouse) == set()
