"""Contacts and contact people, live and as the frozen copy on a sent invoice."""

from __future__ import annotations

import hashlib
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import Card, Contact, Person
from pipelines.sandbox.clock import iso

BASE_URL = "https://moneybird.invalid"  # where the secret links would point; the contract wants this host in them


def secret(*parts: object) -> str:
    """64 hexadecimal characters, the same for the same parts: stands in for a capability in a link."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()


def event(administration: Administration, action: str, at: int, data: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "administration_id": str(administration.id),
        "user_id": str(administration.owner_id),
        "action": action,
        "link_entity_id": None,
        "link_entity_type": None,
        "data": data or {},
        "created_at": iso(at),
        "updated_at": iso(at),
    }


def contact(administration: Administration, record: Contact) -> dict[str, Any]:
    """The full object of lists, sync and single reads."""
    events = [event(administration, "contact_created", record.created)]
    if record.card.archived:
        events.append(event(administration, "contact_archived", record.card.updated))
    return embedded(administration, record, record.card) | {"events": events}


def embedded(administration: Administration, record: Contact, card: Card) -> dict[str, Any]:
    """The object without events, for `card` as it was: documents carry this copy."""
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "company_name": card.company_name,
        "firstname": card.firstname,
        "lastname": card.lastname,
        "address1": card.address1,
        "address2": None,
        "zipcode": card.zipcode,
        "city": card.city,
        "country": card.country,
        "phone": card.phone,
        "delivery_method": card.delivery_method,
        "customer_id": card.customer_id,
        "tax_number": card.tax_number,
        "chamber_of_commerce": card.chamber_of_commerce,
        "bank_account": card.bank_account,
        "is_trusted": False,
        "max_transfer_amount": None,
        "attention": None,
        "email": card.email,
        "email_ubl": True,
        "send_invoices_to_attention": None,
        "send_invoices_to_email": card.email,
        "send_estimates_to_attention": None,
        "send_estimates_to_email": card.email,
        "direct_debit": False,
        "sepa_active": False,
        "sepa_iban": None,
        "sepa_iban_account_name": None,
        "sepa_bic": None,
        "sepa_mandate_id": None,
        "sepa_mandate_date": None,
        "sepa_sequence_type": "RCUR",
        "credit_card_number": None,
        "credit_card_reference": None,
        "credit_card_type": None,
        "tax_number_validated_at": iso(record.created) if card.tax_number_valid is not None else None,
        "tax_number_valid": card.tax_number_valid,
        "invoice_workflow_id": None,
        "estimate_workflow_id": None,
        "si_identifier": None,
        "si_identifier_type": None,
        "moneybird_payments_mandate": False,
        "created_at": iso(record.created),
        "updated_at": iso(card.updated),
        "version": card.updated // 1000,
        "sales_invoices_url": f"{BASE_URL}/{administration.id}/sales_invoices/{secret('contact', record.id)}/all",
        "notes": [],
        "custom_fields": [],
        "contact_people": [person(administration, record.id, someone) for someone in card.people],
        "archived": card.archived,
    }


def person(administration: Administration, contact_id: int, someone: Person, frozen: bool = False) -> dict[str, Any]:
    """A contact person; the frozen copy on a sent invoice has no id of its own."""
    return {
        "id": None if frozen else str(someone.id),
        "contact_id": str(contact_id),
        "administration_id": str(administration.id),
        "firstname": someone.firstname,
        "lastname": someone.lastname,
        "phone": None,
        "email": someone.email,
        "department": someone.department,
        "created_at": iso(someone.created),
        "updated_at": iso(someone.created),
        "version": someone.created // 1000,
    }


def minimal(record: Contact) -> dict[str, Any]:
    """What a time entry shows of its contact."""
    return {
        "id": str(record.id),
        "firstname": record.card.firstname,
        "lastname": record.card.lastname,
        "company_name": record.card.company_name,
    }
