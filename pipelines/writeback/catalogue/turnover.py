"""What an administration sold so far, for the two limits a seller can cross (vat/counters.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from pipelines.money import ZERO
from pipelines.writeback.catalogue.asking import Asker


@dataclass(frozen=True)
class SoldAbroad:
    """What people without company name and VAT number in one place abroad bought of one product in one year.

    `amount` is without VAT, in the administration's currency; `product_id` None where lines named none.
    """

    year: int
    country_code: str
    postcode: str | None
    product_id: str | None
    amount: Decimal


class Turnover(Protocol):
    """Adds up what stands on sales invoices of every source; drafts are not sold yet, and `drafted` apart."""

    def turnover(self, administration_id: str, first: date, last: date) -> Decimal: ...
    def sold_to_people_abroad(self, administration_id: str, first: date, last: date) -> tuple[SoldAbroad, ...]: ...
    def drafted(self, administration_id: str) -> Decimal: ...


class MartsTurnover(Asker):
    """Turnover as the marts have it."""

    def turnover(self, administration_id: str, first: date, last: date) -> Decimal:
        """Everything, also what the small business scheme would leave out (exempt, abroad): a limit that is seen too
        early costs a person a look, one that is seen too late costs the VAT."""
        row = self._one(
            "select sum(net_base_amount) as amount from marts.fct_sales_invoice_line "
            "where administration_id = ? and not is_draft and invoice_date between ? and ?",
            administration_id,
            first,
            last,
        )
        return row["amount"] or ZERO if row else ZERO

    def sold_to_people_abroad(self, administration_id: str, first: date, last: date) -> tuple[SoldAbroad, ...]:
        """Invoice by invoice the contact as it was that day, as that decided its VAT; a business that gave neither
        company name nor number is among them. Countries and kinds of product are told apart by whoever asks: the EU
        and what a product is are tables, not facts of an invoice. What lines were taxed with does not count, as a
        wrong rate would hide the sale that should have been declared abroad."""
        rows = self._ask(
            "select cast(extract(year from lines.invoice_date) as integer) as year, versions.country_code, "
            "versions.zipcode, products.product_id, sum(lines.net_base_amount) as amount "
            "from marts.fct_sales_invoice_line as lines "
            "join marts.fct_sales_invoice as invoices on lines.sales_invoice_key = invoices.sales_invoice_key "
            "join marts.dim_contact_version as versions on invoices.contact_version_key = versions.contact_version_key "
            "join marts.dim_product as products on lines.product_key = products.product_key "
            "where lines.administration_id = ? and not lines.is_draft and lines.invoice_date between ? and ? "
            "and versions.company_name is null and versions.tax_number is null and versions.country_code <> 'NL' "
            "group by all order by all",
            (administration_id, first, last),
        )
        return tuple(
            SoldAbroad(row["year"], row["country_code"], row["zipcode"], row["product_id"], row["amount"] or ZERO)
            for row in rows
        )

    def drafted(self, administration_id: str) -> Decimal:
        """What drafts there may yet sell, of any date; credits among them make no room."""
        row = self._one(
            "select sum(net_base_amount) as amount from marts.fct_sales_invoice_line "
            "where administration_id = ? and is_draft and net_base_amount > 0",
            administration_id,
        )
        return row["amount"] or ZERO if row else ZERO
