"""A small company and its books for the golden cases of POSTINGS §2: documents in, lines out as (day, role, amount)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import Card, Contact
from pipelines.sandbox.clock import Clock
from pipelines.sandbox.dialect import Dialect
from pipelines.sandbox.group.firms import Firm
from pipelines.sandbox.group.setup import open_administration
from pipelines.sandbox.model import (
    Booking,
    Entry,
    ExternalInvoice,
    Invoice,
    Journal,
    Line,
    Mutation,
    Payment,
    Product,
    Purchase,
    TaxRate,
)
from pipelines.sandbox.world import World

ROLES = frozenset({
    chart.SERVICES, chart.CASH, chart.PRIVATE, chart.PSP, chart.FIXTURES, chart.FIXTURES_WRITTEN_DOWN,
    chart.DEPRECIATION,
})  # fmt: skip
FIRM = Firm("Proef B.V.", "Dorpsstraat 1", "3511 AA", "Utrecht", "NL", None, None, None, "proef.example")
BANK = 77
CUSTOMER = 5

ReadLine = tuple[str, str, str]  # day as mm-dd, role, amount with debit positive


def company(dialect: Dialect | None = None, today: date = date(2026, 11, 20)) -> Administration:
    world = World(Clock.starting_at(today, lambda: 0.0), dialect or Dialect(), 1, today)
    administration = open_administration(world, 1, FIRM, date(2025, 12, 31), ROLES, 0)
    card = Card("Klant B.V.", None, None, "1", None, None, None, "NL", None, None, None, None, None, None, "Email", 0)
    administration.add_contact(Contact(CUSTOMER, 0, card))
    return administration


def line(administration: Administration, price: int, role: str, rate_id: int, **changes: Any) -> Line:
    made = Line(11, "Werk", price, None, Decimal(1), rate_id, administration.roles[role], None, None, 0, 0, 0)
    return replace(made, **changes)


def invoice(administration: Administration, price: int, day: date, **changes: Any) -> Invoice:
    rate = changes.pop("rate_id", administration.sales_rate(21))
    quantity, period = Decimal(changes.pop("quantity", 1)), changes.pop("period", None)
    lines = [line(administration, price, chart.SERVICES, rate, quantity=quantity, period=period)]
    made = Invoice(10, CUSTOMER, day, 0, 0, lines, invoice_date=day, sent_on=day, number="2026-0001")
    return replace(made, **changes)


def external(administration: Administration, price: int, day: date, **changes: Any) -> ExternalInvoice:
    lines = [line(administration, price, chart.SERVICES, administration.sales_rate(21))]
    return replace(ExternalInvoice(10, None, day, day, "BOL-1", 1, 0, 0, lines), **changes)


def purchase(administration: Administration, price: int, day: date, **changes: Any) -> Purchase:
    rate = changes.pop("rate_id", None) or purchase_rate(administration, "21", "NL/5b")
    role, period = changes.pop("role", chart.GENERAL), changes.pop("period", None)
    lines = [line(administration, price, role, rate, period=period)]
    return replace(Purchase(10, "purchase_invoice", CUSTOMER, day, day, "F-1", 1, 0, 0, lines), **changes)


def purchase_rate(administration: Administration, percentage: str, *references: str) -> int:
    """Id of the purchase rate with this percentage and exactly these boxes; it is made when there is none."""
    for rate in administration.tax_rates.values():
        if (rate.kind, rate.percentage, rate.references) == ("purchase_invoice", Decimal(percentage), references):
            return rate.id
    id_ = administration.new_id()
    made = TaxRate(id_, f"{percentage}% btw", Decimal(percentage), "purchase_invoice", references, None, 0, 0)
    administration.tax_rates[id_] = made
    return id_


def paid(price: int, base: int | None = None, **changes: Any) -> Payment:
    return replace(Payment(20, date(2026, 4, 2), price, base or price, 0, 0), **changes)


def mutation(administration: Administration, amount: int, **changes: Any) -> Mutation:
    made = Mutation(30, date(2026, 4, 2), amount, "Factuur", administration.roles[chart.BANK], BANK, 0, 0)
    return administration.put_mutation(replace(made, **changes))


def booking(account_id: int, price: int) -> Booking:
    """A bank line booked straight on an account (P-9b)."""
    return Booking(31, account_id, price, "Zonder factuur")


def journal(administration: Administration, day: date, *entries: tuple[str, int], **changes: Any) -> Journal:
    """A journal of (role, amount with debit positive)."""
    made = [Entry(administration.roles[role], max(n, 0), max(-n, 0), "Memoriaal") for role, n in entries]
    return administration.put_journal(replace(Journal(40, day, "Memoriaal", made, 0, 0), **changes))


def product(administration: Administration, price: int, **changes: Any) -> Product:
    """What somebody can subscribe to."""
    rate, account = administration.sales_rate(21), administration.roles[chart.SERVICES]
    made = Product(50, "Onderhoud", "Onderhoud", None, price, administration.currency, rate, account, 0, 0)
    made = replace(made, **changes)
    administration.products[made.id] = made
    return made


def lines(administration: Administration, owner: str, id_: int = 10) -> list[ReadLine]:
    """The postings of a document."""
    roles = {account: role for role, account in administration.roles.items()}
    postings = administration.ledger.of((owner, id_))
    return sorted((f"{p.day:%m-%d}", roles[p.account_id], f"{p.amount / 100:.2f}") for p in postings)


def balance(administration: Administration, role: str, day: date = date(2026, 12, 31)) -> int:
    return administration.ledger.balance(administration.roles[role], day)
