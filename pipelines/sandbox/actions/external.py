"""External sales invoices: taken in, changed, doubted, given up, removed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from pipelines.sandbox import states_documents
from pipelines.sandbox.actions import payments
from pipelines.sandbox.actions.numbering import numbered
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import ExternalInvoice


def take_in(administration: Administration, invoice: ExternalInvoice) -> ExternalInvoice:
    """Stores a new one: it gets its id and entry number, and ids for lines that have none."""
    at = administration.clock.milliseconds()
    invoice.id = invoice.id or administration.new_id(at)
    invoice.entry_number = invoice.entry_number or administration.next_entry_number()
    invoice.lines = numbered(administration, invoice.lines, at)
    administration.put_external(invoice)
    administration.announce("external_sales_invoice_created", invoice)
    return invoice


def change(
    administration: Administration, invoice: ExternalInvoice, at: int | None = None, **changes: Any
) -> ExternalInvoice:
    """The invoice with other facts in place of the old one. Lines make a new one processed."""
    at = administration.at(at)
    changed = replace(invoice, **changes, updated=max(invoice.updated, at))
    changed.lines = numbered(administration, changed.lines, at)
    changed.is_new = changed.is_new and not changed.lines
    administration.put_external(changed)
    administration.announce("external_sales_invoice_updated", changed)
    return changed


def can_be_doubted(administration: Administration, invoice: ExternalInvoice) -> bool:
    """Open or late, not a credit invoice, and not of a day that has not come."""
    figures, today = administration.figures(invoice), administration.clock.today()
    state = states_documents.state(invoice, figures, today)
    return state in ("open", "late", "pending_payment") and figures.incl > 0 and invoice.day <= today


def mark_dubious(administration: Administration, invoice: ExternalInvoice, day: date | None = None) -> ExternalInvoice:
    """Doubts it from `day` (today) on. ValueError when there is nothing to doubt."""
    if not can_be_doubted(administration, invoice):
        raise ValueError("only an open invoice that is not a credit invoice can be doubted")
    at = administration.clock.milliseconds()
    invoice.dubious_on = day or administration.clock.today()
    invoice.updated = max(invoice.updated, at)
    administration.put_external(invoice)
    administration.announce("external_sales_invoice_marked_as_dubious", invoice)
    return invoice


def mark_uncollectible(
    administration: Administration,
    invoice: ExternalInvoice,
    day: date | None = None,
    as_revenue: bool = False,
) -> ExternalInvoice:
    """Gives up what is open, on `day` (today). ValueError when there is nothing to give up."""
    if not can_be_doubted(administration, invoice):
        raise ValueError("only an open invoice that is not a credit invoice can be given up")
    at = administration.clock.milliseconds()
    invoice.uncollectible_on = day or administration.clock.today()
    invoice.uncollectible_as_revenue = as_revenue
    invoice.updated = max(invoice.updated, at)
    administration.put_external(invoice)
    administration.announce("external_sales_invoice_state_changed_to_uncollectible", invoice)
    administration.announce("external_sales_invoice_marked_as_uncollectible", invoice)
    return invoice


def remove(administration: Administration, invoice: ExternalInvoice, at: int | None = None) -> None:
    """Takes it out; bank transactions behind its payments become unprocessed again."""
    for payment in tuple(invoice.payments):
        payments.remove(administration, invoice, payment, at)
    administration.remove_external(invoice.id)
    administration.announce("external_sales_invoice_destroyed", invoice)
