"""Identities, custom fields and what was verified of the company."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import CustomField, Identity
from pipelines.sandbox.render.contacts import custom_values


def identity(administration: Administration, record: Identity) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "company_name": record.company_name,
        "city": record.city,
        "country": record.country,
        "zipcode": record.zipcode,
        "address1": record.address1,
        "address2": record.address2,
        "email": record.email,
        "phone": record.phone,
        "bank_account_name": record.bank_account_name,
        "bank_account_number": record.bank_account_number,
        "bank_account_bic": record.bank_account_bic,
        "custom_fields": custom_values(administration, record.custom_values),
        "updated_at": iso(record.updated),
        "created_at": iso(record.created),
        "chamber_of_commerce": record.chamber_of_commerce,
        "tax_number": record.tax_number,
    }


def custom_field(administration: Administration, record: CustomField) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "name": record.name,
        "source": record.source,
    }


def verifications(administration: Administration) -> dict[str, Any]:
    """What is verified: everything the default identity says. Empty where there is no identity yet."""
    record = administration.identities.get(administration.identity_id)
    if record is None:
        return {}
    found: dict[str, Any] = {}
    if record.email:
        found["emails"] = [record.email]
    if record.bank_account_number:
        found["bank_account_numbers"] = [record.bank_account_number]
    if record.chamber_of_commerce:
        found["chamber_of_commerce_number"] = record.chamber_of_commerce
    if record.tax_number:
        found["tax_number"] = record.tax_number
    return found
