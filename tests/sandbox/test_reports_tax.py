"""The tax report: what is declared when, in which box."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.sandbox import chart, reports
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.dialect import parse
from pipelines.sandbox.ledger import Month
from pipelines.sandbox.reports.tax import INPUT_TAX
from pipelines.sandbox.world import World
from tests.sandbox import bookkeeping as book
from tests.sandbox.conftest import frozen_group
from tests.sandbox.reporting import APRIL, YEAR, cents, month, months_of


@pytest.fixture(scope="module")
def group() -> World:
    return frozen_group()


def tax_rows(administration: Administration, period: tuple[Month, Month]) -> list[tuple[str, str, str]]:
    found = reports.tax(administration, *period)["tax_rates"]
    return [(row["report_reference"], row["amount"], row["tax"]) for row in found]


def test_a_line_with_a_period_is_declared_by_the_date_of_its_invoice() -> None:
    """P-2 and T-10: 1,200 of a whole year are all declared in January."""
    administration = book.company()
    year = (date(2026, 1, 1), date(2026, 12, 31))
    administration.put_invoice(book.invoice(administration, 1_200_00, date(2026, 1, 15), period=year))
    assert tax_rows(administration, month(1)) == [("NL/1a", "1200.0", "252.0")]
    assert tax_rows(administration, month(2)) == []
    assert reports.profit_loss(administration, *month(2))["total_revenue"] == "100.0"


def test_work_of_an_earlier_month_is_declared_when_it_is_invoiced() -> None:
    """P-2b, for purchases too: input tax by the date of the document."""
    administration = book.company()
    january = (date(2026, 1, 1), date(2026, 1, 31))
    administration.put_invoice(book.invoice(administration, 100_00, date(2026, 2, 10), period=january))
    administration.put_purchase(book.purchase(administration, 200_00, date(2026, 2, 11), period=january, id=12))
    assert tax_rows(administration, month(1)) == []
    assert tax_rows(administration, month(2)) == [("NL/1a", "100.0", "21.0"), ("NL/5b", "200.0", "42.0")]


def test_a_claim_given_up_lowers_the_box_of_its_invoice() -> None:
    """P-12: half of 121 came in, so half of it is lost."""
    administration = book.company()
    lost = book.invoice(administration, 100_00, APRIL, payments=[book.paid(60_50)], uncollectible_on=date(2026, 7, 15))
    administration.put_invoice(lost)
    assert tax_rows(administration, month(7)) == [("NL/1a", "-50.0", "-10.5")]


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [("", [("NL/4b", "100.0", "21.0"), ("NL/5b", "100.0", "21.0")]), ("D17", [("NL/4b", "100.0", "21.0")])],
)
def test_a_purchase_with_reverse_charge_is_in_two_boxes(dialect: str, expected: list[tuple[str, str, str]]) -> None:
    administration = book.company(parse(dialect))
    rate = book.purchase_rate(administration, "21", "NL/4b", INPUT_TAX)
    administration.put_purchase(book.purchase(administration, 100_00, APRIL, rate_id=rate))
    assert tax_rows(administration, month(4)) == expected


def test_a_buyer_who_may_not_deduct_declares_the_tax_and_bears_it() -> None:
    """P-7 of a small or exempt business: in one box, and what is taxed is not what it cost."""
    administration = book.company()
    rate = book.purchase_rate(administration, "21", "NL/4b")
    administration.put_purchase(book.purchase(administration, 100_00, APRIL, rate_id=rate))
    assert tax_rows(administration, month(4)) == [("NL/4b", "100.0", "21.0")]
    assert reports.profit_loss(administration, *month(4))["total_expenses"] == "121.0"


def test_a_journal_line_with_a_rate_is_taxed_or_tax_by_the_account_it_is_on() -> None:
    """P-13: 100 of costs with 21 of input tax, entered by hand; private use is owed (box 1d)."""
    administration = book.company()
    rates = {rate.references[0]: rate.id for rate in administration.tax_rates.values() if rate.kind[0] == "g"}
    made = book.journal(administration, APRIL, (chart.GENERAL, 100_00), (chart.VAT_IN, 21_00), (chart.BANK, -121_00))
    for entry in made.entries[:2]:
        entry.tax_rate_id = rates[INPUT_TAX]
    administration.put_journal(made)
    private = book.journal(
        administration, APRIL, (chart.SERVICES, -10_00), (chart.VAT_OUT, -2_10), (chart.GENERAL, 12_10), id=41
    )
    for entry in private.entries[:2]:
        entry.tax_rate_id = rates["NL/1d"]
    administration.put_journal(private)
    assert tax_rows(administration, month(4)) == [("NL/5b", "100.0", "21.0"), ("NL/1d", "10.0", "2.1")]


def test_a_rate_without_a_box_and_a_filed_return_are_not_in_the_report() -> None:
    administration = book.company()
    german = next(rate.id for rate in administration.tax_rates.values() if rate.country == "DE")
    administration.put_invoice(book.invoice(administration, 100_00, APRIL, rate_id=german))
    filed = ((chart.VAT_OUT, 19_00), (chart.VAT_SETTLE, -19_00))
    book.journal(administration, APRIL, *filed, is_vat_return=True)
    assert tax_rows(administration, month(4)) == []


def test_the_tax_report_is_what_was_booked_on_the_vat_accounts(group: World) -> None:
    """Per month and from the beginning: owed less input tax is the movement of both accounts, without returns that
    were filed and without rates of other countries, which have no box."""
    for administration in group.administrations.values():
        accounts = [administration.roles[role] for role in (chart.VAT_OUT, chart.VAT_IN)]
        months = list(months_of(administration))
        for first, last in [*months, *([(months[0][0], months[-1][1])] if months else [])]:
            booked = sum(
                line.amount
                for line in reports.journal_entries(administration, first, last, accounts)
                if line.tax_rate_id is not None and administration.tax_rates[line.tax_rate_id].references
            )
            rows = reports.tax(administration, first, last)["tax_rates"]
            signs = {True: 1, False: -1}
            assert sum(signs[row["report_reference"] == INPUT_TAX] * cents(row["tax"]) for row in rows) == booked
            assert all(cents(row["amount"]) or cents(row["tax"]) for row in rows)


def test_vat_lines_without_a_rate_are_returns_and_journals(group: World) -> None:
    """So that nothing can slip past the comparison above."""
    for administration in group.administrations.values():
        accounts = [administration.roles[role] for role in (chart.VAT_OUT, chart.VAT_IN)]
        for line in reports.journal_entries(administration, 0, YEAR[1] + 12, accounts):
            assert line.tax_rate_id is not None or line.document_id in administration.journals
