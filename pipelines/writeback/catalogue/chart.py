"""Tax rates, ledger accounts, products and projects."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from pipelines.writeback.catalogue.asking import Asker


@dataclass(frozen=True)
class TaxRate:
    """`percentage` is 21 for 21 %; None means the rate has none. `country_code` is that of another country, or None.

    `learned_box` is where documents and reports put it so far, for finance to confirm: nothing is decided by it.
    """

    tax_rate_id: str
    name: str
    percentage: Decimal | None
    tax_rate_type: str
    is_active: bool
    country_code: str | None = None
    learned_box: str | None = None


@dataclass(frozen=True)
class LedgerAccount:
    ledger_account_id: str
    name: str
    number: str | None
    is_active: bool
    is_sales_invoice_allowed: bool


@dataclass(frozen=True)
class Product:
    product_id: str
    name: str
    is_deleted: bool


@dataclass(frozen=True)
class Project:
    project_id: str
    name: str
    is_active: bool


class Chart(Protocol):
    """Looks one up, None means it does not exist there; or lists all of an administration."""

    def tax_rates(self, administration_id: str) -> tuple[TaxRate, ...]: ...
    def tax_rate(self, administration_id: str, tax_rate_id: str) -> TaxRate | None: ...
    def ledger_accounts(self, administration_id: str) -> tuple[LedgerAccount, ...]: ...
    def ledger_account(self, administration_id: str, ledger_account_id: str) -> LedgerAccount | None: ...
    def product(self, administration_id: str, product_id: str) -> Product | None: ...
    def project(self, administration_id: str, project_id: str) -> Project | None: ...


class MartsChart(Asker):
    """The chart as the marts have it. Rates and accounts are few, so one is looked up among all."""

    def tax_rates(self, administration_id: str) -> tuple[TaxRate, ...]:
        rows = self._ask(
            "select tax_rate_id, tax_rate_name, percentage, tax_rate_type, is_active, country_code, "
            "case when box_source in ('learned_lines', 'learned_report') then tax_report_reference end as learned_box "
            "from marts.dim_tax_rate where administration_id = ? and tax_rate_id is not null order by tax_rate_id",
            (administration_id,),
        )
        return tuple(
            TaxRate(
                row["tax_rate_id"],
                row["tax_rate_name"],
                row["percentage"],
                row["tax_rate_type"],
                bool(row["is_active"]),
                row["country_code"],
                row["learned_box"],
            )
            for row in rows
        )

    def tax_rate(self, administration_id: str, tax_rate_id: str) -> TaxRate | None:
        return next((rate for rate in self.tax_rates(administration_id) if rate.tax_rate_id == tax_rate_id), None)

    def ledger_accounts(self, administration_id: str) -> tuple[LedgerAccount, ...]:
        rows = self._ask(
            "select ledger_account_id, account_name, account_number, is_active, is_sales_invoice_allowed "
            "from marts.dim_ledger_account where administration_id = ? and ledger_account_id is not null "
            "order by ledger_account_id",
            (administration_id,),
        )
        return tuple(
            LedgerAccount(
                row["ledger_account_id"],
                row["account_name"],
                row["account_number"],
                bool(row["is_active"]),
                bool(row["is_sales_invoice_allowed"]),
            )
            for row in rows
        )

    def ledger_account(self, administration_id: str, ledger_account_id: str) -> LedgerAccount | None:
        accounts = self.ledger_accounts(administration_id)
        return next((each for each in accounts if each.ledger_account_id == ledger_account_id), None)

    def product(self, administration_id: str, product_id: str) -> Product | None:
        row = self._one(
            "select product_id, product_name, is_deleted from marts.dim_product "
            "where administration_id = ? and product_id = ? and not is_unknown",
            administration_id,
            product_id,
        )
        return Product(row["product_id"], row["product_name"], bool(row["is_deleted"])) if row else None

    def project(self, administration_id: str, project_id: str) -> Project | None:
        row = self._one(
            "select project_id, project_name, project_state from marts.dim_project "
            "where administration_id = ? and project_id = ? and not is_deleted",
            administration_id,
            project_id,
        )
        return Project(row["project_id"], row["project_name"], row["project_state"] == "active") if row else None
