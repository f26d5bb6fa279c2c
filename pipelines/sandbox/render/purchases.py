"""Purchase invoices and receipts: one object, served in two collections."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox import allocations, states_documents
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.allocations import Shown
from pipelines.sandbox.amounts import decimal_text, text
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import Purchase
from pipelines.sandbox.render.invoices import detail
from pipelines.sandbox.render.notes import attachments, notes
from pipelines.sandbox.render.papers import contact, day, events
from pipelines.sandbox.render.payments import payment


def purchase(administration: Administration, record: Purchase) -> dict[str, Any]:
    """The full object, as reads and answers to writes give it."""
    figures = administration.figures(record)
    shown = allocations.shown(record, figures)
    updated = states_documents.updated(record, figures, administration.clock.milliseconds())
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "contact_id": str(record.contact_id) if record.contact_id else None,
        "contact": contact(administration, record.contact_id),
        "reference": record.reference,
        "date": record.day.isoformat(),
        "due_date": day(record.due_date),
        "entry_number": record.entry_number,
        "state": states_documents.state(record, figures, administration.clock.today()),
        "currency": record.currency,
        "exchange_rate": decimal_text(record.rate),
        "revenue_invoice": record.is_revenue,
        "prices_are_incl_tax": record.prices_are_incl_tax,
        "origin": record.origin,
        "paid_at": day(states_documents.paid_on(record, figures)),
        "tax_number": record.tax_number,
        "total_price_excl_tax": text(shown.excl),
        "total_price_excl_tax_base": text(shown.excl_base),
        "total_price_incl_tax": text(figures.incl),
        "total_price_incl_tax_base": text(figures.incl_base),
        "created_at": iso(record.created),
        "updated_at": iso(updated),
        "version": updated // 1000,
        "details": _details(administration, record, shown),
        "fiscal_allocations": _allocations(administration, record, shown),
        "payments": [payment(administration, record, paid) for paid in record.payments],
        "notes": notes(administration, record.id),
        "attachments": attachments(administration, record.id),
        "events": events(administration, record),
    }


def _details(administration: Administration, record: Purchase, shown: Shown) -> list[dict[str, Any]]:
    """Lines with their net after the private shares."""
    figures = administration.figures(record)._replace(nets=shown.nets, nets_base=shown.nets_base)
    return [detail(administration, line, figures, position) for position, line in enumerate(record.lines)]


def _allocations(administration: Administration, record: Purchase, shown: Shown) -> list[dict[str, Any]]:
    return [
        {
            "id": str(allocation.id),
            "administration_id": str(administration.id),
            "ledger_account_id": str(allocation.account_id),
            "private_ledger_account_id": str(allocation.private_account_id),
            "percentage": decimal_text(allocation.percentage),
            "price": text(price),
            "price_base": text(base),
            "created_at": iso(allocation.created),
            "updated_at": iso(allocation.updated),
        }
        for allocation, price, base in zip(record.allocations, shown.prices, shown.prices_base, strict=True)
    ]
