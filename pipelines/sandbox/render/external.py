"""External sales invoices."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox import states, states_documents
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import Figures, open_base, text
from pipelines.sandbox.clock import iso, moment
from pipelines.sandbox.model import ExternalInvoice
from pipelines.sandbox.render.contacts import event
from pipelines.sandbox.render.invoices import detail, tax_totals
from pipelines.sandbox.render.notes import attachments, notes
from pipelines.sandbox.render.papers import contact, day
from pipelines.sandbox.render.payments import payment


def external_invoice(administration: Administration, record: ExternalInvoice, written: bool = False) -> dict[str, Any]:
    """The full object. `written` marks an answer to a write: only there lines name their boxes of the return (D10)."""
    figures = administration.figures(record)
    updated = states_documents.updated(record, figures, administration.clock.milliseconds())
    paid = states.paid(record)
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "contact_id": str(record.contact_id) if record.contact_id else None,
        "contact": contact(administration, record.contact_id),
        "date": record.day.isoformat(),
        "state": states_documents.state(record, figures, administration.clock.today()),
        "due_date": day(record.due_date),
        "reference": record.reference,
        "entry_number": record.entry_number,
        "origin": record.origin,
        "source": record.source,
        "source_url": record.source_url,
        "currency": record.currency,
        "paid_at": day(states_documents.paid_on(record, figures)),
        "created_at": iso(record.created),
        "updated_at": iso(updated),
        "version": updated // 1000,
        "details": _details(administration, record, figures, written),
        "payments": [payment(administration, record, money) for money in record.payments],
        "total_paid": text(paid),
        "total_unpaid": text(figures.incl - paid),
        "total_unpaid_base": text(open_base(figures, paid, record.rate)),
        "prices_are_incl_tax": record.prices_are_incl_tax,
        "total_price_excl_tax": text(figures.excl),
        "total_price_excl_tax_base": text(figures.excl_base),
        "total_price_incl_tax": text(figures.incl),
        "total_price_incl_tax_base": text(figures.incl_base),
        "marked_dubious_on": day(record.dubious_on),
        "marked_uncollectible_on": day(record.uncollectible_on),
        "notes": notes(administration, record.id),
        "attachments": attachments(administration, record.id),
        "events": _events(administration, record),
        "tax_totals": tax_totals(figures),
    }


def _details(
    administration: Administration, record: ExternalInvoice, figures: Figures, written: bool
) -> list[dict[str, Any]]:
    found = [detail(administration, line, figures, position) for position, line in enumerate(record.lines)]
    if not written and administration.dialect.d10_external_references == "empty":
        for line in found:
            line["tax_report_reference"] = []
    return found


def _events(administration: Administration, record: ExternalInvoice) -> list[dict[str, Any]]:
    """What its facts tell; of other changes only that there was one."""
    found = [event(administration, "external_sales_invoice_created", record.created)]
    if record.dubious_on is not None:
        at = min(moment(record.dubious_on, 15), record.updated)
        found.append(event(administration, "external_sales_invoice_marked_as_dubious", at))
    if record.uncollectible_on is not None:
        at = min(moment(record.uncollectible_on, 15), record.updated)
        found.append(event(administration, "external_sales_invoice_state_changed_to_uncollectible", at))
        found.append(event(administration, "external_sales_invoice_marked_as_uncollectible", at))
    if len(found) == 1 and record.updated > record.created:
        found.append(event(administration, "external_sales_invoice_updated", record.updated))
    return found
