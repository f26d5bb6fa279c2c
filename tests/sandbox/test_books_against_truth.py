"""Books and truth read the same documents with different code; here they must meet, at every month end."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.sandbox import chart, reports, truth
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import number
from pipelines.sandbox.dialect import parse
from pipelines.sandbox.ledger import first_day, month_of
from pipelines.sandbox.world import World

SEEDS = (20261120, 7, 99)
FLIPPED = ("D1", "D2", "D3", "D4", "D5", "D6", "D7", "D12", "D14", "D16", "D18")


def month_ends(administration: Administration, today: date) -> Iterator[date]:
    for month in range(month_of(administration.period_start_date), month_of(today) + 1):
        start = first_day(month)
        yield start.replace(day=monthrange(start.year, start.month)[1])


def assert_books_meet_truth(world: World) -> None:
    for administration in world.administrations.values():
        debtors = administration.roles[chart.AR]
        for day in [*month_ends(administration, world.clock.today()), world.clock.today()]:
            balance = administration.ledger.balance(debtors, day)
            assert balance == truth.debtors_balance(administration, day), (administration.name, day)
        assert revenue_in_books(administration) == truth.revenue(administration), administration.name


def revenue_in_books(administration: Administration) -> dict[tuple[date, int], int]:
    sums: dict[tuple[date, int], int] = defaultdict(int)
    bad = administration.roles[chart.BAD]  # D16 makes it revenue; truth counts what was sold
    for line in administration.ledger.every_line():
        kind = administration.accounts[line.account_id].kind
        if kind == "revenue" and not line.closing and line.account_id != bad:
            sums[line.day.replace(day=1), line.account_id] -= line.amount
    return {key: amount for key, amount in sums.items() if amount}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_debtors_account_is_the_open_items_plus_the_listed_exceptions(
    make_group: Callable[..., World], seed: int
) -> None:
    assert_books_meet_truth(make_group(seed=seed))


@pytest.mark.parametrize("dialect", FLIPPED)
def test_they_also_meet_when_an_open_question_is_answered_otherwise(
    make_group: Callable[..., World], dialect: str
) -> None:
    assert_books_meet_truth(make_group(dialect=parse(dialect), years=1))


def test_exchange_differences_are_those_of_the_dollar_receipts(make_group: Callable[..., World]) -> None:
    """1,000 at 0.92 received at 0.90 loses 20.00. Of 2,533.33 at 0.875 (2,216.66) half came in at 0.881 (1,115.94)
    while 1,266.66 (1,108.33) is open: 7.61 gained."""
    world = make_group()
    administration = next(a for a in world.administrations.values() if "Advies" in a.name)
    found = truth.exchange_differences(administration, world.business_date)
    assert sorted(found.values()) == [-20_00, 7_61]
    account = administration.roles[chart.FX]
    lines = [line for line in administration.ledger.every_line() if line.account_id == account and not line.closing]
    assert -sum(line.amount for line in lines) == sum(found.values())


def test_truth_imports_nothing_from_the_books() -> None:
    source = Path(truth.__file__).read_text(encoding="utf-8")
    for module in ("books", "ledger", "deferral", "reports", "page"):
        assert f"sandbox.{module}" not in source
        assert f"import {module}" not in source


def test_every_exception_on_the_debtors_account_is_planted_and_listed(make_group: Callable[..., World]) -> None:
    world = make_group()
    kinds = {
        administration.name.split()[1]: {item.kind for item in truth.control_items(administration, world.business_date)}
        for administration in world.administrations.values()
    }
    planted = {truth.OPENING, truth.JOURNAL, truth.BANK}
    assert kinds == {"Holding": set(), "Studio": planted, "Advies": planted, "Webwinkel": planted, "Vastgoed": set()}


def test_a_receipt_before_its_invoice_is_open_from_its_own_day(make_group: Callable[..., World]) -> None:
    world = make_group()
    early = [
        (administration, invoice, payment)
        for administration in world.administrations.values()
        for invoice in administration.invoices.values()
        for payment in invoice.payments
        if invoice.invoice_date and payment.day < invoice.invoice_date
    ]
    assert len(early) >= 3
    administration, invoice, payment = early[0]
    items = {item.invoice.id: item.open for item in truth.open_items(administration, payment.day)}
    assert items[invoice.id] == -payment.price


@pytest.mark.parametrize("seed", SEEDS)
def test_debit_is_credit_for_every_document_and_every_day(make_group: Callable[..., World], seed: int) -> None:
    for administration in make_group(seed=seed).administrations.values():
        days: dict[date, int] = defaultdict(int)
        documents: dict[tuple[str, int], int] = defaultdict(int)
        for line in administration.ledger.every_line():
            days[line.day] += line.amount
            documents[line.document_type, line.document_id] += line.amount
        assert not {key: rest for key, rest in [*days.items(), *documents.items()] if rest}


def test_in_dialect_d3_days_balance_although_documents_do_not(make_group: Callable[..., World]) -> None:
    administration = list(make_group(dialect=parse("D3"), years=1).administrations.values())[1]
    days: dict[date, int] = defaultdict(int)
    documents: dict[tuple[str, int], int] = defaultdict(int)
    for line in administration.ledger.every_line():
        days[line.day] += line.amount
        documents[line.document_type, line.document_id] += line.amount
    assert not any(days.values())
    assert any(documents.values())


def test_the_general_ledger_is_the_sum_of_the_journal_entries(make_group: Callable[..., World]) -> None:
    """Per account: debit and credit are the sums of the lines, and start plus movement is the final balance."""
    for administration in make_group().administrations.values():
        for year in range(2023, 2028):
            first, last = month_of(date(year, 1, 1)), month_of(date(year, 12, 1))
            report = _by_account(reports.general_ledger(administration, first, last))
            accounts = {id_ for rows in report.values() for id_ in rows}
            for id_ in administration.accounts:
                lines = list(reports.journal_entries(administration, first, last, [id_]))
                if str(id_) not in accounts:
                    assert not lines
                    continue
                debit, credit, start, final = (report[name][str(id_)] for name in report)
                assert (debit, credit) == (sum(x.debit for x in lines), sum(x.credit for x in lines))
                assert start + debit - credit == final


def _by_account(report: dict[str, dict[str, list[dict[str, str]]]]) -> dict[str, dict[str, int]]:
    names = ("debit_sums", "credit_sums", "start_balance", "final_balance")
    return {
        name: {
            row["ledger_account_id"]: int((number(row["value"]) or 0) * 100) for row in report[name]["ledger_accounts"]
        }
        for name in names
    }


def test_months_follow_each_other(make_group: Callable[..., World]) -> None:
    """A month ends where the next one starts, except for result accounts at the new year."""
    administration = list(make_group().administrations.values())[1]
    previous: dict[str, int] = {}
    for month in range(month_of(date(2023, 12, 1)), month_of(date(2026, 12, 1))):
        report = _by_account(reports.general_ledger(administration, month, month))
        for id_, start in report["start_balance"].items():
            is_result = administration.accounts[int(id_)].kind in chart.RESULT_KINDS
            if month % 12 == 0 and is_result:
                assert start == 0
            else:
                assert start == previous.get(id_, 0)
        previous = report["final_balance"]


def test_a_closed_year_leaves_nothing_on_result_accounts(make_group: Callable[..., World]) -> None:
    administration = list(make_group().administrations.values())[1]
    for year in (2024, 2025):
        end = date(year, 12, 31)
        for account in administration.accounts.values():
            if account.kind in chart.RESULT_KINDS:
                debit, credit = administration.ledger.sums(account.id, month_of(date(year, 1, 1)), month_of(end))
                assert debit == credit, account.name


def test_the_vat_accounts_are_empty_after_a_filed_quarter(make_group: Callable[..., World]) -> None:
    administration = list(make_group().administrations.values())[1]
    for role in (chart.VAT_OUT, chart.VAT_IN):
        assert administration.ledger.balance(administration.roles[role], date(2026, 9, 30)) == 0
    paid = date(2026, 9, 30) + timedelta(days=40)
    assert administration.ledger.balance(administration.roles[chart.VAT_SETTLE], paid) == 0
