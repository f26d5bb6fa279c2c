"""Subscriptions with the products they were of, their templates, and extra charges."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import decimal_text, text
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import Charge, Subscription, SubscriptionTemplate
from pipelines.sandbox.render.catalogue import product
from pipelines.sandbox.render.contacts import embedded, person


def subscription(administration: Administration, record: Subscription) -> dict[str, Any]:
    contact = administration.contacts[record.contact_id]
    newest = record.plan_start or record.start
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "start_date": record.start.isoformat(),
        "end_date": record.end.isoformat() if record.end else None,
        "frequency": record.frequency,
        "frequency_type": record.frequency_type,
        "reference": record.reference,
        "cancelled_at": iso(record.cancelled) if record.cancelled else None,
        "product_id": str(record.product_id),
        "product": product(administration, administration.products[record.product_id]),
        "contact_id": str(record.contact_id),
        "contact": embedded(administration, contact, contact.card),
        "contact_person_id": str(record.person.id) if record.person else None,
        "contact_person": person(administration, contact.id, record.person) if record.person else None,
        "subscription_products": [
            *(_plan(administration, p.start, p.end, p.product_id, p.amount, p.discount) for p in record.earlier),
            _plan(administration, newest, record.end, record.product_id, record.amount, record.discount),
        ],
        "recurring_sales_invoice_id": str(record.recurring_id) if record.recurring_id else None,
    }


def _plan(
    administration: Administration, start: date, end: date | None, product_id: int, amount: str, discount: Decimal
) -> dict[str, Any]:
    return {
        "start_date": start.isoformat(),
        "end_date": end.isoformat() if end else None,
        "product_id": str(product_id),
        "product": product(administration, administration.products[product_id]),
        "amount": amount,
        "discount": decimal_text(discount),
    }


def template(administration: Administration, record: SubscriptionTemplate) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "workflow_id": str(record.workflow_id),
        "document_style_id": str(record.document_style_id),
        "mergeable": record.mergeable,
        "contact_can_update": record.contact_can_update,
        "products": [product(administration, administration.products[id_]) for id_ in record.product_ids],
    }


def charge(administration: Administration, record: Charge) -> dict[str, Any]:
    """It belongs to a contact or to a subscription, never to both; its period is shown in months."""
    of_contact = record.contact_id if record.subscription_id is None else None
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "contact_id": str(of_contact) if of_contact else None,
        "subscription_id": str(record.subscription_id) if record.subscription_id else None,
        "product_id": str(record.product_id),
        "detail_id": str(record.line_id) if record.line_id else None,
        "amount": record.amount,
        "price": text(record.price),
        "period": f"{record.period[0]:%Y%m}..{record.period[1]:%Y%m}",
        "description": record.description,
    }
