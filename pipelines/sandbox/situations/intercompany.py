"""Fees and loans between companies of the group, compared from both sides.

Who a contact is, is told by its chamber of commerce number: that of the identity of another administration.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Cents

NAMES = (
    "intercompany fee booked alike", "intercompany fee unmatched", "intercompany fee missing at one side",
    "intercompany fee with another amount", "intercompany fee in another month",
    "intercompany loan paid out or back", "intercompany interest booked alike", "intercompany interest unmatched",
)  # fmt: skip
_PER_EURO = (1.05, 1.15)  # dollars: between these two, an amount in dollars may be the other side of one in euros


def between(administrations: Sequence[Administration]) -> dict[str, int]:
    found: Counter[str] = Counter(dict.fromkeys(NAMES, 0))
    for lender in administrations:
        for borrower in administrations:
            if lender is not borrower:
                found.update(_fees(lender, borrower))
                found.update(_loans(lender, borrower))
    return dict(found)


def _contacts(administration: Administration, other: Administration) -> set[int]:
    """The contacts under which one administration knows the other."""
    number = other.identities[other.identity_id].chamber_of_commerce
    return {c.id for c in administration.contacts.values() if c.card.chamber_of_commerce == number}


def _fees(seller: Administration, buyer: Administration) -> Iterator[str]:
    here, there = _contacts(seller, buyer), _contacts(buyer, seller)
    sold = {i.number: i for i in seller.invoices.values() if i.contact_id in here and i.sent_on}
    bought = {p.reference: p for p in buyer.purchases.values() if p.contact_id in there}
    for number in sold.keys() ^ bought.keys():
        assert number is not None
        yield "intercompany fee missing at one side"
        yield "intercompany fee unmatched"
    for number in sold.keys() & bought.keys():
        invoice, purchase = sold[number], bought[number]
        assert invoice.invoice_date is not None
        amounts = seller.figures(invoice).incl == buyer.figures(purchase).incl
        days = (invoice.invoice_date.year, invoice.invoice_date.month) == (purchase.day.year, purchase.day.month)
        if amounts and days:
            yield "intercompany fee booked alike"
            continue
        yield "intercompany fee unmatched"
        if not amounts:
            yield "intercompany fee with another amount"
        if not days:
            yield "intercompany fee in another month"


def _loans(lender: Administration, borrower: Administration) -> Iterator[str]:
    lent = _movements(lender, chart.IC_RECEIVABLE, _contacts(lender, borrower))
    owed = _movements(borrower, chart.IC_PAYABLE, _contacts(borrower, lender))
    worth = _PER_EURO if lender.currency != borrower.currency else (1.0, 1.0)
    for day, kind in sorted(lent.keys() | owed.keys()):
        mine, theirs = lent.get((day, kind), 0), -owed.get((day, kind), 0)
        alike = bool(mine) and worth[0] <= theirs / mine <= worth[1]
        if kind == "bank":
            yield "intercompany loan paid out or back"
        else:
            yield "intercompany interest booked alike" if alike else "intercompany interest unmatched"


def _movements(administration: Administration, role: str, contacts: set[int]) -> dict[tuple[date, str], Cents]:
    """What moved on the account with these contacts, debit positive, by day and by how it was booked."""
    account = administration.roles.get(role)
    found: Counter[tuple[date, str]] = Counter()
    for journal in administration.journals.values():
        for entry in journal.entries:
            if entry.account_id == account and entry.contact_id in contacts:
                found[journal.day, "journal"] += entry.debit - entry.credit
    for mutation in administration.mutations.values():
        for booking in mutation.bookings:
            if booking.account_id == account and booking.contact_id in contacts:
                found[mutation.day, "bank"] -= booking.price
    return found
