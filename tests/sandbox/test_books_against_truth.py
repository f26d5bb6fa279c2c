"""Books and truth read the same facts with different code; here they must meet, account by account, month by month."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.sandbox import chart, reports
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import number
from pipelines.sandbox.dialect import CHOICES, parse
from pipelines.sandbox.ledger import Month, first_day, month_of
from pipelines.sandbox.reports.tax import rows as tax_rows
from pipelines.sandbox.truth import BANK, CREDITORS, DEBTORS, JOURNAL, OPENING, Truth
from pipelines.sandbox.world import World

SEEDS = (20261120, 7, 99)
SCALES = (1, 3)
FLIPPED = [f"{name.split('_')[0]}={value}" for name, values in CHOICES.items() for value in values[1:]]
SIDES = ((DEBTORS, reports.DEBTORS), (CREDITORS, reports.CREDITORS))


def months(administration: Administration) -> range:
    """From the month before the first year until lines with a period have run out."""
    today = administration.clock.today()
    return range(month_of(administration.period_start_date) - 1, month_of(today) + 14)


def month_ends(administration: Administration) -> Iterator[date]:
    for month in months(administration):
        start = first_day(month)
        yield start.replace(day=monthrange(start.year, start.month)[1])


def assert_books_meet_truth(world: World) -> None:
    """Every balance at every month end and today; both control accounts; results and returns month by month."""
    for administration in world.administrations.values():
        told, name = Truth(administration), administration.name
        for day in [*month_ends(administration), world.clock.today()]:
            assert booked(administration, day) == told.balances(day), (name, day)
            for side, _ in SIDES:
                balance = administration.ledger.balance(administration.roles[side.role], day)
                assert balance == told.control_balance(day, side), (name, day, side.name)
        assert results_in_books(administration) == told.results(), name
        assert returns_in_books(administration) == returns_in_truth(told), name
        assert owed_in_books(administration) == [told.by_contact(world.clock.today(), side) for side, _ in SIDES], name


def booked(administration: Administration, day: date) -> dict[int, int]:
    balances = {id_: administration.ledger.balance(id_, day) for id_ in administration.accounts}
    return {id_: balance for id_, balance in balances.items() if balance}


def results_in_books(administration: Administration) -> dict[tuple[date, int], int]:
    sums: dict[tuple[date, int], int] = defaultdict(int)
    for line in administration.ledger.every_line():
        if administration.accounts[line.account_id].kind in chart.RESULT_KINDS and not line.closing:
            sums[line.day.replace(day=1), line.account_id] += line.amount
    return {key: amount for key, amount in sums.items() if amount}


def returns_in_books(administration: Administration) -> dict[tuple[object, ...], tuple[int, int]]:
    """The tax report of every month."""
    found: dict[tuple[object, ...], tuple[int, int]] = {}
    for month in months(administration):
        for row in tax_rows(administration, month, month):
            found[first_day(month), row.rate.id, row.reference] = (row.amount, row.tax)
    return found


def returns_in_truth(told: Truth) -> dict[tuple[object, ...], tuple[int, int]]:
    """What the report should show: boxes of the Dutch return, of two for one rate only the first when D17 says so."""
    rates = told.administration.tax_rates
    one = told.administration.dialect.d17_reverse_charge_rows == "one"
    return {
        tuple(box): (declared.amount, declared.tax)
        for box, declared in told.vat().items()
        if box.reference and not (one and box.reference != rates[box.tax_rate_id].references[0])
    }


def owed_in_books(administration: Administration) -> list[dict[int | None, int]]:
    """What stands on both accounts today, by contact, whatever D9 says of the report."""
    today = administration.clock.today()
    found = []
    for side, report in SIDES:
        sums: dict[int | None, int] = defaultdict(int)
        for line in administration.ledger.lines(administration.roles[side.role], 0, month_of(today)):
            if line.day <= today:
                sums[line.contact_id] += report.sign * line.amount
        found.append({contact: amount for contact, amount in sums.items() if amount})
    return found


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("seed", SEEDS)
def test_books_and_truth_meet(make_group: Callable[..., World], seed: int, scale: int) -> None:
    assert_books_meet_truth(make_group(seed=seed, scale=scale, years=2 if scale == 1 else 1))


@pytest.mark.parametrize("dialect", FLIPPED)
def test_they_also_meet_when_an_open_question_is_answered_otherwise(
    make_group: Callable[..., World], dialect: str
) -> None:
    assert_books_meet_truth(make_group(dialect=parse(dialect), years=1))


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**31), scale=st.integers(1, 2), dialect=st.sampled_from(["", *FLIPPED]))
def test_they_meet_in_any_group(make_group: Callable[..., World], seed: int, scale: int, dialect: str) -> None:
    assert_books_meet_truth(make_group(seed=seed, scale=scale, years=1, dialect=parse(dialect)))


def test_a_line_that_is_booked_wrongly_is_seen(make_group: Callable[..., World]) -> None:
    """A cent on one line is enough for the two to part."""
    administration = next(a for a in make_group(years=1).administrations.values() if "Studio" in a.name)
    told = Truth(administration)
    revenue = administration.roles[chart.SERVICES]
    line = next(line for line in administration.ledger.every_line() if line.account_id == revenue and line.tax_rate_id)
    assert results_in_books(administration) == told.results()
    line.debit += 1
    assert results_in_books(administration) != told.results()
    assert returns_in_books(administration) != returns_in_truth(told)


@pytest.mark.parametrize(
    "question", ["D2", "D3", "D4", "D5", "D7", "D8", "D9", "D10", "D11", "D12", "D13", "D14", "D17"]
)
def test_the_truth_does_not_depend_on_how_it_is_written_down(make_group: Callable[..., World], question: str) -> None:
    """Only questions about amounts (D6, D16, D18) and signs shown (D1) are left out here; see above for those."""
    balances = []
    for text in ("", question):
        world = make_group(dialect=parse(text), years=1, administrations=4)
        today = world.clock.today()
        balances.append([list(Truth(a).balances(today).values()) for a in world.administrations.values()])
    assert balances[0] == balances[1]


def test_exchange_differences_are_what_stands_on_their_account(make_group: Callable[..., World]) -> None:
    """1,000 at 0.92 received at 0.90 loses 20.00; every other of them is planted too."""
    lost = []
    for administration in make_group().administrations.values():
        found = Truth(administration).exchange_differences(administration.clock.today())
        lost += list(found.values())
        account = administration.roles[chart.FX]
        by_hand = sum(
            entry.debit - entry.credit
            for journal in administration.journals.values()
            for entry in journal.entries
            if entry.account_id == account and journal.kind is None
        )
        lines = [line for line in administration.ledger.every_line() if line.account_id == account and not line.closing]
        assert -sum(line.amount for line in lines) == sum(found.values()) - by_hand
    assert -20_00 in lost


def test_every_exception_on_the_debtors_account_is_planted_and_listed(make_group: Callable[..., World]) -> None:
    world = make_group()
    for administration in world.administrations.values():
        kinds = {item.kind for item in Truth(administration).control_items(world.business_date)}
        name = administration.name.split()[1]
        assert kinds == (set() if name in ("Holding", "Vastgoed") else {OPENING, JOURNAL, BANK}), name


@pytest.mark.parametrize("seed", SEEDS)
def test_debit_is_credit_for_every_document_every_day_and_every_year(
    make_group: Callable[..., World], seed: int
) -> None:
    for administration in make_group(seed=seed).administrations.values():
        sums: dict[object, int] = defaultdict(int)
        for line in administration.ledger.every_line():
            for key in (line.day, line.day.year, (line.document_type, line.document_id)):
                sums[key] += line.amount
        assert not {key: rest for key, rest in sums.items() if rest}


def test_in_dialect_d3_days_balance_although_documents_do_not(make_group: Callable[..., World]) -> None:
    """As they are shown: a receipt's line on debtors is then the invoice's, and the rest the bank's."""
    administration = next(
        a for a in make_group(dialect=parse("D3"), years=1).administrations.values() if "St" in a.name
    )
    days: dict[str, int] = defaultdict(int)
    documents: dict[tuple[str, str], int] = defaultdict(int)
    for posting in reports.journal_entries(administration, 0, months(administration)[-1], administration.accounts):
        row = reports.line(administration, posting)
        days[row["date"]] += cents(row["amount"])
        documents[row["document_type"], row["document_id"]] += cents(row["amount"])
    assert not any(days.values())
    assert any(documents.values())


def cents(text: str) -> int:
    value = number(text)
    assert value is not None
    return int(value * 100)


def test_the_general_ledger_is_the_sum_of_the_journal_entries(make_group: Callable[..., World]) -> None:
    """Per account: debit and credit are the sums of the lines, and start plus movement is the final balance."""
    for administration in make_group().administrations.values():
        for year in range(2023, 2028):
            first, last = month_of(date(year, 1, 1)), month_of(date(year, 12, 1))
            report = by_account(reports.general_ledger(administration, first, last))
            accounts = {id_ for found in report.values() for id_ in found}
            for id_ in administration.accounts:
                lines = list(reports.journal_entries(administration, first, last, [id_]))
                if str(id_) not in accounts:
                    assert not lines
                    continue
                debit, credit, start, final = (report[name][str(id_)] for name in report)
                assert (debit, credit) == (sum(x.debit for x in lines), sum(x.credit for x in lines))
                assert start + debit - credit == final


def by_account(report: dict[str, dict[str, list[dict[str, str]]]]) -> dict[str, dict[str, int]]:
    names = ("debit_sums", "credit_sums", "start_balance", "final_balance")
    return {
        name: {row["ledger_account_id"]: cents(row["value"]) for row in report[name]["ledger_accounts"]}
        for name in names
    }


def test_months_follow_each_other(make_group: Callable[..., World]) -> None:
    """A month ends where the next one starts, except for result accounts at the new year."""
    administration = list(make_group().administrations.values())[1]
    previous: dict[str, int] = {}
    for month in range(month_of(date(2023, 12, 1)), month_of(date(2026, 12, 1))):
        report = by_account(reports.general_ledger(administration, month, month))
        for id_, start in report["start_balance"].items():
            is_result = administration.accounts[int(id_)].kind in chart.RESULT_KINDS
            assert start == (0 if month % 12 == 0 and is_result else previous.get(id_, 0))
        previous = report["final_balance"]


def test_a_closed_year_leaves_nothing_on_result_accounts(make_group: Callable[..., World]) -> None:
    administration = list(make_group().administrations.values())[1]
    for year in (2024, 2025):
        first, last = year_of(year)
        for account in administration.accounts.values():
            if account.kind in chart.RESULT_KINDS:
                debit, credit = administration.ledger.sums(account.id, first, last)
                assert debit == credit, account.name


def year_of(year: int) -> tuple[Month, Month]:
    return month_of(date(year, 1, 1)), month_of(date(year, 12, 1))


def test_the_vat_accounts_are_empty_after_a_filed_quarter(make_group: Callable[..., World]) -> None:
    administration = list(make_group().administrations.values())[1]
    for role in (chart.VAT_OUT, chart.VAT_IN):
        assert administration.ledger.balance(administration.roles[role], date(2026, 9, 30)) == 0
    paid = date(2026, 9, 30) + timedelta(days=40)
    assert administration.ledger.balance(administration.roles[chart.VAT_SETTLE], paid) == 0
