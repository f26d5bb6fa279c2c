"""Cash flow, assets and subscriptions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pipelines.sandbox import chart, reports
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.dialect import parse
from pipelines.sandbox.model import Asset, Payment, Plan, Subscription, ValueChange
from pipelines.sandbox.world import World
from tests.sandbox import bookkeeping as book
from tests.sandbox.conftest import frozen_group
from tests.sandbox.reporting import APRIL, YEAR, by_role, cents, end_of, month, months_of


@pytest.fixture(scope="module")
def group() -> World:
    return frozen_group()


@pytest.mark.parametrize("dialect", ["", "D3", "D8"])
def test_cash_flow_names_the_account_on_the_other_side(dialect: str) -> None:
    administration = book.company(parse(dialect))
    linked = book.mutation(administration, 121_00)
    payment = book.paid(121_00, mutation_id=linked.id, account_id=linked.account_id)
    administration.put_invoice(book.invoice(administration, 100_00, APRIL, payments=[payment]))
    book.mutation(administration, 30_00, id=31)
    rent = administration.roles[chart.RENT]
    book.mutation(administration, -50_00, id=32, bookings=[book.booking(rent, -50_00)])
    cash = Payment(21, APRIL, 12_10, 12_10, administration.roles[chart.CASH], 0, action="cash_payment")
    administration.put_external(book.external(administration, 10_00, APRIL, id=12, payments=[cash]))
    report = reports.cash_flow(administration, *month(4))
    assert by_role(administration, report["cash_received_by_ledger_account"]) == {
        chart.AR: "133.1", chart.BANK_UNM: "30.0",
    }  # fmt: skip
    assert by_role(administration, report["cash_paid_by_ledger_account"]) == {chart.RENT: "-50.0"}
    assert (report["opening_balance"], report["closing_balance"]) == ("0.0", "113.1")


def test_cash_flow_of_one_financial_account_is_its_bank_transactions(group: World) -> None:
    for administration in group.administrations.values():
        for account in administration.financial_accounts.values():
            report = reports.cash_flow(administration, *YEAR, account.id)
            if account.kind == "BankAccount" and account.provider is None:
                moved = sum(
                    mutation.amount
                    for mutation in administration.mutations.values()
                    if mutation.financial_account_id == account.id and mutation.day.year == YEAR[0] // 12
                )
                assert cents(report["closing_balance"]) - cents(report["opening_balance"]) == moved


def test_opening_balance_received_and_paid_are_the_closing_balance(group: World) -> None:
    for administration in group.administrations.values():
        for period in [*months_of(administration), YEAR]:
            report = reports.cash_flow(administration, *period)
            moved = sum(
                cents(row["value"])
                for name in ("cash_received_by_ledger_account", "cash_paid_by_ledger_account")
                for row in report[name]["ledger_accounts"]
            )
            assert cents(report["opening_balance"]) + moved == cents(report["closing_balance"])


def asset(administration: Administration, **changes: Any) -> Asset:
    roles = administration.roles
    made = Asset(
        60, roles[chart.FIXTURES], "Test Asset", date(2026, 3, 1), 12_345_67, 0, 0, 5, 10_00, True,
        roles[chart.FIXTURES_WRITTEN_DOWN], roles[chart.DEPRECIATION],
    )  # fmt: skip
    made.unwritten = (date(2026, 3, 1), date(2026, 7, 1))
    for number_ in range(4):
        made.changes.append(ValueChange(61 + number_, "arbitrary", date(2026, 4 + number_, 1), -50_00))
    return administration.put_asset(replace(made, **changes))


def test_assets_show_their_value_before_and_after_the_period() -> None:
    """The contract's asset (12,345.67 less four times 50): nothing before July's end, then 216.71 a month."""
    administration = book.company(today=date(2026, 9, 15))
    asset(administration)
    columns = (
        "total_value_changes_since_purchase", "value_at_begin", "investment", "depreciation", "divestment",
        "value_changes", "value_at_end",
    )  # fmt: skip
    shown = {
        number_: [reports.assets(administration, *month(number_))[0][name] for name in columns]
        for number_ in (3, 6, 7, 9)
    }
    assert shown == {
        3: ["0.0", "0.0", "12345.67", "0.0", "0.0", "0.0", "12345.67"],
        6: ["-150.0", "12245.67", "0.0", "-50.0", "0.0", "0.0", "12195.67"],
        7: ["-416.71", "12195.67", "0.0", "-266.71", "0.0", "0.0", "11928.96"],
        9: ["-633.42", "11712.25", "0.0", "0.0", "0.0", "0.0", "11712.25"],
    }
    [row] = reports.assets(administration, *month(9))
    assert (row["lifespan"], row["residual_value"], row["purchase_date"]) == ("157784760", "10.0", "2026-03-01")
    assert reports.assets(administration, *month(2)) == []


def test_an_asset_that_is_gone_is_divested_once_and_then_left_out() -> None:
    administration = book.company(today=date(2026, 11, 20))
    asset(administration, disposed_on=date(2026, 8, 15), disposal_reason="sold")
    [row] = reports.assets(administration, *month(8))
    assert (row["divestment"], row["value_at_end"]) == ("-11928.96", "0.0")
    assert reports.assets(administration, *month(9)) == []


def test_assets_are_worth_what_their_accounts_say() -> None:
    administration = book.company(today=date(2026, 11, 20))
    roles = administration.roles
    administration.put_purchase(book.purchase(administration, 12_345_67, date(2026, 3, 1), role=chart.FIXTURES))
    asset(administration)
    for number_ in range(3, 12):
        end = end_of(month(number_)[0])
        booked = book.balance(administration, chart.FIXTURES, end) + administration.ledger.balance(
            roles[chart.FIXTURES_WRITTEN_DOWN], end
        )
        assert cents(reports.assets(administration, *month(number_))[0]["value_at_end"]) == booked


def test_subscriptions_are_brought_to_a_month() -> None:
    """The contract's 75 a month are 900 a year: here 50 a month and 75 a quarter, and one that ended in May.

    A price is for the product's own period, however often it is billed.
    """
    administration = book.company()
    product = book.product(administration, 50_00)
    quarterly = book.product(administration, 50_00, id=51, frequency_type="quarter")
    terms: tuple[dict[str, Any], ...] = (
        {"frequency_type": "year"},
        {"product_id": quarterly.id, "amount": "1,5 x"},
        {"end": date(2026, 5, 10), "discount": Decimal(50)},
    )
    for id_, changes in enumerate(terms, start=70):
        made = Subscription(id_, book.CUSTOMER, product.id, date(2026, 2, 1), None, 0)
        administration.subscriptions[id_] = replace(made, **changes)
    assert reports.subscriptions(administration, *month(4)) == {
        "monthly_recurring_revenue": "100.0", "annual_run_rate": "1200.0", "churn_rate": "0", "lifetime_value": "0",
    }  # fmt: skip
    assert reports.subscriptions(administration, *month(5)) == {
        "monthly_recurring_revenue": "75.0", "annual_run_rate": "900.0", "churn_rate": "33.3",
        "lifetime_value": "112.5",
    }  # fmt: skip
    assert reports.subscriptions(administration, *month(1))["monthly_recurring_revenue"] == "0.0"


def test_a_subscription_brings_what_its_plan_of_that_time_brought() -> None:
    administration = book.company()
    cheap, dear = book.product(administration, 20_00), book.product(administration, 50_00, id=51)
    changed = Subscription(70, book.CUSTOMER, dear.id, date(2026, 2, 1), None, 0, plan_start=date(2026, 4, 1))
    changed.earlier = (Plan(date(2026, 2, 1), date(2026, 3, 31), cheap.id, "2 x", Decimal(0)),)
    administration.subscriptions[changed.id] = changed
    shown = [reports.subscriptions(administration, *month(each))["monthly_recurring_revenue"] for each in (3, 4)]
    assert shown == ["40.0", "50.0"]
