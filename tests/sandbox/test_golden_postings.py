"""The golden cases of POSTINGS §2, amounts typed by hand: documents in, exactly these lines out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pipelines.sandbox import chart
from pipelines.sandbox.dialect import parse
from pipelines.sandbox.model import Booking, Entry, Journal
from tests.sandbox.bookkeeping import balance, company, invoice, lines, mutation, paid


def test_p1_sales_invoice() -> None:
    administration = company()
    administration.put_invoice(invoice(administration, 100_00, date(2026, 1, 15)))
    assert lines(administration, "invoice") == [
        ("01-15", "debtors", "121.00"),
        ("01-15", "services_revenue", "-100.00"),
        ("01-15", "vat_out", "-21.00"),
    ]


def test_p1_drafts_and_scheduled_invoices_post_nothing() -> None:
    administration = company()
    draft = invoice(administration, 100_00, date(2026, 1, 15), sent_on=None, number=None, scheduled=True)
    administration.put_invoice(draft)
    assert lines(administration, "invoice") == []


def test_p1_a_zero_rate_has_no_tax_line_and_no_tax_total() -> None:
    administration = company()
    shifted = administration.sales_rate(0, "NL/3b")
    made = administration.put_invoice(invoice(administration, 100_00, date(2026, 1, 15), rate_id=shifted))
    assert administration.figures(made).tax_totals == ()
    assert lines(administration, "invoice") == [
        ("01-15", "debtors", "100.00"),
        ("01-15", "services_revenue", "-100.00"),
    ]


def test_p2_a_line_for_a_year_runs_through_deferred_revenue() -> None:
    administration = company()
    year = (date(2026, 1, 1), date(2026, 12, 31))
    administration.put_invoice(invoice(administration, 1200_00, date(2026, 1, 15), period=year))
    found = lines(administration, "invoice")
    assert ("01-15", "debtors", "1452.00") in found
    assert ("01-15", "vat_out", "-252.00") in found
    assert ("01-15", "deferred_revenue", "-1200.00") in found
    assert [line for line in found if line[1] == "services_revenue"] == [
        ("01-15", "services_revenue", "-100.00"),
        *((f"{month:02d}-01", "services_revenue", "-100.00") for month in range(2, 13)),
    ]
    assert balance(administration, chart.DEF_REV, date(2026, 12, 31)) == 0


def test_p2_the_last_month_takes_the_cents_that_do_not_divide() -> None:
    administration = company()
    quarter = (date(2026, 2, 1), date(2026, 4, 30))
    administration.put_invoice(invoice(administration, 100_00, date(2026, 1, 15), period=quarter))
    found = [line for line in lines(administration, "invoice") if line[1] == "services_revenue"]
    assert [amount for _, _, amount in found] == ["-33.33", "-33.33", "-33.34"]


def test_p2_in_dialect_d7_the_first_month_goes_straight_to_revenue() -> None:
    administration = company(parse("D7"))
    year = (date(2026, 1, 1), date(2026, 12, 31))
    administration.put_invoice(invoice(administration, 1200_00, date(2026, 1, 15), period=year))
    found = lines(administration, "invoice")
    assert ("01-15", "deferred_revenue", "-1100.00") in found
    assert ("01-15", "services_revenue", "-100.00") in found
    assert len([line for line in found if line[1] == "deferred_revenue"]) == 12


def test_p2_in_dialect_d6_broken_months_count_their_days() -> None:
    administration = company(parse("D6"))
    broken = (date(2026, 2, 19), date(2026, 3, 12))  # 10 and 12 days
    administration.put_invoice(invoice(administration, 220_00, date(2026, 2, 1), period=broken))
    found = [line for line in lines(administration, "invoice") if line[1] == "services_revenue"]
    assert [amount for _, _, amount in found] == ["-100.00", "-120.00"]


def test_p2b_a_line_for_an_earlier_month_is_accrued_there() -> None:
    administration = company()
    january = (date(2026, 1, 1), date(2026, 1, 31))
    administration.put_invoice(invoice(administration, 100_00, date(2026, 2, 10), period=january))
    assert lines(administration, "invoice") == [
        ("01-01", "accrued_revenue", "100.00"),
        ("01-01", "services_revenue", "-100.00"),
        ("02-10", "accrued_revenue", "-100.00"),
        ("02-10", "debtors", "121.00"),
        ("02-10", "vat_out", "-21.00"),
    ]


def test_p3_a_credit_invoice_goes_to_the_other_side() -> None:
    administration = company()
    administration.put_invoice(invoice(administration, 100_00, date(2026, 3, 1), quantity=-1))
    assert lines(administration, "invoice") == [
        ("03-01", "debtors", "-121.00"),
        ("03-01", "services_revenue", "100.00"),
        ("03-01", "vat_out", "21.00"),
    ]
    revenue = next(p for p in administration.ledger.of(("invoice", 10)) if p.amount == 100_00)
    assert (revenue.debit, revenue.credit) == (100_00, 0)


def test_p3_in_dialect_d2_a_reversal_is_negative_on_the_same_side() -> None:
    administration = company(parse("D2"))
    administration.put_invoice(invoice(administration, 100_00, date(2026, 3, 1), quantity=-1))
    revenue = next(p for p in administration.ledger.of(("invoice", 10)) if p.amount == 100_00)
    assert (revenue.debit, revenue.credit) == (0, -100_00)


def test_p4_a_settlement_passes_through_its_own_account() -> None:
    administration = company()
    original = invoice(administration, 100_00, date(2026, 3, 1))
    credit = replace(invoice(administration, 100_00, date(2026, 3, 9), quantity=-1), id=12, original_id=10)
    original.payments = [paid(121_00, settlement=True)]
    credit.payments = [replace(paid(-121_00, settlement=True), id=21)]
    administration.put_invoice(original)
    administration.put_invoice(credit)
    assert ("04-02", "settlements", "121.00") in lines(administration, "invoice", 10)
    assert ("04-02", "debtors", "-121.00") in lines(administration, "invoice", 10)
    assert ("04-02", "settlements", "-121.00") in lines(administration, "invoice", 12)
    assert balance(administration, chart.SETTLE, date(2026, 4, 2)) == 0


def test_p8_and_p9_a_bank_line_waits_and_is_then_linked() -> None:
    administration = company()
    mutation(administration, 121_00)
    assert lines(administration, "mutation", 30) == [
        ("04-02", "bank", "121.00"),
        ("04-02", "unprocessed_transactions", "-121.00"),
    ]
    made = invoice(administration, 100_00, date(2026, 3, 1))
    made.payments = [paid(121_00, mutation_id=30)]
    administration.put_invoice(made)
    linked = [p for p in administration.ledger.of(("invoice", 10)) if p.document_type == "FinancialMutation"]
    assert [(p.document_id, p.amount) for p in linked] == [(30, 121_00), (30, -121_00)]
    assert balance(administration, chart.BANK_UNM, date(2026, 4, 2)) == 0


def test_p9b_a_bank_line_on_an_account_books_no_tax() -> None:
    administration = company()
    booking = Booking(31, administration.roles[chart.GENERAL], -20_00, "Bankkosten")
    mutation(administration, -20_00, bookings=[booking])
    assert lines(administration, "mutation", 30) == [
        ("04-02", "bank", "-20.00"),
        ("04-02", "general_costs", "20.00"),
        ("04-02", "unprocessed_transactions", "-20.00"),
        ("04-02", "unprocessed_transactions", "20.00"),
    ]


def test_p10_a_payment_without_a_bank_line_waits_on_its_own_account() -> None:
    administration = company()
    made = invoice(administration, 100_00, date(2026, 3, 1))
    made.payments = [paid(121_00)]
    administration.put_invoice(made)
    assert ("04-02", "unmatched_receipts", "121.00") in lines(administration, "invoice")
    assert {p.document_type for p in administration.ledger.of(("invoice", 10))} == {"SalesInvoice", "Payment"}


def test_p11_a_provision_excludes_tax_and_leaves_debtors_alone() -> None:
    administration = company()
    made = invoice(administration, 100_00, date(2026, 3, 1), dubious_on=date(2026, 6, 1))
    administration.put_invoice(made)
    assert lines(administration, "invoice")[-2:] == [
        ("06-01", "doubtful_debtors_addition", "100.00"),
        ("06-01", "doubtful_debtors_allowance", "-100.00"),
    ]


def test_p12_a_write_off_takes_back_the_tax() -> None:
    administration = company()
    made = invoice(administration, 1000_00, date(2026, 3, 1), uncollectible_on=date(2026, 6, 10))
    administration.put_invoice(made)  # T-11 of DOMAIN
    assert lines(administration, "invoice")[-3:] == [
        ("06-10", "bad_debts", "1000.00"),
        ("06-10", "debtors", "-1210.00"),
        ("06-10", "vat_out", "210.00"),
    ]


def test_p12_only_the_open_part_is_written_off() -> None:
    administration = company()
    made = invoice(administration, 100_00, date(2026, 3, 1), uncollectible_on=date(2026, 6, 10))
    made.payments = [paid(60_50)]
    administration.put_invoice(made)
    assert lines(administration, "invoice")[-3:] == [
        ("06-10", "bad_debts", "50.00"),
        ("06-10", "debtors", "-60.50"),
        ("06-10", "vat_out", "10.50"),
    ]


def test_p12b_after_a_provision_the_loss_is_taken_from_it() -> None:
    administration = company()
    made = invoice(
        administration, 100_00, date(2026, 3, 1), dubious_on=date(2026, 5, 1), uncollectible_on=date(2026, 6, 10)
    )
    administration.put_invoice(made)
    assert lines(administration, "invoice")[-3:] == [
        ("06-10", "debtors", "-121.00"),
        ("06-10", "doubtful_debtors_allowance", "100.00"),
        ("06-10", "vat_out", "21.00"),
    ]


def test_p13_a_journal_posts_as_entered_and_must_balance() -> None:
    administration = company()
    roles = administration.roles
    entries = [Entry(roles[chart.GENERAL], 10_00, 0, "x"), Entry(roles[chart.AR], 0, 10_00, "x", contact_id=5)]
    journal = Journal(40, date(2026, 5, 5), "Correctie", entries, 0, 0)
    administration.put_journal(journal)
    assert lines(administration, "journal", 40) == [("05-05", "debtors", "-10.00"), ("05-05", "general_costs", "10.00")]
    with pytest.raises(ValueError, match="does not balance"):
        administration.put_journal(replace(journal, entries=entries[:1]))


def test_p18_a_dollar_receipt_leaves_an_exchange_difference() -> None:
    administration = company()
    outside = next(rate.id for rate in administration.tax_rates.values() if rate.name == "Diensten buiten de EU")
    made = invoice(administration, 1000_00, date(2026, 3, 1), rate_id=outside, currency="USD", rate=Decimal("0.92"))
    made.payments = [paid(1000_00, 900_00, mutation_id=30)]
    administration.put_invoice(made)
    assert lines(administration, "invoice") == [
        ("03-01", "debtors", "920.00"),
        ("03-01", "services_revenue", "-920.00"),
        ("04-02", "debtors", "-920.00"),
        ("04-02", "exchange_differences", "20.00"),
        ("04-02", "unprocessed_transactions", "900.00"),
    ]


def test_prices_including_tax_divide_and_the_last_line_takes_the_cent() -> None:
    """T-5 and T-4 of DOMAIN: 100.00 is 82.64 + 17.36, and three times 9.99 is 24.77 + 5.20."""
    administration = company()
    made = invoice(administration, 100_00, date(2026, 3, 1), prices_are_incl_tax=True)
    figures = administration.figures(administration.put_invoice(made))
    assert (figures.excl, figures.incl, figures.tax_totals[0].tax) == (82_64, 100_00, 17_36)
    three = replace(made, lines=[replace(made.lines[0], id=n, price=9_99) for n in (1, 2, 3)])
    figures = administration.figures(administration.put_invoice(three))
    assert (figures.excl, figures.incl, figures.tax_totals[0].tax) == (24_77, 29_97, 5_20)
    assert sum(figures.nets) == figures.excl
