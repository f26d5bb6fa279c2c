"""Which record of an administration a planted fault is about: the same one every time, chosen from the facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.sandbox import chart, states
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.ledger import Posting
from pipelines.sandbox.model import ExternalInvoice, Invoice, Mutation, Purchase


@dataclass(frozen=True)
class Victim:
    """The record that is served wrongly, and what it is confused with where that matters."""

    id: int
    other: str = ""


def _sent(administration: Administration) -> Iterator[Invoice]:
    """Sent invoices that are no credit, newest first."""
    for invoice in sorted(administration.invoices.values(), key=lambda invoice: invoice.id, reverse=True):
        if invoice.sent_on and invoice.uncollectible_on is None and administration.figures(invoice).incl > 0:
            yield invoice


def _first(found: Iterator[Any]) -> Victim | None:
    record = next(found, None)
    return Victim(record.id) if record is not None else None


def open_invoice(administration: Administration) -> Victim | None:
    return _first(i for i in _sent(administration) if states.paid(i) < administration.figures(i).incl)


def paid_invoice(administration: Administration) -> Victim | None:
    return _first(i for i in _sent(administration) if i.payments and i.payments[0].mutation_id)


def taxed_invoice(administration: Administration) -> Victim | None:
    return _first(i for i in _sent(administration) if administration.figures(i).tax_totals)


def numbered_invoice(administration: Administration) -> Victim | None:
    found = list(_sent(administration))
    return Victim(found[0].id, found[1].number or "") if len(found) > 1 else None


def hours(administration: Administration) -> Victim | None:
    return _first(e for e in reversed(administration.time_entries.values()) if e.invoice_id)


def open_external(administration: Administration) -> Victim | None:
    def is_open(invoice: ExternalInvoice) -> bool:
        rest = administration.figures(invoice).incl - states.paid(invoice)
        return not invoice.is_new and invoice.uncollectible_on is None and rest > 0

    return _first(i for i in administration.external_invoices.values() if is_open(i))


def open_purchase(administration: Administration) -> Victim | None:
    def is_owed(purchase: Purchase) -> bool:
        rest = administration.figures(purchase).incl - states.paid(purchase)
        return purchase.kind == "purchase_invoice" and not purchase.is_new and not purchase.is_saved and rest > 0

    return _first(p for p in administration.purchases.values() if is_owed(p))


def _mutation(administration: Administration, role: str) -> Iterator[Mutation]:
    account = administration.roles.get(role)
    return (m for m in reversed(administration.mutations.values()) if m.account_id == account)


def bank_line(administration: Administration) -> Victim | None:
    return _first(_mutation(administration, chart.BANK))


def payout(administration: Administration) -> Victim | None:
    return _first(m for m in _mutation(administration, chart.PSP) if m.bookings)


def _ledger_line(administration: Administration) -> Posting | None:
    """The newest line of a sales invoice on debtors before this month, with a contact."""
    account = administration.roles[chart.AR]
    day = administration.clock.today().replace(day=1)
    lines = (
        line for line in administration.ledger.every_line()
        if line.account_id == account and line.document_type == "SalesInvoice" and line.contact_id and line.day < day
    )  # fmt: skip
    return max(lines, key=lambda line: (line.day, line.id), default=None)


def line(administration: Administration) -> Victim | None:
    line = _ledger_line(administration)
    return Victim(line.id) if line else None


def line_and_contact(administration: Administration) -> Victim | None:
    line = _ledger_line(administration)
    others = (str(id_) for id_ in administration.contacts if line and id_ != line.contact_id)
    other = next(others, None)
    return Victim(line.id, other) if line and other else None


def contact(administration: Administration) -> Victim | None:
    """One that documents are on."""
    invoice = next(_sent(administration), None)
    return Victim(invoice.contact_id) if invoice else None


def revenue_account(administration: Administration) -> Victim | None:
    used = {line.account_id for invoice in _sent(administration) for line in invoice.lines}
    return Victim(min(used)) if used else None


def debtors_account(administration: Administration) -> Victim | None:
    return Victim(administration.roles[chart.AR]) if administration.invoices else None


def high_rate(administration: Administration) -> Victim | None:
    return Victim(administration.sales_rate(21)) if administration.invoices else None


def sister(administration: Administration) -> Victim | None:
    """The contact that is the company's own holding or sister: whom it lent to or borrowed from."""
    accounts = {administration.roles.get(role) for role in (chart.IC_RECEIVABLE, chart.IC_PAYABLE)}
    for mutation in administration.mutations.values():
        for booking in mutation.bookings:
            if booking.account_id in accounts and booking.contact_id:
                return Victim(booking.contact_id)
    return None
