"""Administrations and contacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from pipelines.writeback.catalogue.asking import Asker


@dataclass(frozen=True)
class Administration:
    """`locked_until` is the last day nobody may book on or before, None for nothing; `synced_at` when it was read.

    `is_wholly_synced` says that every list that was due was read then.
    """

    administration_id: str
    name: str
    currency_code: str
    locked_until: date | None
    is_suspended: bool
    synced_at: datetime | None = None
    is_wholly_synced: bool = True


@dataclass(frozen=True)
class Contact:
    """`is_tax_number_valid` is None when nobody ever asked; `tax_number_validated_at` is when Moneybird last did."""

    contact_id: str
    name: str
    is_archived: bool
    country_code: str | None = None
    postcode: str | None = None
    company_name: str | None = None
    tax_number: str | None = None
    is_tax_number_valid: bool | None = None
    tax_number_validated_at: datetime | None = None


class Parties(Protocol):
    """Looks one up; None means it does not exist there."""

    def administration(self, administration_id: str) -> Administration | None: ...
    def contact(self, administration_id: str, contact_id: str) -> Contact | None: ...
    def contact_numbered(self, administration_id: str, customer_number: str) -> str | None: ...


class MartsParties(Asker):
    """Parties as the marts have them."""

    def administration(self, administration_id: str) -> Administration | None:
        row = self._one(
            "select administration_id, administration_name, currency_code, period_locked_until_date, is_suspended, "
            "last_synced_at, sync_status from marts.dim_administration where administration_id = ?",
            administration_id,
        )
        if row is None:
            return None
        return Administration(
            row["administration_id"],
            row["administration_name"],
            row["currency_code"] or "EUR",
            row["period_locked_until_date"],
            bool(row["is_suspended"]),
            row["last_synced_at"],
            row["sync_status"] == "ok",
        )

    def contact(self, administration_id: str, contact_id: str) -> Contact | None:
        row = self._one(
            "select contact_id, contact_name, is_archived, country_code, zipcode, company_name, tax_number, "
            "is_tax_number_valid, tax_number_validated_at from marts.dim_contact "
            "where administration_id = ? and contact_id = ? and not is_deleted and not is_unknown",
            administration_id,
            contact_id,
        )
        if row is None:
            return None
        return Contact(
            row["contact_id"],
            row["contact_name"] or "",
            bool(row["is_archived"]),
            row["country_code"],
            row["zipcode"],
            row["company_name"],
            row["tax_number"],
            row["is_tax_number_valid"],
            row["tax_number_validated_at"],
        )

    def contact_numbered(self, administration_id: str, customer_number: str) -> str | None:
        """The id of the contact with this customer number."""
        row = self._one(
            "select contact_id from marts.dim_contact "
            "where administration_id = ? and customer_number = ? and not is_deleted and not is_unknown",
            administration_id,
            customer_number,
        )
        return str(row["contact_id"]) if row else None
