"""What writing needs to know about an administration, asked of a `Catalogue` argument.

writeback never opens the warehouse: whoever calls it passes a catalogue. `MartsCatalogue` asks the published marts
through a function it is given, so the dashboard and the command line share one set of questions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

AskMarts = Callable[[str, Sequence[object]], Sequence[Mapping[str, Any]]]
"""Runs one SELECT with `?` parameters on the published marts; one mapping per row."""


@dataclass(frozen=True)
class Administration:
    """`locked_until` is the last day nobody may book on or before; None means nothing is locked."""

    administration_id: str
    name: str
    currency_code: str
    locked_until: date | None
    is_suspended: bool


@dataclass(frozen=True)
class Contact:
    contact_id: str
    name: str
    is_archived: bool


@dataclass(frozen=True)
class TaxRate:
    """`percentage` is 21 for 21 %; None means the rate has none. `country_code` is that of another country, or None."""

    tax_rate_id: str
    name: str
    percentage: Decimal | None
    tax_rate_type: str
    is_active: bool
    country_code: str | None = None


@dataclass(frozen=True)
class LedgerAccount:
    ledger_account_id: str
    name: str
    number: str | None
    is_active: bool
    is_sales_invoice_allowed: bool


@dataclass(frozen=True)
class Project:
    project_id: str
    name: str
    is_active: bool


class Catalogue(Protocol):
    """Looks one thing up; None means it does not exist there."""

    def administration(self, administration_id: str) -> Administration | None: ...
    def contact(self, administration_id: str, contact_id: str) -> Contact | None: ...
    def tax_rate(self, administration_id: str, tax_rate_id: str) -> TaxRate | None: ...
    def ledger_account(self, administration_id: str, ledger_account_id: str) -> LedgerAccount | None: ...
    def project(self, administration_id: str, project_id: str) -> Project | None: ...


class MartsCatalogue:
    """A Catalogue of the marts as they were last published; a record changed since then may be refused by Moneybird."""

    def __init__(self, ask: AskMarts) -> None:
        self._ask = ask

    def administration(self, administration_id: str) -> Administration | None:
        row = self._one(
            "select administration_id, administration_name, currency_code, period_locked_until_date, is_suspended "
            "from marts.dim_administration where administration_id = ?",
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
        )

    def contact(self, administration_id: str, contact_id: str) -> Contact | None:
        row = self._one(
            "select contact_id, contact_name, is_archived from marts.dim_contact "
            "where administration_id = ? and contact_id = ? and not is_deleted and not is_unknown",
            administration_id,
            contact_id,
        )
        return Contact(row["contact_id"], row["contact_name"] or "", bool(row["is_archived"])) if row else None

    def tax_rate(self, administration_id: str, tax_rate_id: str) -> TaxRate | None:
        row = self._one(
            "select tax_rate_id, tax_rate_name, percentage, tax_rate_type, is_active, country_code "
            "from marts.dim_tax_rate where administration_id = ? and tax_rate_id = ?",
            administration_id,
            tax_rate_id,
        )
        if row is None:
            return None
        return TaxRate(
            row["tax_rate_id"],
            row["tax_rate_name"],
            row["percentage"],
            row["tax_rate_type"],
            bool(row["is_active"]),
            row["country_code"],
        )

    def ledger_account(self, administration_id: str, ledger_account_id: str) -> LedgerAccount | None:
        row = self._one(
            "select ledger_account_id, account_name, account_number, is_active, is_sales_invoice_allowed "
            "from marts.dim_ledger_account where administration_id = ? and ledger_account_id = ?",
            administration_id,
            ledger_account_id,
        )
        if row is None:
            return None
        return LedgerAccount(
            row["ledger_account_id"],
            row["account_name"],
            row["account_number"],
            bool(row["is_active"]),
            bool(row["is_sales_invoice_allowed"]),
        )

    def project(self, administration_id: str, project_id: str) -> Project | None:
        row = self._one(
            "select project_id, project_name, project_state from marts.dim_project "
            "where administration_id = ? and project_id = ? and not is_deleted",
            administration_id,
            project_id,
        )
        return Project(row["project_id"], row["project_name"], row["project_state"] == "active") if row else None

    def _one(self, sql: str, *params: object) -> Mapping[str, Any] | None:
        rows = self._ask(sql, params)
        return rows[0] if rows else None
