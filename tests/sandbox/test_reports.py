"""Profit and loss, balance sheet, revenue and expenses by contact and project."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from pipelines.sandbox import chart, reports
from pipelines.sandbox.dialect import parse
from pipelines.sandbox.world import World
from tests.sandbox import bookkeeping as book
from tests.sandbox.conftest import frozen_group
from tests.sandbox.reporting import APRIL, CLOSED_YEAR, YEAR, by_role, cents, month, months_of


@pytest.fixture(scope="module")
def group() -> World:
    return frozen_group()


def test_profit_and_loss_signs_its_sections_as_the_contract_says() -> None:
    """The figures of the contract's example: 100 sold for 20, 15 of costs, 1 of other income."""
    administration = book.company()
    book.journal(
        administration, APRIL, (chart.SERVICES, -100_00), (chart.GENERAL, 15_00), (chart.BOOK_RESULT, -1_00),
        (chart.BANK, 86_00),
    )  # fmt: skip
    direct = administration.accounts[administration.roles[chart.RENT]]
    direct.kind = "direct_costs"
    book.journal(administration, APRIL, (chart.RENT, 20_00), (chart.BANK, -20_00), id=41)
    report = reports.profit_loss(administration, *month(4))
    assert [by_role(administration, report[name]) for name in list(report)[:4]] == [
        {chart.SERVICES: "100.0"}, {chart.RENT: "20.0"}, {chart.GENERAL: "15.0"}, {chart.BOOK_RESULT: "1.0"},
    ]  # fmt: skip
    totals = {name: value for name, value in report.items() if isinstance(value, str)}
    assert totals == {
        "gross_profit": "80.0", "operating_profit": "65.0", "net_profit": "66.0", "total_expenses": "34.0",
        "total_revenue": "100.0",
    }  # fmt: skip


def test_an_account_whose_bookings_cancel_out_is_listed_and_a_closing_journal_is_no_booking() -> None:
    administration = book.company()
    book.journal(administration, APRIL, (chart.GENERAL, 10_00), (chart.BANK, -10_00))
    book.journal(administration, APRIL, (chart.GENERAL, -10_00), (chart.BANK, 10_00), id=41)
    closing = ((chart.RENT, 5_00), (chart.RESULT, -5_00))
    book.journal(administration, APRIL, *closing, id=42, kind="fiscal_year_ending")
    report = reports.profit_loss(administration, *month(4))
    assert by_role(administration, report["expenses_by_ledger_account"]) == {chart.GENERAL: "0.0"}


def test_profit_and_loss_of_a_project_is_that_of_its_lines() -> None:
    administration = book.company()
    sold = book.invoice(administration, 100_00, APRIL)
    mine = replace(sold.lines[0], id=12, price=40_00, project_id=7)
    administration.put_invoice(replace(sold, lines=[*sold.lines, mine]))
    assert reports.profit_loss(administration, *month(4))["total_revenue"] == "140.0"
    assert reports.profit_loss(administration, *month(4), 7)["total_revenue"] == "40.0"
    assert reports.profit_loss(administration, *month(4), 8)["total_revenue"] == "0.0"


def test_profit_and_loss_is_the_sum_of_the_lines_without_year_ends(group: World) -> None:
    for administration in group.administrations.values():
        for period in (YEAR, CLOSED_YEAR, month(10)):
            net = -sum(
                line.amount
                for line in reports.journal_entries(administration, *period, administration.accounts)
                if administration.accounts[line.account_id].kind in chart.RESULT_KINDS and not line.closing
            )
            assert cents(reports.profit_loss(administration, *period)["net_profit"]) == net


def test_a_parent_shows_its_own_value_beside_its_children() -> None:
    """The contract's example: 800 with a child of 100, and 200, are 1,100."""
    administration = book.company()
    book.journal(
        administration, APRIL, (chart.ACC_REV, 100_00), (chart.FIXTURES, 200_00), (chart.SHARES, -550_00),
        (chart.RESERVES, -450_00), (chart.SERVICES, -100_00), (chart.CASH, 0), (chart.BANK, 0), (chart.TRANSIT, 800_00),
    )  # fmt: skip
    parent = administration.accounts[administration.roles[chart.TRANSIT]]
    parent.parent_id = None
    administration.accounts[administration.roles[chart.ACC_REV]].parent_id = parent.id
    report = reports.balance_sheet(administration, *month(4))
    assert report["debit"] == {
        "total": "1100.0",
        "current_assets": [
            {
                "ledger_account_id": str(parent.id),
                "value": "800.0",
                "children": [{"ledger_account_id": str(administration.roles[chart.ACC_REV]), "value": "100.0"}],
            }
        ],
        "non_current_assets": [
            {"ledger_account_id": str(administration.roles[chart.FIXTURES]), "value": "200.0", "children": []}
        ],
    }
    assert report["credit"]["total"] == "1100.0"
    assert report["credit"]["open_years"] == [{"year": "2026", "value": "100.0"}]
    assert list(report["credit"]) == [
        "total", "equity", "provisions", "non_current_liabilities", "current_liabilities", "open_years",
    ]  # fmt: skip


def test_accounts_that_are_each_others_parents_are_shown_all_the_same() -> None:
    administration = book.company()
    book.journal(administration, APRIL, (chart.BANK, 5_00), (chart.CASH, -5_00))
    bank, cash = (administration.accounts[administration.roles[role]] for role in (chart.BANK, chart.CASH))
    bank.parent_id, cash.parent_id = cash.id, bank.id
    report = reports.balance_sheet(administration, *month(4))
    assert "5.0" in json.dumps(report)
    assert report["debit"]["total"] == report["credit"]["total"] == "0.0"


def test_the_balance_sheet_balances_at_every_month_end_and_is_the_ledger(group: World) -> None:
    for administration in group.administrations.values():
        for first, last in months_of(administration):
            report = reports.balance_sheet(administration, first, last)
            assert report["debit"]["total"] == report["credit"]["total"]
            shown = {row: value for section in report.values() for row, value in _rows(section)}
            for account in administration.accounts.values():
                if account.kind not in chart.RESULT_KINDS:
                    debit, credit = administration.ledger.sums(account.id, 0, last)
                    assert abs(debit - credit) == abs(cents(shown.get(str(account.id), "0"))), account.name


def _rows(section: Any) -> Iterator[tuple[str, str]]:
    for rows in section.values():
        if isinstance(rows, list):
            for row in rows:
                if "ledger_account_id" in row:
                    yield row["ledger_account_id"], row["value"]
                    yield from ((child["ledger_account_id"], child["value"]) for child in row["children"])


def test_open_years_are_the_results_of_years_that_nobody_closed(group: World) -> None:
    administration = next(a for a in group.administrations.values() if "Studio" in a.name)
    assert [row["year"] for row in reports.balance_sheet(administration, *YEAR)["credit"]["open_years"]] == ["2026"]
    november = CLOSED_YEAR[1] - 1
    [year] = reports.balance_sheet(administration, november, november)["credit"]["open_years"]
    until_november = reports.profit_loss(administration, CLOSED_YEAR[0], november)["net_profit"]
    assert year == {"year": "2025", "value": until_november}


@pytest.mark.parametrize("dialect", ["", "D5"])
@pytest.mark.parametrize("kinds", [reports.REVENUE, reports.EXPENSES], ids=lambda kinds: kinds[0])
def test_by_contact_and_by_project_are_profit_and_loss_once_more(
    make_group: Callable[..., World], kinds: tuple[str, ...], dialect: str
) -> None:
    for administration in make_group(dialect=parse(dialect), years=1).administrations.values():
        for period in (YEAR, CLOSED_YEAR, month(10)):
            profit_loss = reports.profit_loss(administration, *period)
            expected = sum(
                cents(row["value"])
                for kind in kinds
                for row in profit_loss[f"{kind}_by_ledger_account"]["ledger_accounts"]
            )
            for report in (reports.by_contact, reports.by_project):
                assert sum(amount for _, amount in report(administration, kinds, *period)) == expected


def test_by_contact_are_the_lines_that_show_their_contact(group: World) -> None:
    for administration in group.administrations.values():
        sums: dict[str | None, int] = defaultdict(int)
        for line in reports.journal_entries(administration, *YEAR, administration.accounts):
            if administration.accounts[line.account_id].kind == "revenue" and not line.closing:
                sums[reports.line(administration, line)["contact_id"]] -= line.amount
        found = reports.by_contact(administration, reports.REVENUE, *YEAR)
        assert {str(id_) if id_ else None: amount for id_, amount in found} == {k: v for k, v in sums.items() if v}


def test_by_project_always_says_what_has_none() -> None:
    administration = book.company()
    assert reports.by_project(administration, reports.REVENUE, *YEAR) == [(None, 0)]
    assert reports.by_contact(administration, reports.REVENUE, *YEAR) == []
