"""Contacts and contact people, live and as the frozen copy on a sent invoice."""

from __future__ import annotations

import hashlib
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import Card, Contact, Person
from pipelines.sandbox.clock import iso
from pipelines.sandbox.render.notes import notes

BASE_URL = "https://moneybird.invalid"  # where the secret links would point; the contract wants this host in them

# Empty texts of a contact made through the API are "" in the contract's examples, those of other contacts are null.
_MAY_BE_EMPTY = (
    "company_name", "firstname", "lastname", "address1", "address2", "zipcode", "city", "phone", "tax_number",
    "chamber_of_commerce", "bank_account", "attention", "email", "send_invoices_to_attention", "send_invoices_to_email",
    "send_estimates_to_attention", "send_estimates_to_email", "sepa_iban", "sepa_iban_account_name", "sepa_bic",
    "sepa_mandate_id", "credit_card_number", "credit_card_reference", "si_identifier",
)  # fmt: skip


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
    events += [event(administration, "contact_merged", at, {"contact_name": name}) for at, name in record.merged]
    last = record.card.updated
    if record.card.archived:
        events.append(event(administration, "contact_archived", last))
    elif last > max([record.created, *(at for at, _ in record.merged)]):
        # Only the last change is remembered, and not what it changed.
        events.append(event(administration, "contact_changed", last, {"changes": {}}))
    return embedded(administration, record, record.card) | {"events": events}


def embedded(administration: Administration, record: Contact, card: Card) -> dict[str, Any]:
    """The object without events, for `card` as it was: documents carry this copy."""
    shown = _shown(administration, record, card)
    return shown | {name: card.empty for name in _MAY_BE_EMPTY if shown[name] is None}


def _shown(administration: Administration, record: Contact, card: Card) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "company_name": card.company_name,
        "firstname": card.firstname,
        "lastname": card.lastname,
        "address1": card.address1,
        "address2": card.address2,
        "zipcode": card.zipcode,
        "city": card.city,
        "country": card.country,
        "phone": card.phone,
        "delivery_method": card.delivery_method,
        "customer_id": card.customer_id,
        "tax_number": card.tax_number,
        "chamber_of_commerce": card.chamber_of_commerce,
        "bank_account": card.bank_account or card.mandate.iban,  # as the example ReturnsSepaIbanAsBankAccount
        "is_trusted": False,
        "max_transfer_amount": None,
        "attention": card.attention,
        "email": card.email,
        "email_ubl": card.email_ubl,
        "send_invoices_to_attention": card.attention,
        "send_invoices_to_email": card.email,
        "send_estimates_to_attention": card.estimates_attention,
        "send_estimates_to_email": card.estimates_email or card.email,
        "direct_debit": card.direct_debit,
        "sepa_active": bool(card.mandate.active),
        "sepa_iban": card.mandate.iban,
        "sepa_iban_account_name": card.mandate.iban_name,
        "sepa_bic": card.mandate.bic,
        "sepa_mandate_id": card.mandate.mandate_id,
        "sepa_mandate_date": card.mandate.day.isoformat() if card.mandate.day else None,
        "sepa_sequence_type": card.mandate.sequence,
        "credit_card_number": None,
        "credit_card_reference": None,
        "credit_card_type": None,
        "tax_number_validated_at": iso(card.validated or record.created) if card.tax_number_valid is not None else None,
        "tax_number_valid": card.tax_number_valid,
        "invoice_workflow_id": str(card.invoice_workflow_id) if card.invoice_workflow_id else None,
        "estimate_workflow_id": str(card.estimate_workflow_id) if card.estimate_workflow_id else None,
        "si_identifier": card.si_identifier,
        "si_identifier_type": card.si_identifier_type,
        "moneybird_payments_mandate": card.payments_mandate is not None,
        "created_at": iso(record.created),
        "updated_at": iso(card.updated),
        "version": card.updated // 1000,
        "sales_invoices_url": f"{BASE_URL}/{administration.id}/sales_invoices/{secret('contact', record.id)}/all",
        "notes": notes(administration, record.id),
        "custom_fields": custom_values(administration, card.custom_values),
        "contact_people": [person(administration, record.id, someone) for someone in card.people],
        "archived": card.archived,
    }


def person(administration: Administration, contact_id: int, someone: Person, frozen: bool = False) -> dict[str, Any]:
    """A contact person; the frozen copy on a sent invoice has no id of its own."""
    return {
        "id": None if frozen else str(someone.id),
        "contact_id": str(contact_id),
        "administration_id": str(administration.id),
        "firstname": someone.firstname or None,
        "lastname": someone.lastname or None,
        "phone": someone.phone,
        "email": someone.email,
        "department": someone.department,
        "created_at": iso(someone.created),
        "updated_at": iso(someone.updated or someone.created),
        "version": (someone.updated or someone.created) // 1000,
    }


def minimal(record: Contact) -> dict[str, Any]:
    """What a time entry shows of its contact."""
    return {
        "id": str(record.id),
        "firstname": record.card.firstname or record.card.empty,
        "lastname": record.card.lastname or record.card.empty,
        "company_name": record.card.company_name or record.card.empty,
    }


def custom_values(administration: Administration, values: tuple[tuple[int, str], ...]) -> list[dict[str, Any]]:
    """Custom fields with their values, as documents and contacts show them; a deleted field is left out."""
    return [
        {"id": str(id_), "name": administration.custom_fields[id_].name, "value": value}
        for id_, value in values
        if id_ in administration.custom_fields
    ]
