"""Products, workflows with their steps, document styles."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import DocumentStyle, Product, Step, Workflow

_ADDRESS = (
    {"field": "company_name", "bold": True}, {"field": "address"}, {"field": "newline"}, {"field": "email"},
    {"field": "phone"}, {"field": "newline"}, {"field": "chamber_of_commerce", "label": True},
    {"field": "tax_number", "label": True}, {"field": "bank_account_number", "label": True},
)  # fmt: skip


def product(administration: Administration, record: Product) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "description": record.description,
        "title": record.title,
        "identifier": record.identifier,
        "price": text(record.price),
        "currency": record.currency,
        "frequency": record.frequency,
        "frequency_type": record.frequency_type,
        "tax_rate_id": str(record.tax_rate_id) if record.tax_rate_id else None,
        "ledger_account_id": str(record.account_id),
        "created_at": iso(record.created),
        "updated_at": iso(record.updated),
    }


def workflow(administration: Administration, record: Workflow) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "type": record.kind,
        "name": record.name,
        "default": record.default,
        "currency": record.currency,
        "language": record.language,
        "active": record.active,
        "prices_are_incl_tax": record.prices_are_incl_tax,
        "payment_methods": [],
        "collection_method": None,
        "number_of_collections": 0,
        "show_qr_code": True,
        "created_at": iso(record.created),
        "updated_at": iso(record.updated),
        "steps": [_step(administration, record, step, order) for order, step in enumerate(record.steps)],
    }


def _step(administration: Administration, owner: Workflow, record: Step, order: int) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "step_order": order,
        "due_interval": record.due,
        "reminder_delay": record.delay,
        "reminder_text": record.text,
        "reminder_auto_send": record.auto_send,
        "action": None,
        "created_at": iso(owner.created),
        "updated_at": iso(owner.updated),
    }


def document_style(administration: Administration, record: DocumentStyle) -> dict[str, Any]:
    """Layout as every administration starts with it; nothing in the sandbox prints it."""
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "name": record.name,
        "identity_id": str(record.identity_id),
        "default": record.default,
        "logo_hash": None,
        "logo_container_full_width": False,
        "logo_display_width": 50,
        "logo_position": "right",
        "background_hash": None,
        "paper_size": "A4",
        "address_position": "left",
        "font_size": 9,
        "font_family": "lucida_grande",
        "print_on_stationery": False,
        "custom_css": None,
        "invoice_sender_address": list(_ADDRESS),
        "invoice_metadata_left": [{"field": "reference"}],
        "invoice_metadata_right": [{"field": "invoice_date"}, {"field": "due_date"}],
        "estimate_sender_address": list(_ADDRESS),
        "estimate_metadata_left": [{"field": "reference"}],
        "estimate_metadata_right": [{"field": "estimate_date"}, {"field": "due_date"}],
        "created_at": iso(record.created),
        "updated_at": iso(record.updated),
    }
