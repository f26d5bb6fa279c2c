"""Recurring invoices with their lines, and the subscription behind one."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox import amounts
from pipelines.sandbox.actions.recurring import history, subscription_of
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import Recurring
from pipelines.sandbox.render.contacts import custom_values, embedded, event, person
from pipelines.sandbox.render.invoices import day, detail
from pipelines.sandbox.render.notes import attachments, notes
from pipelines.sandbox.render.subscriptions import subscription


def recurring_invoice(administration: Administration, record: Recurring) -> dict[str, Any]:
    """The full object. Contact and person are those of now: only what is sent keeps a copy."""
    figures = administration.figures(record)
    contact = administration.contacts[record.contact_id]
    behind = subscription_of(administration, record)
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "contact_id": str(record.contact_id),
        "contact": embedded(administration, contact, contact.card),
        "contact_person_id": str(record.person.id) if record.person else None,
        "contact_person": person(administration, contact.id, record.person) if record.person else None,
        "workflow_id": str(record.workflow_id),
        "start_date": day(record.start),
        "invoice_date": day(record.next_day),
        "last_date": day(record.last_day),
        "active": record.active,
        "payment_conditions": record.payment_conditions,
        "reference": record.reference,
        "language": record.language,
        "currency": record.currency,
        "discount": amounts.decimal_text(record.discount),
        "first_due_interval": record.due_days,
        "auto_send": record.auto_send,
        "sending_scheduled_at": None,
        "sending_scheduled_user_id": None,
        "frequency_type": record.frequency_type,
        "frequency": record.frequency,
        "created_at": iso(record.created),
        "updated_at": iso(record.updated),
        "version": record.updated // 1000,
        "prices_are_incl_tax": record.prices_are_incl_tax,
        "total_price_excl_tax": text(figures.excl),
        "total_price_excl_tax_base": text(figures.excl_base),
        "total_price_incl_tax": text(figures.incl),
        "total_price_incl_tax_base": text(figures.incl_base),
        "details": [detail(administration, line, figures, position) for position, line in enumerate(record.lines)],
        "custom_fields": custom_values(administration, record.custom_fields),
        "notes": notes(administration, record.id),
        "attachments": attachments(administration, record.id),
        "events": [
            event(administration, happening.action, happening.at, happening.data) for happening in history(record)
        ],
        "subscription": subscription(administration, behind) if behind else None,
    }
