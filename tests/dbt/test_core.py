"""Dimensions that hold whatever is named, contacts as they were, purchases net of what is private, kinds of payment.

The rows are those of purchases.sql, administration 6."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

Query = Callable[..., list[tuple[Any, ...]]]


@pytest.mark.parametrize(
    ("dimension", "key", "name"),
    [
        ("contact", "6-ghost", "Contact ghost"),
        ("project", "6-p_ghost", "Project p_ghost"),
        ("user", "1-gone", "User gone"),
        ("tax_rate", "3-t21", "Tax rate t21"),
    ],
)
def test_what_is_named_and_in_no_list_has_a_row_of_its_own(marts: Query, dimension: str, key: str, name: str) -> None:
    assert [(name, True, False)] == marts(
        f"select {dimension}_name, is_unknown, is_deleted from marts.dim_{dimension} where {dimension}_key = ?", key
    )


def test_an_account_that_only_a_line_names_is_no_none(marts: Query) -> None:
    assert marts(
        "select account_name from marts.fct_purchase_invoice_line"
        " join marts.dim_ledger_account using (ledger_account_key) where document_id = 'k5'"
    ) == [("Not in the chart of accounts",)]


def test_records_that_are_missing_are_counted_and_named(marts: Query) -> None:
    """A deleted contact with bookings is missing too, a deleted product on a line and one on a receipt only are not."""
    rows = marts(
        "select administration_id, difference, status, drill_key from marts.recon_checks"
        " where check_id = 'records_referenced_are_known' and difference > 0 order by 1"
    )
    items = marts(
        "select administration_id, document_type, document_id, item_kind"
        " from intermediate.items_records_referenced_are_known order by 1, 2"
    )

    assert [
        ("1", Decimal(2), "break", "1-contact c3"),
        ("3", Decimal(1), "break", "3-tax rate t21"),
        ("6", Decimal(2), "break", "6-contact ghost"),
    ] == rows
    assert items == [
        ("1", "contact", "c3", "gone, with bookings"),
        ("1", "user", "gone", "in no list"),
        ("3", "tax rate", "t21", "in no list"),
        ("6", "contact", "ghost", "in no list"),
        ("6", "project", "p_ghost", "in no list"),
    ]


def test_a_contact_counts_as_it_was_on_the_date(marts: Query) -> None:
    """The evening of 10 June in UTC is the 11th in Amsterdam; of two changes on 1 July the last counts."""
    assert [
        ("k1", date(2026, 6, 10), "Leverancier", "NL001"),
        ("k2", date(2026, 6, 11), "Leverancier", "NL002"),
        ("k3", date(2026, 7, 1), "Leverancier Drie", "NL002"),
        ("k6", date(2026, 9, 1), "Leverancier Drie", "NL002"),
    ] == marts(
        "select purchase_invoice_id, invoice_date, contact_name, dim_contact_version.tax_number"
        " from marts.fct_purchase_invoice"
        " join marts.dim_contact_version using (contact_version_key)"
        " where dim_contact_version.contact_key = '6-s1' order by 1"
    )


def test_a_row_without_a_date_takes_the_current_version(marts: Query) -> None:
    assert marts(
        "select contact_version_key, is_current from marts.fct_sales_invoice"
        " join marts.dim_contact_version using (contact_version_key) where sales_invoice_id = 'i7'"
    ) == [("1-c1-1", True)]


@pytest.mark.parametrize("kind", ["contact", "ledger_account"])
def test_validity_has_no_gap_and_no_overlap(marts: Query, kind: str) -> None:
    """One current version of each; a version ends on the date the next one begins; nothing is without one."""
    assert (
        marts(
            f"select {kind}_key from marts.dim_{kind}_version group by 1 having sum(is_current::int) <> 1"
            " or min(valid_from_date) <> '1900-01-01'"
        )
        == []
    )
    assert (
        marts(
            f"select {kind}_version_key from (select *, lead(valid_from_date) over"
            f" (partition by {kind}_key order by version_number) as next_date from marts.dim_{kind}_version)"
            " where valid_to_date is distinct from next_date"
        )
        == []
    )
    assert marts(f"select {kind}_key from marts.dim_{kind} anti join marts.dim_{kind}_version using ({kind}_key)") == []


def test_an_account_is_what_it_was_until_we_read_something_else(marts: Query) -> None:
    """The evening of 10 June in UTC is the 11th in Amsterdam."""
    assert marts(
        "select ledger_account_version_key, account_name, account_number, account_type, valid_from_date, valid_to_date,"
        " is_current from marts.dim_ledger_account_version where ledger_account_key in ('6-cost', '6-none') order by 1"
    ) == [
        ("6-cost-1", "Inkoop", "7000", "direct_costs", date(1900, 1, 1), date(2026, 6, 11), False),
        ("6-cost-2", "Algemene kosten", "46801.01", "expenses", date(2026, 6, 11), None, True),
        ("6-none-1", "No ledger account", None, None, date(1900, 1, 1), None, True),
    ]


def test_purchases_are_net_of_what_is_private(marts: Query) -> None:
    """100.00 at 21 % with 30 % private is served as 70.00 and 36.30; 300.00 in full with 25 % beside it."""
    assert [
        ("k1", Decimal("100.00"), Decimal("30.00"), Decimal("70.00")),
        ("k2", Decimal("300.00"), Decimal("75.00"), Decimal("225.00")),
        ("k3", None, None, Decimal("0.00")),
        ("r1", Decimal("82.64"), Decimal("24.79"), Decimal("57.85")),
    ] == marts(
        "select document_id, gross_amount, private_amount, net_amount from marts.fct_purchase_invoice_line"
        " where administration_id = '6' and private_percentage > 0 order by 1"
    )


def test_vat_of_a_purchase_is_incl_minus_excl_in_both_currencies(marts: Query) -> None:
    """What may be deducted: 14.70 of 21.00 when 30 % is private; 21.00 dollars are 19.32 euros."""
    assert [
        ("k1", Decimal("14.70"), Decimal("14.70"), Decimal("36.30")),
        ("k6", Decimal("21.00"), Decimal("19.32"), Decimal("0.00")),
    ] == marts(
        "select purchase_invoice_id, tax_amount, tax_base_amount, private_incl_amount from marts.fct_purchase_invoice"
        " where purchase_invoice_id in ('k1', 'k6') order by 1"
    )
    assert [(Decimal("12.15"), Decimal("30.00"))] == marts(
        "select tax_amount, private_incl_amount from marts.fct_receipt where receipt_id = 'r1'"
    )


def test_a_self_billed_document_is_a_purchase_and_the_other_way_round_a_sale(marts: Query) -> None:
    assert [(Decimal("-121.00"), True)] == marts(
        "select total_incl_amount, is_self_billed from marts.fct_purchase_invoice where purchase_invoice_id = 'k4'"
    )
    assert [("self_billed", "PurchaseInvoice", "SB-1", Decimal("121.00"), Decimal("21.00"), False)] == marts(
        "select source, document_type, invoice_number, total_incl_amount, tax_amount, is_credit"
        " from marts.fct_sales_invoice where sales_invoice_id = 'k4'"
    )
    assert [("self_billed", "6-pr2", Decimal("100.00"))] == marts(
        "select source, product_key, net_amount from marts.fct_sales_invoice_line where sales_invoice_key = '6-k4'"
    )
    assert marts("select count(*) from marts.fct_receivable_event where document_id = 'k4'") == [(0,)]


def test_payment_kinds(marts: Query) -> None:
    """Only money is cash. What a bank transaction names is on the bank, though the payment does not name it."""
    assert marts(
        "select payment_id, direction, kind, is_cash, financial_mutation_id from marts.fct_payment"
        " where administration_id = '6' order by 1"
    ) == [
        ("y1", "in", "bank", True, "b1"),
        ("y10", "in", "unmatched", False, None),
        ("y11", "in", "bank", True, "b3"),
        ("y12", "in", "other", False, None),
        ("y2", "in", "psp", True, "b2"),
        ("y3", "in", "cash", True, None),
        ("y4", "in", "private", False, None),
        ("y5", "in", "rounding", False, None),
        ("y6", "in", "balance_settlement", False, None),
        ("y7", "in", "settlement", False, None),
        ("y8", "in", "settlement", False, None),
        ("y9", "in", "unmatched", False, None),
        ("z1", "out", "bank", True, "b4"),
        ("z2", "out", "unmatched", False, None),
        ("z3", "out", "cash", True, None),
    ]


def test_a_bank_transaction_is_the_sum_of_what_it_was_booked_on(marts: Query) -> None:
    """150.00 out: 121.00 for a purchase, 20.00 of costs, 9.00 nobody has looked at."""
    assert [
        ("6-bank", Decimal("-150.00"), Decimal("-121.00"), Decimal("-20.00"), Decimal("-9.00"), Decimal("0.00"), 1, 1)
    ] == marts(
        "select ledger_account_key, amount, payment_amount, booking_amount, open_amount, difference_amount,"
        " payment_count, booking_count from marts.fct_bank_mutation where financial_mutation_id = 'b4'"
    )


def test_estimates_and_recurring_invoices(marts: Query) -> None:
    """A deleted estimate is left out; a recurring invoice shows the subscription behind it."""
    assert [("e1", "O-1", date(2026, 9, 20), False), ("e2", None, None, True)] == marts(
        "select estimate_id, estimate_number, accepted_date, is_draft from marts.fct_estimate order by 1"
    )
    assert marts(
        "select recurring_sales_invoice_id, is_active, subscription_id, subscription_product_key"
        " from marts.fct_recurring_invoice order by 1"
    ) == [("q1", True, "sub1", "6-pr1"), ("q2", False, None, "6-none")]


def test_deleted_records_keep_the_last_we_knew(marts: Query) -> None:
    assert [
        ("contact", "s3", "6-s3", "Opgeheven", None, None),
        ("estimate", "e3", "6-s2", "O-3", date(2026, 9, 2), Decimal("12.10")),
        ("product", "pr2", "6-none", "Uit de handel", None, None),
        ("purchase invoice", "k7", "6-s1", "F-7", date(2026, 9, 2), Decimal("60.50")),
    ] == marts(
        "select record_kind, record_id, contact_key, description, record_date, base_amount"
        " from marts.deleted_records where administration_id = '6' order by 1"
    )


def test_the_calendar_knows_weeks_quarters_and_month_ends(marts: Query) -> None:
    """1 January 2027 is a Friday in week 53 of 2026."""
    assert [(date(2027, 1, 1), 2026, 53, 5, True, "2027-Q1", "2027-01", False)] == marts(
        "select date_day, iso_year_number, iso_week_number, weekday_number, is_weekday, quarter_text, month_text,"
        " is_month_end from marts.dim_date where date_day = '2027-01-01'"
    )
    assert marts("select count(*), count(distinct date_day) from marts.dim_date") == [(25567, 25567)]
