"""The VAT return of the hand-typed company: every figure follows from company.sql by hand."""

from __future__ import annotations

from decimal import Decimal

from tests.dbt.conftest import Query


def test_a_return_is_what_documents_and_write_offs_declare(marts: Query) -> None:
    """Fourth quarter: i1 less its credit i2, i4, i5, i9 and i11, two invoices in dollars without VAT, and what i3 gives
    back of the two thirds nobody paid; drafts and the deleted i8 count nowhere."""
    rows = marts(
        "select period, turnover_amount, vat_amount, rounded_turnover_amount, rounded_vat_amount, box_sources,"
        " is_complete"
        " from marts.rpt_vat_return where administration_id = '1' and box = '1a' order by period"
    )

    assert rows == [
        ("2026-Q3", Decimal("300.00"), Decimal("63.00"), Decimal("300.00"), Decimal("63.00"), "line", True),
        ("2026-Q4", Decimal("1723.16"), Decimal("149.34"), Decimal("1723.00"), Decimal("149.00"), "line", True),
    ]


def test_a_return_without_a_row_of_finance_is_assumed(marts: Query) -> None:
    """Accrual, per quarter, alone; and it says so."""
    rows = marts(
        "select distinct vat_entity, scheme, filing_frequency, is_regime_assumed from marts.rpt_vat_return"
        " where administration_id = '1'"
    )

    assert rows == [("1", "accrual", "quarter", True)]


def test_a_write_off_counts_against_the_box_of_its_invoice(marts: Query) -> None:
    """i3: 242.00 of 363.00 was open on 10 November."""
    rows = marts(
        "select vat_date, tax_report_reference, turnover_amount, vat_amount from marts.fct_vat_line"
        " where document_id = 'i3' and effect = 'write-off'"
    )

    assert [tuple(map(str, row)) for row in rows] == [("2026-11-10", "NL/1a", "-200.00", "-42.00")]


def test_a_tax_rate_knows_its_boxes_and_how(marts: Query) -> None:
    """An offer nobody took names other boxes; it is no line of the invoice."""
    rows = marts("select tax_report_reference, box_source from marts.dim_tax_rate where tax_rate_key = '1-t21'")

    assert rows == [("NL/1a", "learned_lines")]


def test_without_a_tax_report_nothing_is_held_against_it(marts: Query) -> None:
    """The company's report was never read."""
    rows = marts("select distinct status from marts.recon_checks where check_id = 'tax_equals_report'")

    assert rows == [("not_computable",)]
