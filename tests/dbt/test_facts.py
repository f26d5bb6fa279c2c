"""Facts and dimensions: deleted records, missing members, revenue, hours, roles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

Query = Callable[..., list[tuple[Any, ...]]]


def test_deleted_records_are_in_no_mart_and_in_one_list(marts: Query) -> None:
    """Invoice i8 with its line, contact c3 and hour h7 are gone; the tombstone list names them."""
    assert marts("select count(*) from marts.fct_sales_invoice where sales_invoice_id = 'i8'") == [(0,)]
    assert marts("select count(*) from marts.fct_sales_invoice_line where sales_invoice_key = '1-i8'") == [(0,)]
    assert marts("select count(*) from marts.fct_time_entry where time_entry_id = 'h7'") == [(0,)]
    listed = marts("select record_kind, record_id from marts.deleted_records where administration_id = '1'")
    assert {("contact", "c3"), ("sales invoice", "i8"), ("time entry", "h7")} <= set(listed)


def test_a_fact_of_a_deleted_contact_keeps_its_name(marts: Query) -> None:
    """Deleting a contact takes nothing away from what was sold to it."""
    assert marts(
        "select contact_key, contact_name, is_deleted from marts.fct_sales_invoice"
        " join marts.dim_contact using (contact_key) where sales_invoice_id = 'i6'"
    ) == [("1-c3", "Verwijderd B.V.", True)]


def test_contact_names(marts: Query) -> None:
    """Company first; empty text is no company."""
    assert marts(
        "select contact_key, contact_name, is_archived from marts.dim_contact"
        " where administration_id = '1' and contact_id is not null and not is_deleted order by 1"
    ) == [("1-c1", "Bakkerij De Vries", False), ("1-c2", "Anna Jansen", True)]


def test_today_is_the_date_where_the_administration_lives(marts: Query) -> None:
    """23:30 UTC on the 20th is the 21st in Amsterdam; never synced has no today."""
    assert [("1", "ok", date(2026, 11, 21)), ("4", "failed", None)] == marts(
        "select administration_id, sync_status, business_date from marts.dim_administration"
        " where administration_id in ('1', '4') order by 1"
    )


def test_a_time_zone_that_the_engine_does_not_know_is_amsterdam(marts: Query) -> None:
    assert marts("select time_zone, business_date from marts.dim_administration where administration_id = '5'") == [
        ("Europe/Amsterdam", date(2026, 11, 20))
    ]


def test_what_the_last_sync_could_not_do_is_carried(marts: Query) -> None:
    assert marts(
        "select sync_remark from marts.dim_administration where administration_id in ('1', '4')"
        " order by administration_id"
    ) == [(None,), ("the token was refused",)]


def test_an_account_outside_the_chart_keeps_its_lines(marts: Query) -> None:
    """A booked account that is not in the list gets a row of its own, not the none member."""
    assert [("1-gone", "Not in the chart of accounts", Decimal("5.00"))] == marts(
        "select ledger_account_key, account_name, amount from marts.fct_ledger_entry"
        " join marts.dim_ledger_account using (ledger_account_key) where ledger_account_id = 'gone'"
    )


def test_roles_survive_a_new_number_or_a_new_name(marts: Query) -> None:
    """Debiteuren on 1300 and Vorderingen on 13011 are both debtors."""
    assert marts("select ledger_account_key from marts.dim_ledger_account where role = 'debtors' order by 1") == [
        ("1-ar",),
        ("2-ar",),
        ("3-ar",),
    ]


def test_revenue_is_credit_minus_debit_without_closing_journals(marts: Query) -> None:
    """Credit invoices lower it; the closing journal of 2025 does not, an ordinary booking of that day counts."""
    assert [
        ("1", date(2026, 9, 1), Decimal("300.00")),
        ("1", date(2026, 10, 1), Decimal("1988.45")),
        ("1", date(2026, 11, 1), Decimal("-65.29")),
        ("5", date(2025, 6, 1), Decimal("900.00")),
        ("5", date(2025, 12, 1), Decimal("100.00")),
    ] == marts(
        "select administration_id, month_date, sum(revenue_amount) from marts.rpt_revenue_by_month"
        " where administration_id in ('1', '5') group by all order by all"
    )


def test_statement_amounts_are_positive_where_a_reader_expects_it(marts: Query) -> None:
    """Revenue and VAT owed are positive on their own side, debtors on theirs."""
    assert [("ar", Decimal("1000.00")), ("rev", Decimal("826.45")), ("vat", Decimal("173.55"))] == marts(
        "select ledger_account_id, statement_amount from marts.fct_ledger_entry"
        " join marts.dim_ledger_account using (ledger_account_key)"
        " where document_id = 'i1' and entry_date = '2026-10-01' order by 1"
    )


def test_hours(marts: Query) -> None:
    """Pauses are seconds, minutes round down, the local day of the start counts, a link decides the state."""
    rows = marts(
        "select time_entry_id, entry_date, minutes, paused_minutes, billing_state, sales_invoice_key, user_name"
        " from marts.fct_time_entry order by 1"
    )

    assert [
        ("h1", date(2026, 11, 2), 75, 15, "unbilled", None, "Sam"),
        ("h2", date(2026, 11, 3), 60, 0, "in_draft", "1-i7", "Sam"),
        ("h3", date(2026, 9, 30), 120, 0, "billed", "1-i1", "Sam"),
        ("h4", date(2026, 11, 4), 10, 0, "not_billable", None, "User gone"),
        ("h5", date(2026, 11, 20), None, None, "running", None, "Sam"),
        ("h6", date(2026, 10, 25), 240, 0, "unbilled", None, "Sam"),
    ] == rows


def test_invoice_lines_show_boxes_and_periods(marts: Query) -> None:
    """The JSON list becomes text, the period two dates, and the line nobody chose is left out."""
    assert [("1-i1-1", "NL/1a", date(2026, 10, 1), date(2026, 12, 31), Decimal("826.45"))] == marts(
        "select sales_invoice_line_key, tax_report_reference, period_start_date, period_end_date, net_amount"
        " from marts.fct_sales_invoice_line where sales_invoice_key = '1-i1'"
    )
