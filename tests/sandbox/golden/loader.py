"""Loads the golden administration: the facts of the CSV files as documents, in the order of their days.

Nothing here books, adds up or rounds: a price becomes cents and goes where its column says. The generator has no part.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import groupby
from pathlib import Path

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import quantity
from pipelines.sandbox.cards import Card, Contact
from pipelines.sandbox.clock import Clock, moment
from pipelines.sandbox.dialect import Dialect
from pipelines.sandbox.identifiers import Identifiers
from pipelines.sandbox.model import (
    Account,
    Allocation,
    Asset,
    Booking,
    Cents,
    Entry,
    ExternalInvoice,
    FinancialAccount,
    Invoice,
    Journal,
    Line,
    Mutation,
    Payment,
    Purchase,
    TaxRate,
    ValueChange,
)

HERE = Path(__file__).parent
LAST_DAY = date(2026, 12, 31)
BEGINNING = date(2024, 12, 31)

ROLES = {  # a role of POSTINGS §1 → what the books call it; an account without one is only ever named
    "AR": chart.AR, "AP": chart.AP, "VAT_OUT": chart.VAT_OUT, "VAT_IN": chart.VAT_IN, "VAT_SETTLE": chart.VAT_SETTLE,
    "REV": chart.REV, "DEF_REV": chart.DEF_REV, "ACC_REV": chart.ACC_REV, "DEF_COST": chart.DEF_COST,
    "ACC_COST": chart.ACC_COST, "SETTLE": chart.SETTLE, "IN_UNM": chart.IN_UNM, "OUT_UNM": chart.OUT_UNM,
    "BANK_UNM": chart.BANK_UNM, "TRANSIT": chart.TRANSIT, "BANK": chart.BANK, "PSP": chart.PSP, "CASH": chart.CASH,
    "FX": chart.FX, "DUB_BAL": chart.DUB_BAL, "DUB_PL": chart.DUB_PL, "BAD": chart.BAD, "ROUND": chart.ROUND,
    "PRIVATE": chart.PRIVATE, "EQUITY": chart.RESERVES, "RESULT": chart.RESULT, "FA_COST": chart.FIXTURES,
    "FA_ACC": chart.FIXTURES_WRITTEN_DOWN, "DEPR": chart.DEPRECIATION, "BOOK_RESULT": chart.BOOK_RESULT,
}  # fmt: skip

Row = dict[str, str]
Step = tuple[date, int, Callable[[], None]]  # documents (0) come before what happens to them (1)


def rows(name: str) -> list[Row]:
    """The rows of one file, by column."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cents(text: str) -> Cents:
    """`"-12.50"` → -1250, and 0 for nothing."""
    return int(Decimal(text or "0") * 100)


def period(text: str) -> tuple[date, date] | None:
    """`20260101..20261231` as two days."""
    first, _, last = text.partition("..")
    return (_compact(first), _compact(last)) if text else None


def _compact(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def _optional_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass
class Golden:
    """The administration, and what the files call its records."""

    administration: Administration
    ids: dict[str, int] = field(default_factory=dict)  # document, payment, transaction, asset, account, contact, rate
    names: dict[int, str] = field(default_factory=dict)

    def new(self, name: str, day: date) -> int:
        """An id for something of that name."""
        id_ = self.administration.new_id(moment(day, 9))
        self.ids[name] = id_
        self.names[id_] = name
        return id_

    def id(self, name: str) -> int | None:
        """None for an empty column; KeyError for what no file introduced."""
        return self.ids[name] if name else None


def load(dialect: Dialect | None = None) -> Golden:
    """The whole golden administration with the clock at nine on its last day."""
    clock = Clock.starting_at(LAST_DAY, lambda: 0.0)
    golden = Golden(Administration(1, "Gulden Boek B.V.", clock, dialect or Dialect(), Identifiers()))
    golden.administration.period_start_date = date(2024, 1, 1)
    _settings(golden)
    steps: list[Step] = [*_documents(golden), *_journals(golden), *_assets(golden), *_happenings(golden)]
    for _, _, act in sorted(steps, key=lambda step: step[:2]):
        act()
    for asset in golden.administration.assets.values():
        golden.administration.put_asset(asset)
    return golden


def _settings(golden: Golden) -> None:
    administration, at = golden.administration, moment(BEGINNING, 9)
    as_revenue = administration.dialect.d16_bad_debt_type == "revenue"
    for row in rows("accounts"):
        role = ROLES.get(row["account"])
        kind = "revenue" if role == chart.BAD and as_revenue else row["type"]
        id_ = golden.new(row["account"], BEGINNING)
        account = Account(id_, row["name"], kind, row["number"], row["rgs"], "", "", "", role, None, (), at, at)
        if row["financial_account"]:
            account.financial_account_id = financial = golden.new(row["financial_account"], BEGINNING)
            made = FinancialAccount(financial, "BankAccount", row["name"], row["number"], id_, at, at)
            administration.financial_accounts[financial] = made
        administration.accounts[id_] = account
        if role:
            administration.roles[role] = id_
    for row in rows("tax_rates"):
        id_ = golden.new(row["tax_rate"], BEGINNING)
        references = tuple(row["references"].split("+"))
        administration.tax_rates[id_] = TaxRate(
            id_, row["name"], Decimal(row["percentage"]), row["type"], references, None, at, at
        )
    for row in rows("contacts"):
        id_ = golden.new(row["contact"], BEGINNING)
        card = Card(
            row["contact"], None, None, str(id_), None, None, None, row["country"], None, None, None, None, None, None,
            "Email", at,
        )  # fmt: skip
        administration.add_contact(Contact(id_, at, card))


def _documents(golden: Golden) -> list[Step]:
    """Invoices, purchases and receipts; rows of one document follow each other."""
    steps: list[Step] = []
    for name, group in groupby(rows("documents"), key=lambda row: row["document"]):
        together = list(group)
        day = _optional_day(together[0]["date"]) or date.fromisoformat(together[0]["due_date"])
        golden.new(name, day)
        steps.append((day, 0, partial(_document, golden, together)))
    return steps


def _document(golden: Golden, together: list[Row]) -> None:
    first, administration = together[0], golden.administration
    kind = first["kind"]
    lines = [_line(golden, row) for row in together]
    id_, contact = golden.ids[first["document"]], golden.id(first["contact"])
    day, due = _optional_day(first["date"]), _optional_day(first["due_date"])
    rate, included = Decimal(first["exchange_rate"]), first["prices_are_incl_tax"] == "yes"
    at = moment(day or due or LAST_DAY, 9)
    if kind == "sales_invoice":
        assert contact is not None
        assert due is not None
        sent = first["state"] == "sent"
        administration.put_invoice(
            Invoice(
                id_, contact, due, at, at, lines, number=first["document"] if sent else None, invoice_date=day,
                sent_on=day if sent else None, scheduled=first["state"] == "scheduled", currency=first["currency"],
                rate=rate, prices_are_incl_tax=included, original_id=golden.id(first["original"]),
            )
        )  # fmt: skip
        return
    assert day is not None
    number = administration.next_entry_number()
    if kind == "external_sales_invoice":
        administration.put_external(
            ExternalInvoice(
                id_, contact, day, due, first["document"], number, at, at, lines, currency=first["currency"], rate=rate,
                prices_are_incl_tax=included,
            )
        )  # fmt: skip
        return
    administration.put_purchase(
        Purchase(
            id_, kind, contact, day, due, first["document"], number, at, at, lines, currency=first["currency"],
            rate=rate, prices_are_incl_tax=included, is_revenue=first["revenue_invoice"] == "yes",
            allocations=[_allocation(golden, row) for row in together if row["private_account"]],
        )
    )  # fmt: skip


def _line(golden: Golden, row: Row) -> Line:
    id_ = golden.administration.new_id(moment(BEGINNING, 9))
    return Line(
        id_, row["description"], cents(row["price"]), row["quantity"], quantity(row["quantity"]),
        golden.ids[row["tax_rate"]], golden.ids[row["account"]], None, period(row["period"]), int(row["line"]), 0, 0,
    )  # fmt: skip


def _allocation(golden: Golden, row: Row) -> Allocation:
    id_ = golden.administration.new_id(moment(BEGINNING, 9))
    share = Decimal(row["private_percentage"])
    return Allocation(id_, golden.ids[row["account"]], golden.ids[row["private_account"]], share, 0, 0)


def _journals(golden: Golden) -> list[Step]:
    """Opening balance, journals, VAT returns and year ends. An opening balance comes first of all."""
    steps: list[Step] = []
    for name, group in groupby(rows("journals"), key=lambda row: row["document"]):
        together = list(group)
        day = date.fromisoformat(together[0]["date"])
        golden.new(name, day)
        steps.append((day, 0, partial(_journal, golden, together)))
    return steps


def _journal(golden: Golden, together: list[Row]) -> None:
    first = together[0]
    entries = [
        Entry(
            golden.ids[row["account"]], cents(row["debit"]), cents(row["credit"]), row["description"],
            golden.id(row["contact"]), None, golden.id(row["tax_rate"]),
        )
        for row in together
    ]  # fmt: skip
    kind = first["kind"] if first["kind"] == "fiscal_year_ending" else None
    day = date.fromisoformat(first["date"])
    journal = Journal(golden.ids[first["document"]], day, first["document"], entries, 0, 0, kind)
    journal.is_vat_return = first["kind"] == "vat_return"
    golden.administration.put_journal(journal)


def _assets(golden: Golden) -> list[Step]:
    steps: list[Step] = []
    for row in rows("assets"):
        day = date.fromisoformat(row["purchase_date"])
        golden.new(row["asset"], day)
        steps.append((day, 0, partial(_asset, golden, row)))
    return steps


def _asset(golden: Golden, row: Row) -> None:
    """The plan's first month end is given: those before it were never asked for."""
    bought, first = date.fromisoformat(row["purchase_date"]), date.fromisoformat(row["first_month_end"])
    asset = Asset(
        golden.ids[row["asset"]], golden.ids[row["account"]], row["asset"], bought, cents(row["purchase_value"]), 0, 0,
        int(row["lifespan_in_years"]), cents(row["residual_value"]), True, golden.ids["FA_ACC"], golden.ids["DEPR"],
    )  # fmt: skip
    asset.unwritten = (bought, first.replace(day=1))
    golden.administration.assets[asset.id] = asset


def _happenings(golden: Golden) -> list[Step]:
    steps: list[Step] = []
    for row in rows("happenings"):
        day = date.fromisoformat(row["date"])
        if row["name"]:
            golden.new(row["name"], day)
        steps.append((day, 1, partial(_HAPPENINGS[row["happening"]], golden, row, day)))
    return steps


def _transaction(golden: Golden, row: Row, day: date) -> None:
    account = golden.administration.accounts[golden.ids[row["account"]]]
    made = Mutation(
        golden.ids[row["name"]], day, cents(row["amount"]), row["name"], account.id, account.financial_account_id or 0,
        0, 0,
    )  # fmt: skip
    golden.administration.put_mutation(made)


def _payment(golden: Golden, row: Row, day: date) -> None:
    """Money registered on a document, on the account it names."""
    account = golden.administration.accounts[golden.ids[row["account"]]]
    payment = Payment(
        golden.ids[row["name"]], day, cents(row["amount"]), cents(row["amount_base"]), account.id, 0,
        financial_account_id=account.financial_account_id, settlement=row["action"].endswith("settlement")
        and row["action"] != "balance_settlement",
        action=None if row["action"] == "credit_settlement" else row["action"] or None,
    )  # fmt: skip
    _pay(golden, row["on"], payment)


def _link(golden: Golden, row: Row, day: date) -> None:
    mutation = golden.administration.mutations[golden.ids[row["with"]]]
    id_ = golden.administration.new_id(moment(day, 9))
    price, base = cents(row["amount"]), cents(row["amount_base"])
    _pay(golden, row["on"], Payment(id_, day, price, base, mutation.account_id, 0, mutation_id=mutation.id))


def _pay(golden: Golden, name: str, payment: Payment) -> None:
    document = _found(golden, name)
    document.payments = [*document.payments, payment]
    _put(golden, document)


def _match(golden: Golden, row: Row, day: date) -> None:
    """A payment that was registered turns out to be this transaction."""
    administration, payment_id = golden.administration, golden.ids[row["on"]]
    families = (administration.invoices, administration.external_invoices, administration.purchases)
    for family in families:
        for document in family.values():
            for payment in document.payments:
                if payment.id == payment_id:
                    payment.matched_mutation_id = golden.ids[row["with"]]
                    _put(golden, document)


def _book(golden: Golden, row: Row, day: date) -> None:
    """A transaction booked on an account, or as payment of a VAT return."""
    mutation = golden.administration.mutations[golden.ids[row["with"]]]
    id_ = golden.administration.new_id(moment(day, 9))
    booking = Booking(id_, golden.ids[row["account"]], cents(row["amount"]), row["case"])
    booking.vat_return_id = golden.id(row["on"])
    mutation.bookings.append(booking)
    golden.administration.put_mutation(mutation)


def _doubt(golden: Golden, row: Row, day: date) -> None:
    invoice = _found(golden, row["on"])
    assert not isinstance(invoice, Purchase)
    if row["happening"] == "mark_dubious":
        invoice.dubious_on = day
    else:
        invoice.uncollectible_on = day
    _put(golden, invoice)


def _change(golden: Golden, row: Row, day: date) -> None:
    asset = golden.administration.assets[golden.ids[row["on"]]]
    kind, _, elsewhere = row["action"].partition(" ")
    id_ = golden.administration.new_id(moment(day, 9))
    asset.changes.append(ValueChange(id_, kind, day, cents(row["amount"]), row["detail"], bool(elsewhere)))
    if kind in ("divestment", "full_depreciation"):
        asset.disposed_on = day


def _found(golden: Golden, name: str) -> Invoice | ExternalInvoice | Purchase:
    administration, id_ = golden.administration, golden.ids[name]
    return (
        administration.invoices.get(id_) or administration.external_invoices.get(id_) or administration.purchases[id_]
    )


def _put(golden: Golden, document: Invoice | ExternalInvoice | Purchase) -> None:
    if isinstance(document, Invoice):
        golden.administration.put_invoice(document)
    elif isinstance(document, ExternalInvoice):
        golden.administration.put_external(document)
    else:
        golden.administration.put_purchase(document)


_HAPPENINGS: dict[str, Callable[[Golden, Row, date], None]] = {
    "payment": _payment,
    "bank_transaction": _transaction,
    "link": _link,
    "book": _book,
    "book_payment": _match,
    "book_vat": _book,
    "mark_dubious": _doubt,
    "mark_uncollectible": _doubt,
    "asset_change": _change,
}
