"""The golden cases of what is bought (POSTINGS P-6 to P-7, P-9, P-10 and P-18), amounts typed by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from pipelines.sandbox import chart
from pipelines.sandbox.allocations import shown
from pipelines.sandbox.dialect import parse
from pipelines.sandbox.model import Allocation, Booking
from tests.sandbox.bookkeeping import balance, company, external, line, lines, mutation, paid, purchase, purchase_rate

DAY = date(2026, 1, 15)


@pytest.mark.parametrize("kind", ["purchase_invoice", "receipt"])
def test_p6_a_receipt_books_exactly_like_an_invoice(kind: str) -> None:
    administration = company()
    administration.put_purchase(purchase(administration, 100_00, DAY, kind=kind))
    assert lines(administration, "purchase") == [
        ("01-15", "creditors", "-121.00"),
        ("01-15", "general_costs", "100.00"),
        ("01-15", "vat_in", "21.00"),
    ]
    assert {p.document_type for p in administration.ledger.of(("purchase", 10))} == {"Document"}


@pytest.mark.parametrize("state", ["is_new", "is_saved"])
def test_p6_what_is_not_processed_posts_nothing(state: str) -> None:
    administration = company()
    made = purchase(administration, 100_00, DAY)
    setattr(made, state, True)
    administration.put_purchase(made)
    assert lines(administration, "purchase") == []


def test_p6_a_period_runs_through_deferred_costs() -> None:
    administration = company()
    quarter = (date(2026, 1, 1), date(2026, 3, 31))
    administration.put_purchase(purchase(administration, 300_00, DAY, period=quarter))
    found = lines(administration, "purchase")
    assert ("01-15", "deferred_costs", "300.00") in found
    assert [each for each in found if each[1] == "general_costs"] == [
        ("01-15", "general_costs", "100.00"),
        ("02-01", "general_costs", "100.00"),
        ("03-01", "general_costs", "100.00"),
    ]
    assert balance(administration, chart.DEF_COST) == 0


def test_p6_a_line_for_an_earlier_month_is_accrued_there() -> None:
    administration = company()
    january = (date(2026, 1, 1), date(2026, 1, 31))
    administration.put_purchase(purchase(administration, 100_00, date(2026, 2, 10), period=january))
    assert lines(administration, "purchase") == [
        ("01-01", "accrued_costs", "-100.00"),
        ("01-01", "general_costs", "100.00"),
        ("02-10", "accrued_costs", "100.00"),
        ("02-10", "creditors", "-121.00"),
        ("02-10", "vat_in", "21.00"),
    ]


def test_p6_a_credit_of_a_supplier_goes_to_the_other_side_or_stays_negative() -> None:
    for text, cost in (("", (0, 100_00)), ("D2", (-100_00, 0))):
        administration = company(parse(text))
        made = purchase(administration, -100_00, DAY)
        administration.put_purchase(made)
        posted = administration.ledger.of(("purchase", 10))
        assert [(p.debit, p.credit) for p in posted if p.account_id == made.lines[0].account_id] == [cost]
        assert sum(p.amount for p in posted) == 0


def test_p6b_a_private_share_gives_back_cost_and_tax() -> None:
    administration = company()
    roles = administration.roles
    share = Allocation(1, roles[chart.GENERAL], roles[chart.PRIVATE], Decimal(25), 0, 0)
    administration.put_purchase(purchase(administration, 100_00, DAY, allocations=[share]))
    assert lines(administration, "purchase") == [
        ("01-15", "creditors", "-121.00"),
        ("01-15", "general_costs", "-25.00"),
        ("01-15", "general_costs", "100.00"),
        ("01-15", "private", "30.25"),
        ("01-15", "vat_in", "-5.25"),
        ("01-15", "vat_in", "21.00"),
    ]


def test_p6b_only_the_lines_of_the_named_account_are_shared() -> None:
    """40.00 at 9 % and 60.00 at 21 % on one account, 200.00 on another: 30 % of 43.60 + 72.60 is 34.86."""
    administration = company()
    roles = administration.roles
    high, low = (purchase_rate(administration, percentage, "NL/5b") for percentage in ("21", "9"))
    rows = [
        line(administration, 40_00, chart.GENERAL, low),
        line(administration, 60_00, chart.GENERAL, high),
        line(administration, 200_00, chart.RENT, high),
    ]
    share = Allocation(1, roles[chart.GENERAL], roles[chart.PRIVATE], Decimal(30), 0, 0)
    administration.put_purchase(purchase(administration, 0, DAY, lines=rows, allocations=[share]))
    found = lines(administration, "purchase")
    assert ("01-15", "private", "34.86") in found
    assert ("01-15", "general_costs", "-12.00") in found
    assert ("01-15", "general_costs", "-18.00") in found
    assert ("01-15", "vat_in", "-1.08") in found
    assert ("01-15", "vat_in", "-3.78") in found


@pytest.mark.parametrize("percentage", [25, 33, 50])
def test_p6b_the_private_account_gets_what_the_document_shows_as_private(percentage: int) -> None:
    """Cents that do not divide, two shares, four rates of which one is reverse-charged; and nothing is left over."""
    administration = company()
    roles, rng = administration.roles, Random(percentage)
    rates = [purchase_rate(administration, *rate) for rate in (("21", "NL/5b"), ("9", "NL/5b"), ("0",))]
    rates.append(purchase_rate(administration, "21", "NL/4b", "NL/5b"))
    shared = (chart.GENERAL, chart.SALES_COSTS)
    for number in range(100):
        rows = [line(administration, rng.randint(1, 9_999), rng.choice(shared), rng.choice(rates)) for _ in range(3)]
        shares = [Allocation(1, roles[role], roles[chart.PRIVATE], Decimal(percentage), 0, 0) for role in shared]
        made = purchase(administration, 0, DAY, lines=rows, allocations=shares, prices_are_incl_tax=number % 2 == 0)
        administration.put_purchase(made)
        posted = administration.ledger.of(("purchase", 10))
        private = [posting.amount for posting in posted if posting.account_id == roles[chart.PRIVATE]]
        assert private == [price for price in shown(made, administration.figures(made)).prices if price]
        assert sum(posting.amount for posting in posted) == 0
        assert sum(p.amount for p in posted if p.account_id == roles[chart.VAT_IN] and p.tax_rate_id == rates[2]) == 0
        administration.put_purchase(replace(made, currency="USD", rate=Decimal("0.87651")))
        assert sum(posting.amount for posting in administration.ledger.of(("purchase", 10))) == 0


def test_p6c_self_billing_is_revenue_on_creditors() -> None:
    administration = company()
    administration.put_purchase(purchase(administration, -100_00, DAY, role=chart.SERVICES, is_revenue=True))
    assert lines(administration, "purchase") == [
        ("01-15", "creditors", "121.00"),
        ("01-15", "services_revenue", "-100.00"),
        ("01-15", "vat_out", "-21.00"),
    ]


def test_p7_the_buyer_owes_the_tax_and_takes_it_back() -> None:
    administration = company()
    rate = purchase_rate(administration, "21", "NL/4b", "NL/5b")
    made = administration.put_purchase(purchase(administration, 100_00, DAY, rate_id=rate))
    assert lines(administration, "purchase") == [
        ("01-15", "creditors", "-100.00"),
        ("01-15", "general_costs", "100.00"),
        ("01-15", "vat_in", "21.00"),
        ("01-15", "vat_out", "-21.00"),
    ]
    figures = administration.figures(made)
    assert (figures.excl, figures.incl, figures.tax_totals) == (100_00, 100_00, ())
    assert [(total.taxable, total.tax) for total in figures.reverse_charged] == [(100_00, 21_00)]


def test_p7_a_price_including_tax_has_no_reverse_charged_tax_in_it() -> None:
    administration = company()
    rate = purchase_rate(administration, "21", "NL/2a", "NL/5b")
    made = purchase(administration, 121_00, DAY, rate_id=rate, prices_are_incl_tax=True)
    administration.put_purchase(made)
    assert ("01-15", "creditors", "-121.00") in lines(administration, "purchase")
    assert ("01-15", "vat_out", "-25.41") in lines(administration, "purchase")


def test_p7_who_may_not_deduct_bears_the_tax_as_cost() -> None:
    administration = company()
    rate = purchase_rate(administration, "21", "NL/4b")
    administration.put_purchase(purchase(administration, 100_00, DAY, rate_id=rate))
    assert lines(administration, "purchase") == [
        ("01-15", "creditors", "-100.00"),
        ("01-15", "general_costs", "100.00"),
        ("01-15", "general_costs", "21.00"),
        ("01-15", "vat_out", "-21.00"),
    ]


def test_p9_a_bank_line_pays_a_supplier() -> None:
    administration = company()
    mutation(administration, -121_00)
    administration.put_purchase(purchase(administration, 100_00, DAY, payments=[paid(121_00, mutation_id=30)]))
    assert ("04-02", "creditors", "121.00") in lines(administration, "purchase")
    assert ("04-02", "unprocessed_transactions", "-121.00") in lines(administration, "purchase")
    assert balance(administration, chart.BANK_UNM) == balance(administration, chart.AP) == 0
    assert balance(administration, chart.BANK) == -121_00


def test_p10_a_payment_to_a_supplier_without_a_bank_line_waits_on_its_own_account() -> None:
    administration = company()
    administration.put_purchase(purchase(administration, 100_00, DAY, payments=[paid(121_00)]))
    assert ("04-02", "unmatched_payments", "-121.00") in lines(administration, "purchase")
    assert balance(administration, chart.AP) == 0


def test_p18_a_dollar_purchase_paid_at_another_rate() -> None:
    administration = company()
    outside = purchase_rate(administration, "0")
    made = purchase(administration, 1000_00, DAY, rate_id=outside, currency="USD", rate=Decimal("0.92"))
    made.payments = [paid(1000_00, 900_00, mutation_id=30)]
    administration.put_purchase(made)
    assert lines(administration, "purchase") == [
        ("01-15", "creditors", "-920.00"),
        ("01-15", "general_costs", "920.00"),
        ("04-02", "creditors", "920.00"),
        ("04-02", "exchange_differences", "-20.00"),
        ("04-02", "unprocessed_transactions", "-900.00"),
    ]


def test_p19_a_payment_provider_pays_out_what_it_captured_less_refunds_and_fees() -> None:
    """T-26: 363.00 captured, 60.50 refunded, 3.63 of fees: 298.87 is paid out and nothing stays behind."""
    administration = company()
    provider, transit = administration.roles[chart.PSP], administration.roles[chart.TRANSIT]
    for id_, amount in ((31, 363_00), (32, -60_50), (33, -3_63)):
        mutation(administration, amount, id=id_, account_id=provider)
    mutation(administration, -298_87, id=34, account_id=provider, bookings=[Booking(41, transit, -298_87, "Payout")])
    mutation(administration, 298_87, id=35, bookings=[Booking(42, transit, 298_87, "Payout")])
    order = external(administration, 300_00, DAY, id=11, payments=[paid(363_00, mutation_id=31)])
    refund = external(administration, -50_00, DAY, id=12, payments=[paid(-60_50, mutation_id=32)])
    administration.put_external(order)
    administration.put_external(refund)
    administration.put_purchase(purchase(administration, 3_00, DAY, payments=[paid(3_63, mutation_id=33)]))
    assert ("04-02", "creditors", "3.63") in lines(administration, "purchase")
    assert ("04-02", "debtors", "60.50") in lines(administration, "external", 12)
    empty = (chart.PSP, chart.TRANSIT, chart.BANK_UNM, chart.AR, chart.AP)
    assert [balance(administration, role) for role in empty] == [0] * len(empty)
    assert balance(administration, chart.BANK) == 298_87
