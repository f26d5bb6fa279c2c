"""The reports of the golden administration: every figure that was typed, and no other row beside it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from pipelines.sandbox import reports
from pipelines.sandbox.amounts import number
from pipelines.sandbox.ledger import Month, month_of
from tests.sandbox.golden.loader import Golden, Row, cents, load, rows

PARTIES = {"revenue_by_contact": reports.REVENUE, "expenses_by_contact": reports.EXPENSES}
SIDES = {"debtors": reports.DEBTORS, "creditors": reports.CREDITORS}


@pytest.fixture(scope="module")
def golden() -> Golden:
    return load()


def typed(name: str, column: str, value: str) -> list[Row]:
    """The rows of a file that are about one period or day."""
    return [row for row in rows(name) if row[column] == value]


def values(name: str, column: str) -> list[str]:
    return sorted({row[column] for row in rows(name)})


def pairs(*names: str, column: str) -> list[tuple[str, str]]:
    return [(name, value) for name in names for value in values(name, column)]


def months(period: str) -> tuple[Month, Month]:
    """`202501..202512` or `202501` as the first and the last month."""
    first, _, last = period.partition("..")
    days = [date(int(text[:4]), int(text[4:6]), 1) for text in (first, last or first)]
    return month_of(days[0]), month_of(days[1])


def served(text: str) -> int:
    """An amount of a report in cents."""
    value = number(text)
    assert value is not None
    return int(value * 100)


def by_account(golden: Golden, listed: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Account → cents, children beside their parents."""
    found: dict[str, int] = {}
    for row in listed:
        found[golden.names[int(row["ledger_account_id"])]] = served(row["value"])
        found |= by_account(golden, row.get("children", ()))
    return {account: value for account, value in found.items() if value}


def by_contact(golden: Golden, found: Iterable[tuple[int | None, int]]) -> dict[str, int]:
    return {golden.names[contact] if contact else "": amount for contact, amount in found}


@pytest.mark.parametrize("period", values("general_ledger", "period"))
def test_the_general_ledger(golden: Golden, period: str) -> None:
    report = reports.general_ledger(golden.administration, *months(period))
    columns = {"start": "start_balance", "debit": "debit_sums", "credit": "credit_sums", "final": "final_balance"}
    found: dict[str, dict[str, int]] = {}
    for column, name in columns.items():
        for row in report[name]["ledger_accounts"]:
            found.setdefault(golden.names[int(row["ledger_account_id"])], {})[column] = served(row["value"])
    expected = {
        row["account"]: {column: cents(row[column]) for column in columns}
        for row in typed("general_ledger", "period", period)
    }
    assert found == expected


@pytest.mark.parametrize("period", values("profit_loss", "period"))
def test_profit_and_loss(golden: Golden, period: str) -> None:
    report = reports.profit_loss(golden.administration, *months(period))
    found = {}
    for section, value in report.items():
        if isinstance(value, str):
            found[section, ""] = served(value)
        else:
            for account, amount in by_account(golden, value["ledger_accounts"]).items():
                found[section, account] = amount
    expected = {(r["section"], r["account"]): cents(r["value"]) for r in typed("profit_loss", "period", period)}
    assert found == expected


@pytest.mark.parametrize("day", values("balance_sheet", "date"))
def test_the_balance_sheet(golden: Golden, day: str) -> None:
    month = month_of(date.fromisoformat(day))
    report = reports.balance_sheet(golden.administration, month, month)
    found = {}
    for side, sections in report.items():
        for section, value in sections.items():
            if section == "total":
                found[side, section, ""] = served(value)
            elif section == "open_years":
                found |= {(side, section, row["year"]): served(row["value"]) for row in value}
            else:
                found |= {(side, section, name): amount for name, amount in by_account(golden, value).items()}
    expected = {
        (row["side"], row["section"], row["account"]): cents(row["value"])
        for row in typed("balance_sheet", "date", day)
    }
    assert found == expected
    assert found["debit", "total", ""] == found["credit", "total", ""]


@pytest.mark.parametrize("period", values("tax", "period"))
def test_the_tax_report(golden: Golden, period: str) -> None:
    report = reports.tax(golden.administration, *months(period))
    found = [
        (
            golden.names[int(row["tax_rate_id"])], row["percentage"], row["report_reference"], served(row["amount"]),
            row["type"], served(row["tax"]),
        )
        for row in report["tax_rates"]
    ]  # fmt: skip
    expected = [
        (r["tax_rate"], r["percentage"], r["report_reference"], cents(r["amount"]), r["type"], cents(r["tax"]))
        for r in typed("tax", "period", period)
    ]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(("name", "day"), pairs(*SIDES, column="as_of"))
def test_what_is_owed_by_contact(golden: Golden, name: str, day: str) -> None:
    month = month_of(date.fromisoformat(day))
    found = by_contact(golden, reports.balances(golden.administration, SIDES[name], month, month))
    assert found == {row["contact"]: cents(row["amount"]) for row in typed(name, "as_of", day)}


@pytest.mark.parametrize(("name", "period"), pairs(*PARTIES, column="period"))
def test_revenue_and_expenses_by_contact(golden: Golden, name: str, period: str) -> None:
    found = by_contact(golden, reports.by_contact(golden.administration, PARTIES[name], *months(period)))
    assert found == {row["contact"]: cents(row["amount"]) for row in typed(name, "period", period)}


def test_no_day_of_the_debtors_and_creditors_is_within_a_month() -> None:
    """The report knows whole months; a day in between would be compared with the wrong balance."""
    for name in SIDES:
        for day in values(name, "as_of"):
            following = date.fromordinal(date.fromisoformat(day).toordinal() + 1)
            assert following.day == 1, (name, day)
