"""Whatever the facts are, books and truth say the same of them: also of what no demo company ever does."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.sandbox import chart, reports
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.dialect import CHOICES, Dialect
from pipelines.sandbox.ledger import first_day
from pipelines.sandbox.model import (
    Allocation,
    Asset,
    Booking,
    Entry,
    ExternalInvoice,
    Invoice,
    Journal,
    Line,
    Mutation,
    Payment,
    Purchase,
    ValueChange,
)
from pipelines.sandbox.reports.tax import rows as tax_rows
from pipelines.sandbox.truth import CREDITORS, DEBTORS, Truth
from tests.sandbox import bookkeeping as book
from tests.sandbox.reporting import YEAR

START, TODAY = date(2026, 1, 1), date(2026, 11, 20)
LATER = date(2027, 12, 31)
SOLD, BOUGHT = (chart.SERVICES, chart.REV), (chart.GENERAL, chart.RENT, chart.FIXTURES)
SOURCES = (chart.CASH, chart.ROUND, chart.IN_UNM, chart.OUT_UNM, chart.PRIVATE, "")
FOREIGN = (Decimal(1), Decimal(1), Decimal("0.92"), Decimal("0.875"), Decimal("1.15"))

days = st.integers(0, 300).map(lambda number: START + timedelta(days=number))
ids = st.integers(1_000, 10**9)
maybe_contact = st.sampled_from([None, book.CUSTOMER])
amounts = st.integers(-40_000, 90_000)


@st.composite
def periods(draw: st.DrawFn) -> tuple[date, date]:
    start = draw(days)
    return start, start + timedelta(days=draw(st.integers(0, 400)))


@st.composite
def lines(draw: st.DrawFn, administration: Administration, kind: str, roles: tuple[str, ...]) -> list[Line]:
    rates = [rate.id for rate in administration.tax_rates.values() if rate.kind == kind]
    made = []
    for number in range(draw(st.integers(1, 3))):
        account = administration.roles[draw(st.sampled_from(roles))]
        quantity = draw(st.sampled_from([Decimal(1), Decimal(-1), Decimal("1.5"), Decimal("0.33")]))
        period = draw(st.one_of(st.none(), periods()))
        line = Line(
            number, "", draw(amounts), None, quantity, draw(st.sampled_from(rates)), account, None, period, 0, 0, 0
        )
        made.append(line)
    return made


def money(draw: st.DrawFn, administration: Administration, total: int, rate: Decimal) -> list[Payment]:
    """Up to three payments of every sort, some with a bank transaction behind them or found there later."""
    made = []
    for _ in range(draw(st.integers(0, 3))):
        day, price = draw(days), draw(st.sampled_from([total, total // 2, total // 3, 1_00, -50]))
        base = round(price * rate * draw(st.sampled_from([Decimal(1), Decimal("0.97")])))
        payment = Payment(draw(ids), day, price, base, administration.roles.get(draw(st.sampled_from(SOURCES)), 0), 0)
        payment.settlement = draw(st.booleans())
        if draw(st.booleans()):
            bank = book.mutation(administration, base, id=draw(ids), day=day)
            payment.mutation_id, payment.account_id = bank.id, bank.account_id
        elif draw(st.booleans()):
            bank = book.mutation(administration, base, id=draw(ids), day=day + timedelta(days=draw(st.integers(0, 40))))
            payment.matched_mutation_id = bank.id
        made.append(payment)
    return made


@st.composite
def sale(draw: st.DrawFn, administration: Administration) -> Invoice | ExternalInvoice:
    """An invoice of ours or of another system, perhaps doubted, perhaps given up."""
    day, rate = draw(days), draw(st.sampled_from(FOREIGN))
    sold = draw(lines(administration, "sales_invoice", SOLD))
    ends: dict[str, Any] = {
        "rate": rate, "currency": "EUR" if rate == 1 else "USD", "prices_are_incl_tax": draw(st.booleans()),
        "dubious_on": draw(st.one_of(st.none(), days)), "uncollectible_on": draw(st.one_of(st.none(), days)),
    }  # fmt: skip
    document: Invoice | ExternalInvoice
    if draw(st.booleans()):
        sent = draw(st.sampled_from([day, day, None]))
        document = Invoice(
            draw(ids), book.CUSTOMER, day, 0, 0, sold, invoice_date=day, sent_on=sent,
            discount=draw(st.sampled_from([Decimal(0), Decimal("12.5")])), **ends,
        )  # fmt: skip
    else:
        document = ExternalInvoice(draw(ids), draw(maybe_contact), day, None, "R", 1, 0, 0, sold, **ends)
        document.is_new = draw(st.sampled_from([False, False, True]))
    total = administration.figures(document).incl
    document.payments = money(draw, administration, total, rate)
    doubted, lost = document.dubious_on, document.uncollectible_on
    if total <= 0 or (doubted and lost and lost < doubted):  # nobody doubts what is not owed or was given up
        document.dubious_on = document.uncollectible_on = None
    return document


@st.composite
def purchase(draw: st.DrawFn, administration: Administration) -> Purchase:
    """A purchase invoice or receipt, perhaps self-billed, reverse-charged, partly private."""
    day, rate, revenue = draw(days), draw(st.sampled_from(FOREIGN)), draw(st.sampled_from([False, False, True]))
    kind, roles = ("sales_invoice", SOLD) if revenue else ("purchase_invoice", BOUGHT)
    document = Purchase(
        draw(ids), "receipt", draw(maybe_contact), day, None, "F", 1, 0, 0, draw(lines(administration, kind, roles)),
        rate=rate, prices_are_incl_tax=draw(st.booleans()), is_revenue=revenue,
        is_saved=draw(st.sampled_from([False, False, False, True])),
    )  # fmt: skip
    if draw(st.booleans()):
        private = administration.roles[chart.PRIVATE]
        share = Decimal(draw(st.sampled_from([25, 33, 100])))
        document.allocations = [Allocation(draw(ids), document.lines[0].account_id, private, share, 0, 0)]
    document.payments = money(draw, administration, administration.figures(document).incl, rate)
    return document


@st.composite
def bank_line(draw: st.DrawFn, administration: Administration) -> Mutation:
    roles = (chart.AR, chart.AP, chart.GENERAL, chart.SERVICES, chart.VAT_SETTLE)
    made = book.mutation(administration, draw(amounts), id=draw(ids), day=draw(days))
    for _ in range(draw(st.integers(0, 2))):
        booking = Booking(
            draw(ids), administration.roles[draw(st.sampled_from(roles))], draw(amounts), "", draw(maybe_contact)
        )
        booking.vat_return_id = draw(st.sampled_from([None, None, 1]))
        made.bookings.append(booking)
    return made


@st.composite
def journal(draw: st.DrawFn, administration: Administration) -> Journal:
    roles = (chart.AR, chart.AP, chart.GENERAL, chart.VAT_IN, chart.VAT_OUT, chart.SERVICES)
    rates = [None, *(rate.id for rate in administration.tax_rates.values() if rate.kind[0] == "g")]
    entries = []
    for _ in range(draw(st.integers(1, 3))):
        amount, account = draw(amounts), administration.roles[draw(st.sampled_from(roles))]
        entries.append(
            Entry(account, max(amount, 0), max(-amount, 0), "", draw(maybe_contact), None, draw(st.sampled_from(rates)))
        )
    rest = sum(entry.debit - entry.credit for entry in entries)
    entries.append(Entry(administration.roles[chart.RESULT], max(-rest, 0), max(rest, 0), ""))
    kind = draw(st.sampled_from([None, None, "fiscal_year_ending"]))
    day = draw(st.one_of(days, st.just(START - timedelta(days=1))))
    return Journal(draw(ids), day, "M", entries, 0, 0, kind, kind is None and draw(st.booleans()))


@st.composite
def asset(draw: st.DrawFn, administration: Administration) -> Asset:
    roles, day = administration.roles, draw(days)
    made = Asset(
        draw(ids), roles[chart.FIXTURES], "X", day, draw(st.integers(0, 900_000)), 0, 0,
        draw(st.sampled_from([None, 1, 3, 5])), draw(st.sampled_from([0, 10_00])), draw(st.booleans()),
        draw(st.sampled_from([None, roles[chart.FIXTURES_WRITTEN_DOWN]])),
        draw(st.sampled_from([None, roles[chart.GENERAL]])),
    )  # fmt: skip
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["manual", "arbitrary", "linear", "divestment", "full_depreciation"]))
        when = day + timedelta(days=draw(st.integers(0, 200)))
        made.changes.append(ValueChange(draw(ids), kind, when, draw(amounts), None, draw(st.booleans())))
    if draw(st.booleans()):
        made.disposed_on = day + timedelta(days=draw(st.integers(0, 300)))
        made.disposal_booked_elsewhere = draw(st.booleans())
    if draw(st.booleans()):
        made.unwritten = (day, day + timedelta(days=draw(st.integers(0, 120))))
    return made


@st.composite
def administrations(draw: st.DrawFn) -> Administration:
    """One to four documents of each sort in a company that answers at most one open question otherwise."""
    question = draw(st.sampled_from(sorted(CHOICES)))
    dialect = replace(Dialect(), **{question: draw(st.sampled_from(CHOICES[question]))})
    administration = book.company(dialect, TODAY)
    book.purchase_rate(administration, "21", "NL/4b")  # of a buyer who may not deduct
    for _ in range(draw(st.integers(0, 3))):
        document = draw(sale(administration))
        if isinstance(document, Invoice):
            administration.put_invoice(document)
        else:
            administration.put_external(document)
    for _ in range(draw(st.integers(0, 2))):
        administration.put_purchase(draw(purchase(administration)))
    for _ in range(draw(st.integers(0, 2))):
        administration.put_mutation(draw(bank_line(administration)))
        administration.put_journal(draw(journal(administration)))
        administration.put_asset(draw(asset(administration)))
    return administration


def facts(administration: Administration) -> str:
    """What to look at when they differ."""
    kept = (
        administration.invoices, administration.external_invoices, administration.purchases, administration.mutations,
        administration.journals, administration.assets,
    )  # fmt: skip
    return "\n".join(repr(record) for records in kept for record in records.values())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(administrations())
def test_books_and_truth_say_the_same(administration: Administration) -> None:
    told = Truth(administration)
    every = {line.day for line in administration.ledger.every_line()} | {effect.day for effect in told.effects}
    for day in sorted(every | {LATER}):
        booked = {id_: administration.ledger.balance(id_, day) for id_ in administration.accounts}
        assert {id_: balance for id_, balance in booked.items() if balance} == told.balances(day), facts(administration)
        for side in (DEBTORS, CREDITORS):
            assert booked[administration.roles[side.role]] == told.control_balance(day, side), (day, side.name)
    one = administration.dialect.d17_reverse_charge_rows == "one"
    declared = {
        tuple(box): tuple(amounts)
        for box, amounts in told.vat().items()
        if box.reference and not (one and box.reference != administration.tax_rates[box.tax_rate_id].references[0])
    }
    returned = {
        (first_day(month), row.rate.id, row.reference): (row.amount, row.tax)
        for month in range(YEAR[0] - 13, YEAR[1] + 13)
        for row in tax_rows(administration, month, month)
    }
    assert declared == returned, facts(administration)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(administrations())
def test_the_reports_add_up(administration: Administration) -> None:
    """Lines balance per day and document, the balance sheet balances, money and debts come to the ledger's balances."""
    sums: dict[object, int] = defaultdict(int)
    for line in administration.ledger.every_line():
        sums[line.day] += line.amount
        sums[line.document_type, line.document_id] += line.amount
    assert not {key: rest for key, rest in sums.items() if rest}
    for month in (YEAR[0] + 3, YEAR[1]):
        sheet = reports.balance_sheet(administration, month, month)
        assert sheet["debit"]["total"] == sheet["credit"]["total"]
        flow = reports.cash_flow(administration, YEAR[0], month)
        moved = sum(
            round(float(row["value"]) * 100)
            for name in ("cash_received_by_ledger_account", "cash_paid_by_ledger_account")
            for row in flow[name]["ledger_accounts"]
        )
        assert round(float(flow["opening_balance"]) * 100) + moved == round(float(flow["closing_balance"]) * 100)
