"""Sales invoices that stand at Moneybird already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from pipelines.writeback.catalogue.asking import Asker


@dataclass(frozen=True)
class InvoiceLine:
    """`unit_price` is with or without VAT as the invoice's prices are; `net_amount` without, after discount."""

    line_id: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    net_amount: Decimal
    tax_rate_id: str
    ledger_account_id: str
    project_id: str | None = None
    product_id: str | None = None
    product_code: str | None = None


@dataclass(frozen=True)
class SalesInvoice:
    """An invoice of Moneybird's own with its lines in order. `credited_amount` is what its credit invoices, drafts
    included, took off already: with VAT, positive."""

    sales_invoice_id: str
    contact_id: str
    state: str
    number: str | None
    reference: str | None
    invoice_date: date | None
    currency_code: str
    total_excl_amount: Decimal
    tax_amount: Decimal
    total_incl_amount: Decimal
    is_credit: bool
    credited_amount: Decimal
    lines: tuple[InvoiceLine, ...]


class Documents(Protocol):
    """Looks one up; None means it does not exist there."""

    def sales_invoice(self, administration_id: str, sales_invoice_id: str) -> SalesInvoice | None: ...
    def sales_invoice_by_number(self, administration_id: str, number: str) -> SalesInvoice | None: ...


class MartsDocuments(Asker):
    """Documents as the marts have them. A key is `administration-id`, so the id is what follows."""

    def sales_invoice(self, administration_id: str, sales_invoice_id: str) -> SalesInvoice | None:
        row = self._one(
            "select sales_invoice_key, substr(contact_key, length(administration_id) + 2) as contact_id, state, "
            "invoice_number, reference, invoice_date, currency_code, total_excl_amount, tax_amount, total_incl_amount, "
            "is_credit or original_sales_invoice_key is not null as is_credit, "
            "(select coalesce(-sum(credits.total_incl_amount), 0) from marts.fct_sales_invoice as credits "
            "where credits.original_sales_invoice_key = invoices.sales_invoice_key) as credited_amount "
            "from marts.fct_sales_invoice as invoices "
            "where administration_id = ? and sales_invoice_id = ? and source = 'own'",
            administration_id,
            sales_invoice_id,
        )
        if row is None:
            return None
        return SalesInvoice(
            sales_invoice_id,
            row["contact_id"],
            row["state"],
            row["invoice_number"],
            row["reference"],
            row["invoice_date"],
            row["currency_code"],
            row["total_excl_amount"],
            row["tax_amount"],
            row["total_incl_amount"],
            bool(row["is_credit"]),
            row["credited_amount"],
            self._lines(row["sales_invoice_key"]),
        )

    def sales_invoice_by_number(self, administration_id: str, number: str) -> SalesInvoice | None:
        row = self._one(
            "select sales_invoice_id from marts.fct_sales_invoice "
            "where administration_id = ? and invoice_number = ? and source = 'own'",
            administration_id,
            number,
        )
        return self.sales_invoice(administration_id, row["sales_invoice_id"]) if row else None

    def _lines(self, sales_invoice_key: str) -> tuple[InvoiceLine, ...]:
        rows = self._ask(
            "select substr(sales_invoice_line_key, length(lines.administration_id) + 2) as line_id, "
            "lines.description, lines.quantity, lines.unit_price, lines.net_amount, "
            "substr(lines.tax_rate_key, length(lines.administration_id) + 2) as tax_rate_id, "
            "substr(lines.ledger_account_key, length(lines.administration_id) + 2) as ledger_account_id, "
            "dim_project.project_id, dim_product.product_id, dim_product.product_code "
            "from marts.fct_sales_invoice_line as lines "
            "left join marts.dim_project on lines.project_key = dim_project.project_key "
            "left join marts.dim_product on lines.product_key = dim_product.product_key "
            "where lines.sales_invoice_key = ? order by lines.row_order, sales_invoice_line_key",
            (sales_invoice_key,),
        )
        return tuple(_line(row) for row in rows)


def _line(row: Mapping[str, Any]) -> InvoiceLine:
    quantity = row["quantity"]  # a heading of the marts has none; it has no price either
    return InvoiceLine(
        **{**row, "description": row["description"] or "", "quantity": Decimal(1) if quantity is None else quantity}
    )
