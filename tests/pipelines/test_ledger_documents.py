"""What documents say of a ledger nobody has read: the projects and months of their lines, and what these will cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from pipelines.ledger import documents, forecast, stored
from pipelines.ledger.documents import Spread
from tests.pipelines.raw_rows import empty_warehouse, put

TODAY = date(2026, 11, 22)


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_warehouse() as connection:
        yield connection


def invoice(warehouse: duckdb.DuckDBPyConnection, day: str, *lines: dict[str, object], **fields: object) -> None:
    (number,) = warehouse.execute("select count(*) from raw.sales_invoices").fetchone() or (0,)
    put(warehouse, "sales_invoices", **{"id": f"i{number}", "invoice_date": day, "state": "open"} | fields)
    for line in lines:
        put(
            warehouse, "sales_invoices__details", sales_invoice_id=f"i{number}", **{"ledger_account_id": "sales"} | line
        )


def test_a_line_names_every_year_from_its_document_to_the_end_of_its_own_period(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    invoice(warehouse, "2026-03-05", {"project_id": "own year"})
    invoice(warehouse, "2026-12-05", {"project_id": "ahead", "period": "20270101..20281231"})
    invoice(warehouse, "2027-01-10", {"project_id": "behind", "period": "20251201..20251231"})
    put(warehouse, "financial_mutations", id="m1", date="2026-06-01")
    put(warehouse, "financial_mutations__ledger_account_bookings", financial_mutation_id="m1", project_id="bank")
    put(warehouse, "general_journal_documents", id="j1", date="2025-12-31")
    put(
        warehouse, "general_journal_documents__general_journal_document_entries", general_journal_document_id="j1",
        project_id="journal",
    )  # fmt: skip

    named = {year: documents.projects(warehouse, "1", year) for year in range(2024, 2030)}

    assert named == {
        2024: set(),
        2025: {"behind", "journal"},
        2026: {"own year", "ahead", "behind", "bank"},
        2027: {"ahead", "behind"},
        2028: {"ahead"},
        2029: set(),
    }


def test_drafts_what_is_gone_and_another_company_name_nothing(warehouse: duckdb.DuckDBPyConnection) -> None:
    invoice(warehouse, "2026-03-05", {"project_id": "draft", "period": "20260301..20260430"}, state="draft")
    invoice(warehouse, "2026-03-05", {"project_id": "gone"}, _deleted_at="2026-04-01")
    invoice(warehouse, "2026-03-05", {"project_id": "mine"})

    assert documents.projects(warehouse, "1", 2026) == {"mine"}
    assert documents.projects(warehouse, "2", 2026) == set()
    assert documents.spread(warehouse, "1", TODAY) == []


def test_the_streams_of_a_year_are_those_its_documents_and_its_stored_lines_name(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """A line keeps the project its document had until the slice is read again."""
    invoice(warehouse, "2026-03-05", {"project_id": "now"})
    put(warehouse, "journal_entries", month_date="2026-03-01", project_id="before")
    put(warehouse, "journal_entries", month_date="2025-03-01", project_id="last year")

    assert stored.projects(warehouse, "1", 2026) == ["before", "now"]


def test_periods_end_where_the_ledger_is_no_longer_asked_and_nonsense_is_no_period(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    invoice(
        warehouse, "2026-03-05", {"period": "20261101..20270131"}, {"period": "20261101..20270131"},
        {"period": "20260301..29991231"}, {"period": "20270131..20261101"}, {"period": "soon"}, {"period": None},
    )  # fmt: skip

    spread = documents.spread(warehouse, "1", TODAY)

    assert spread == [
        Spread("sales", date(2026, 3, 1), date(2036, 12, 1), 1),
        Spread("sales", date(2026, 11, 1), date(2027, 1, 1), 2),
    ]
    assert spread[1].months == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]


def test_a_payment_through_the_bank_is_foreseen_once(warehouse: duckdb.DuckDBPyConnection) -> None:
    """It stands with the invoice it pays and with the transaction that pays it."""
    invoice(warehouse, "2026-03-05", *[{}] * 40)
    put(warehouse, "financial_mutations", id="m1", date="2026-04-01")
    for number in range(30):
        paid = {"id": f"p{number}", "financial_mutation_id": "m1"}
        put(warehouse, "financial_mutations__payments", **paid)
        put(warehouse, "sales_invoices__payments", sales_invoice_id="i0", **paid)

    (unread,) = forecast.unread_years(warehouse, "1", TODAY).values()

    assert unread.pages == 2, "40 lines, 4 of an invoice and a transaction and 60 of payments are more than a page"

    put(warehouse, "sales_invoices__payments", sales_invoice_id="i0", id="by cash", financial_mutation_id=None)
    (more,) = forecast.unread_years(warehouse, "1", TODAY).values()
    assert more == unread
    assert unread.accounts == 1 + forecast.CONTROL_ACCOUNTS


def test_a_year_that_is_only_spread_over_is_foreseen_too(warehouse: duckdb.DuckDBPyConnection) -> None:
    invoice(warehouse, "2026-03-05", *[{"period": "20260301..20271231"}] * 5)

    found = forecast.unread_years(warehouse, "1", TODAY)

    assert {year: one.pages for year, one in found.items()} == {2026: 2, 2027: 2}
    assert found[2027].accounts == 1 + forecast.DEFERRAL_ACCOUNTS
    months = forecast.moved_months(warehouse, "1", TODAY)
    assert (min(months), max(months)) == (date(2026, 3, 1), date(2027, 12, 1))


def test_of_a_ledger_that_was_read_no_old_spread_is_foreseen_again(warehouse: duckdb.DuckDBPyConnection) -> None:
    invoice(warehouse, "2026-03-05", {"period": "20260301..20271231"})
    put(warehouse, "journal_entries", month_date="2026-03-01")

    assert forecast.moved_months(warehouse, "1", TODAY) == set()
