"""The truth against figures typed by hand and against the rules of DOMAIN; the books have no part in it."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sandbox import amounts, chart, truth
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import number
from pipelines.sandbox.dialect import parse
from pipelines.sandbox.model import Line, TaxRate
from pipelines.sandbox.truth import CREDITORS, DEBTORS, Truth, answers, balances, debts
from pipelines.sandbox.truth.happenings import Entered, Happening
from pipelines.sandbox.truth.totals import half_up, totals
from pipelines.sandbox.world import World
from tests.sandbox import bookkeeping as book
from tests.sandbox.golden.loader import Golden, cents, load, rows

APRIL = date(2026, 4, 2)
YEAR_END = date(2026, 12, 31)
FORBIDDEN = ("books", "ledger", "deferral", "reports", "page", "amounts", "administration", "states")


@pytest.fixture(scope="module")
def golden() -> Golden:
    return load()


@pytest.fixture(scope="module")
def told(golden: Golden) -> Truth:
    return Truth(golden.administration)


def test_truth_can_be_had_without_the_books() -> None:
    code = "import sys, pipelines.sandbox.truth; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "pipelines.sandbox.truth.timeline" in loaded
    assert not [name for name in FORBIDDEN if f"pipelines.sandbox.{name}" in loaded]


@pytest.mark.parametrize("day", sorted({row["date"] for row in rows("balance_sheet")}))
def test_the_trial_balance_of_the_golden_administration(golden: Golden, told: Truth, day: str) -> None:
    typed: dict[str, int] = defaultdict(int)
    for row in rows("lines"):
        if row["date"] <= day:
            typed[row["account"]] += cents(row["debit"]) - cents(row["credit"])
    found = {golden.names[id_]: amount for id_, amount in told.balances(date.fromisoformat(day)).items()}
    assert found == {account: amount for account, amount in typed.items() if amount}


@pytest.mark.parametrize("period", sorted({row["period"] for row in rows("tax")}))
def test_the_return_of_the_golden_administration(golden: Golden, told: Truth, period: str) -> None:
    first, _, last = period.partition("..")
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for box, declared in told.vat().items():
        if first <= f"{box.month:%Y%m}" <= (last or first):
            sums = found[golden.names[box.tax_rate_id], box.reference or ""]
            sums[0] += declared.amount
            sums[1] += declared.tax
    typed = {
        (row["tax_rate"], row["report_reference"]): [cents(row["amount"]), cents(row["tax"])]
        for row in rows("tax")
        if row["period"] == period
    }
    assert {key: sums for key, sums in found.items() if any(sums)} == typed


@pytest.mark.parametrize("side", [DEBTORS, CREDITORS], ids=lambda side: side.name)
def test_who_owes_what_in_the_golden_administration(golden: Golden, told: Truth, side: truth.Side) -> None:
    for day in sorted({row["as_of"] for row in rows(side.name)}):
        found = told.by_contact(date.fromisoformat(day), side)
        typed = {row["contact"]: cents(row["amount"]) for row in rows(side.name) if row["as_of"] == day}
        assert {golden.names[contact] if contact else "": amount for contact, amount in found.items()} == typed, day


def test_the_results_of_the_golden_administration(golden: Golden, told: Truth) -> None:
    """Every account of profit and loss over 2025, before the year was closed."""
    signs = {"direct_costs": 1, "expenses": 1, "revenue": -1, "other_income_expenses": -1}
    found: dict[str, int] = defaultdict(int)
    for (month, account_id), amount in told.results().items():
        if month.year == 2025:
            kind = golden.administration.accounts[account_id].kind
            found[golden.names[account_id]] += signs[kind] * amount
    typed = {
        row["account"]: cents(row["value"])
        for row in rows("profit_loss")
        if row["period"] == "202501..202512" and row["account"]
    }
    assert found == typed


def test_everything_that_happens_moves_as_much_one_way_as_the_other(make_group: Callable[..., World]) -> None:
    """But for lines of a journal, which balance together."""
    for administration in make_group(years=1).administrations.values():
        deductible = frozenset(administration.tax_rates)
        lines = 0
        for happening in Truth(administration).happenings:
            sums = sum(effect.amount for effect in balances.effects([happening], administration.roles, deductible))
            lines += sums
            assert not sums or isinstance(happening, Entered), happening
        assert lines == 0


@dataclass
class _Document:
    lines: list[Line]
    rate: Decimal
    discount: Decimal
    prices_are_incl_tax: bool
    id: int = 1


_RATES = {
    rate.id: rate
    for rate in (
        TaxRate(1, "21", Decimal(21), "sales_invoice", ("NL/1a",), None, 0, 0),
        TaxRate(2, "9", Decimal(9), "purchase_invoice", ("NL/5b",), None, 0, 0),
        TaxRate(3, "0", Decimal(0), "sales_invoice", ("NL/1e",), None, 0, 0),
        TaxRate(4, "none", None, "sales_invoice", (), None, 0, 0),
        TaxRate(5, "25.5", Decimal("25.5"), "sales_invoice", (), None, 0, 0, country="FI"),
        TaxRate(6, "shifted", Decimal(21), "purchase_invoice", ("NL/4b", "NL/5b"), None, 0, 0),
    )
}


def _line(price: int, quantity: Decimal, rate_id: int) -> Line:
    return Line(1, "", price, None, quantity, rate_id, 1, None, None, 0, 0, 0)


_LINES = st.builds(
    _line,
    st.integers(-500_000, 500_000),
    st.decimals(Decimal("-9"), Decimal("99"), places=2),
    st.sampled_from(sorted(_RATES)),
)


@given(
    st.lists(_LINES, max_size=6),
    st.sampled_from([Decimal(1), Decimal("0.92"), Decimal("0.875"), Decimal("1.086957")]),
    st.sampled_from([Decimal(0), Decimal(10), Decimal("12.5")]),
    st.booleans(),
    st.booleans(),
)
def test_totals_are_those_that_documents_show(
    lines: list[Line], rate: Decimal, discount: Decimal, included: bool, per_line: bool
) -> None:
    """Two ways of adding up a document, by decimals and by whole numbers, never differ by a cent."""
    document = _Document(lines, rate, discount, included)
    mine = totals(document, _RATES, per_line)
    shown = amounts.figures(document, _RATES, per_line)
    assert (mine.nets, mine.nets_base) == (shown.nets, shown.nets_base)
    assert (mine.total, mine.total_base) == (shown.incl, shown.incl_base)
    assert [tuple(tax)[:5] for tax in mine.taxes if not tax.shifted] == [tuple(row) for row in shown.tax_totals]
    assert [tuple(tax)[:5] for tax in mine.taxes if tax.shifted] == [tuple(row) for row in shown.reverse_charged]


@pytest.mark.parametrize(
    ("top", "bottom", "expected"), [(5, 10, 1), (-5, 10, -1), (4, 10, 0), (15, 10, 2), (-14, 10, -1)]
)
def test_half_a_cent_rounds_away_from_zero(top: int, bottom: int, expected: int) -> None:
    assert half_up(top, bottom) == expected


def _open(administration: Administration, day: date) -> list[tuple[str, int, int]]:
    items = Truth(administration).open_items(day)
    return [(item.document_type, item.open, item.open_base) for item in items]


def test_a_draft_is_owed_by_nobody_and_a_new_external_invoice_neither() -> None:
    administration = book.company()
    administration.put_invoice(book.invoice(administration, 100_00, APRIL, sent_on=None))
    administration.put_external(book.external(administration, 100_00, APRIL, id=12, is_new=True))
    administration.put_purchase(book.purchase(administration, 100_00, APRIL, id=13, is_saved=True))
    told = Truth(administration)
    assert (told.open_items(YEAR_END), told.open_items(YEAR_END, CREDITORS), told.balances(YEAR_END)) == ([], [], {})


def test_open_items_are_invoices_of_every_system_and_what_suppliers_are_owed() -> None:
    administration = book.company()
    administration.put_invoice(book.invoice(administration, 100_00, APRIL))
    administration.put_external(book.external(administration, 200_00, APRIL, id=12))
    administration.put_purchase(book.purchase(administration, 300_00, APRIL, id=13, due_date=None))
    assert _open(administration, APRIL) == [
        ("SalesInvoice", 121_00, 121_00),
        ("ExternalSalesInvoice", 242_00, 242_00),
    ]
    [owed] = Truth(administration).open_items(APRIL, CREDITORS)
    assert (owed.document_type, owed.open, owed.due_date) == ("Document", 363_00, APRIL)


def test_a_receipt_before_its_invoice_is_open_from_its_own_day() -> None:
    administration = book.company()
    early = book.paid(121_00, day=date(2026, 3, 27))
    administration.put_invoice(book.invoice(administration, 100_00, APRIL, payments=[early]))
    assert _open(administration, date(2026, 3, 26)) == []
    assert _open(administration, date(2026, 3, 27)) == [("SalesInvoice", -121_00, -121_00)]
    assert _open(administration, APRIL) == []
    assert [note.kind for note in Truth(administration).notes(APRIL)] == [debts.EARLY]


def test_a_receipt_after_the_claim_was_given_up_is_money_of_theirs() -> None:
    administration = book.company()
    lost, late = date(2026, 6, 1), book.paid(50_00, day=date(2026, 7, 1))
    given_up = book.invoice(administration, 100_00, APRIL, uncollectible_on=lost, payments=[late])
    administration.put_invoice(given_up)
    assert _open(administration, date(2026, 5, 31)) == [("SalesInvoice", 121_00, 121_00)]
    assert _open(administration, lost) == []
    assert _open(administration, late.day) == [("SalesInvoice", -50_00, -50_00)]
    assert [note.kind for note in Truth(administration).notes(YEAR_END)] == [debts.GIVEN_UP, debts.LATE]


def test_what_a_bank_saw_less_than_a_dollar_invoice_was_worth_is_an_exchange_difference() -> None:
    """P-18: 1,000 USD at 0.92, half of it received at 0.90."""
    administration = book.company()
    half = book.paid(500_00, 450_00)
    no_tax = administration.sales_rate(0)
    sold = book.invoice(
        administration, 1_000_00, date(2026, 3, 2), rate_id=no_tax, currency="USD", rate=Decimal("0.92")
    )
    administration.put_invoice(replace(sold, payments=[half]))
    assert _open(administration, APRIL) == [("SalesInvoice", 500_00, 460_00)]
    assert Truth(administration).exchange_differences(APRIL) == {10: -10_00}
    assert Truth(administration).exchange_differences(date(2026, 4, 1)) == {}


def test_what_was_booked_by_hand_explains_the_rest_of_the_control_account(golden: Golden, told: Truth) -> None:
    debtors = told.control_items(YEAR_END)
    assert [(item.kind, item.amount) for item in debtors] == [("opening balance", 363_00), ("opening balance", 121_00)]
    assert [(item.kind, item.amount) for item in told.control_items(YEAR_END, CREDITORS)] == [
        ("opening balance", -242_00)
    ]
    ar = golden.ids["AR"]
    assert told.control_balance(YEAR_END) == told.balances(YEAR_END)[ar] == 8_905_43


def test_a_bank_line_and_a_journal_on_debtors_are_listed_by_name() -> None:
    administration = book.company()
    debtors = administration.roles[chart.AR]
    book.mutation(administration, 60_00, bookings=[book.booking(debtors, 60_00)])
    book.journal(administration, APRIL, (chart.AR, -40_00), (chart.GENERAL, 40_00))
    listed = Truth(administration).control_items(YEAR_END)
    assert {(item.kind, item.document_type, item.amount) for item in listed} == {
        (truth.BANK, "FinancialMutation", -60_00),
        (truth.JOURNAL, "Document", -40_00),
    }


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("2026-10-31", "not_due"), ("2026-11-01", "1-30"), ("2026-11-30", "1-30"), ("2026-12-01", "31-60")],
)
def test_t17_the_due_date_itself_is_on_time(as_of: str, expected: str) -> None:
    assert truth.bucket(100, date(2026, 10, 31), date.fromisoformat(as_of)) == expected
    assert truth.bucket(-100, date(2026, 10, 31), date.fromisoformat(as_of)) == "credit"


@pytest.mark.parametrize(("original", "expected"), [(10, [(10, 968_00)]), (None, [(10, 1210_00), (12, -242_00)])])
def test_t18_a_linked_credit_is_taken_off_its_invoice(original: int | None, expected: list[tuple[int, int]]) -> None:
    administration = book.company()
    administration.put_invoice(book.invoice(administration, 1_000_00, APRIL))
    administration.put_invoice(book.invoice(administration, 200_00, APRIL, id=12, quantity=-1, original_id=original))
    told = Truth(administration)
    assert [(item.document.id, item.open) for item in told.aging(told.open_items(APRIL))] == expected


@pytest.mark.parametrize(("dialect", "parts"), [("", [33_33, 33_33, 33_34]), ("D6", [23_73, 52_54, 23_73])])
def test_a_line_counts_in_every_month_it_touches(dialect: str, parts: list[int]) -> None:
    """Of 15 February to 14 April: equal thirds, or 14, 31 and 14 of 59 days (D6)."""
    administration = book.company(parse(dialect))
    period = (date(2026, 2, 15), date(2026, 4, 14))
    administration.put_invoice(book.invoice(administration, 100_00, date(2026, 2, 16), period=period))
    told = Truth(administration)
    assert [amount for _, amount in sorted(told.revenue().items())] == parts
    waiting = [told.deferred(date(2026, month, 28))[chart.DEF_REV] for month in (2, 3, 4)]
    assert waiting == [-parts[1] - parts[2], -parts[2], 0]


def test_the_answers_keep_every_name_that_was_ever_there(make_group: Callable[..., World]) -> None:
    """Others read these; a name may come, none may go."""
    studio = next(a for a in make_group().administrations.values() if "Studio" in a.name)
    shown = answers.of(studio, studio.clock.today())
    assert shown.keys() >= {
        "administration_id", "administration_name", "as_of", "at", "records", "states", "debtors", "control_account",
        "exchange_differences", "revenue", "hours", "creditors", "vat", "balances", "externals",
    }  # fmt: skip
    assert shown["debtors"].keys() >= {"total", "by_contact", "open_items", "aging"}
    assert shown["debtors"]["open_items"][0].keys() >= {
        "sales_invoice_id", "invoice_id", "original_sales_invoice_id", "contact_id", "currency", "invoice_date",
        "due_date", "open_amount", "open_base_amount", "document_type", "document_id",
    }  # fmt: skip
    assert shown["debtors"]["aging"][0].keys() >= {
        "sales_invoice_id", "contact_id", "due_date", "open_amount", "open_base_amount", "bucket", "is_dubious",
    }  # fmt: skip
    account = shown["control_account"]
    assert _cents(account["open_items"]) + _cents(account["listed"]) == _cents(account["balance"])
    assert shown["balances"][account["ledger_account_id"]] == account["balance"]
    assert shown["records"].keys() >= {"contacts", "sales_invoices", "ledger_accounts", "time_entries", "receipts"}


def _cents(text: str) -> int:
    value = number(text)
    assert value is not None
    return int(value * 100)


def test_what_has_not_happened_yet_is_not_in_the_truth_of_a_day() -> None:
    administration = book.company()
    administration.put_invoice(book.invoice(administration, 100_00, APRIL))
    told = Truth(administration)
    assert told.balances(date(2026, 4, 1)) == {}
    assert sum(told.balances(APRIL).values()) == 0
    happened: list[Happening] = told.happenings
    assert [happening.day for happening in happened] == [APRIL]
