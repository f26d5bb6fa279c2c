"""Which record of an administration a planted fault is about: the same one every time, chosen from the facts."""

from __future__ import annotations

from collections import Counter
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
    """The last of several hours that one sent invoice bills for one project."""
    sent = {i for i, invoice in administration.invoices.items() if invoice.number is not None}
    linked = [e for e in administration.time_entries.values() if e.invoice_id in sent]
    several = Counter((e.invoice_id, e.project_id) for e in linked)
    return _first(e for e in reversed(linked) if several[e.invoice_id, e.project_id] > 1)


def open_external(administration: Administration) -> Victim | None:
    def is_open(invoice: ExternalInvoice) -> bool:
        rest = administration.figures(invoice).incl - states.paid(invoice)
        return not invoice.is_new and invoice.uncollectible_on is None and rest > 0

    return _first(i for i in administration.external_invoices.values() if is_open(i))


def _foreign_rates(administration: Administration) -> Iterator[tuple[ExternalInvoice, int]]:
    """Invoices of the shop in the books, with the rate of another country that their first line has; newest first."""
    for invoice in sorted(administration.external_invoices.values(), key=lambda invoice: invoice.id, reverse=True):
        rate_id = invoice.lines[0].tax_rate_id if invoice.lines else None
        if not invoice.is_new and rate_id is not None and administration.tax_rates[rate_id].country:
            yield invoice, rate_id


def foreign_taxed_external(administration: Administration) -> Victim | None:
    return _first(invoice for invoice, _ in _foreign_rates(administration))


def foreign_rate(administration: Administration) -> Victim | None:
    """The last of those in use: finance's examples confirm the first."""
    used = {rate_id for _, rate_id in _foreign_rates(administration)}
    return Victim(max(used)) if used else None


def customer_in_the_union(administration: Administration) -> Victim | None:
    """One whose supplies belong on the ICP statement."""

    def is_listed(invoice: Invoice) -> bool:
        rates = (administration.tax_rates[line.tax_rate_id] for line in invoice.lines)
        return any("NL/3b" in rate.references for rate in rates)

    invoice = next((i for i in _sent(administration) if is_listed(i)), None)
    return Victim(invoice.contact_id) if invoice else None


def open_purchase(administration: Administration) -> Victim | None:
    def is_owed(purchase: Purchase) -> bool:
        rest = administration.figures(purchase).incl - states.paid(purchase)
        return purchase.kind == "purchase_invoice" and not purchase.is_new and not purchase.is_saved and rest > 0

    return _first(p for p in administration.purchases.values() if is_owed(p))


def supplier(administration: Administration) -> Victim | None:
    """One whom something is owed."""
    purchase = open_purchase(administration)
    contact_id = administration.purchases[purchase.id].contact_id if purchase else None
    return Victim(contact_id) if contact_id else None


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


def _result_line(administration: Administration, kinds: tuple[str, ...], named: str) -> Posting | None:
    """The newest line on accounts of these types, before this month, that names a contact or a project."""
    accounts = {account.id for account in administration.accounts.values() if account.kind in kinds}
    day = administration.clock.today().replace(day=1)
    lines = (
        line for line in administration.ledger.every_line()
        if line.account_id in accounts and getattr(line, named) and line.day < day and not line.closing
    )  # fmt: skip
    return max(lines, key=lambda line: (line.day, line.id), default=None)


def earned_from(administration: Administration) -> Victim | None:
    """A customer with revenue."""
    line = _result_line(administration, ("revenue",), "contact_id")
    return Victim(line.contact_id) if line and line.contact_id else None


def earned_on(administration: Administration) -> Victim | None:
    """A project with revenue."""
    line = _result_line(administration, ("revenue",), "project_id")
    return Victim(line.project_id) if line and line.project_id else None


def spent_at(administration: Administration) -> Victim | None:
    """A supplier with costs."""
    line = _result_line(administration, ("expenses", "direct_costs"), "contact_id")
    return Victim(line.contact_id) if line and line.contact_id else None


def spent_on(administration: Administration) -> Victim | None:
    """A project with costs."""
    line = _result_line(administration, ("expenses", "direct_costs"), "project_id")
    return Victim(line.project_id) if line and line.project_id else None


def fixed_asset_account(administration: Administration) -> Victim | None:
    """One with a balance, so that its side of the balance sheet is short without it."""
    for account in administration.accounts.values():
        if account.kind == "non_current_assets" and any(administration.ledger.months(account.id)):
            return Victim(account.id)
    return None


def invoice_and_account(administration: Administration) -> Victim | None:
    """A sent invoice, and a revenue account that none of its lines is on."""
    invoice = next(_sent(administration), None)
    used = {line.account_id for line in invoice.lines} if invoice else set()
    others = (a.id for a in administration.accounts.values() if a.kind == "revenue" and a.id not in used)
    other = next(others, None)
    return Victim(invoice.id, str(other)) if invoice and other else None


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
