"""What is known of seller, customer and lines of one document: from the draft, the contact, the marts and finance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from pipelines.money import ZERO
from pipelines.writeback.catalogue import Contact, SoldAbroad, TaxRate
from pipelines.writeback.draft import Document, DraftLine, Supply
from pipelines.writeback.office import Office
from pipelines.writeback.tables import Tables
from pipelines.writeback.vat import (
    Answer,
    ConfirmedBox,
    ConsumerSale,
    ConsumerSales,
    Customer,
    Lookups,
    Sale,
    Seller,
    box_map,
    count_consumer_sales,
)
from pipelines.writeback.vat.facts import PRODUCT_TYPES

_NOTHING_SAID = Supply()


def is_business(document: Document, contact: Contact) -> bool:
    """A person's word; without it a company name or a VAT number tells."""
    if document.is_business is not None:
        return document.is_business
    return bool((contact.company_name or "").strip() or (contact.tax_number or "").strip())


@dataclass(frozen=True)
class SaleFacts:
    """One document by an administration to a contact, on a day."""

    document: Document
    contact: Contact
    day: date
    office: Office

    @cached_property
    def rates(self) -> tuple[TaxRate, ...]:
        return self.office.catalogue.tax_rates(self.document.administration_id)

    @cached_property
    def boxes(self) -> Mapping[str, ConfirmedBox]:
        """Only what finance confirmed; a box that was learned is named for confirmation (DOMAIN R2.1, R2.2)."""
        return box_map(self.office.tables.of("tax_rate_boxes"), self.document.administration_id, self.day)

    @cached_property
    def customer(self) -> Customer:
        contact = self.contact
        return Customer(
            country_code=contact.country_code,
            postcode=contact.postcode,
            company_name=contact.company_name,
            tax_number=contact.tax_number,
            is_tax_number_valid=contact.is_tax_number_valid,
            tax_number_validated_at=contact.tax_number_validated_at,
            is_business=self.document.is_business,
            in_fiscal_unity=_in_fiscal_unity(self.document, self.day, self.office.tables),
        )

    @cached_property
    def seller(self) -> Seller:
        """As finance's `vat_regimes` has it on the day; without a row no scheme is known, and nothing is decided."""
        administration_id, tables = self.document.administration_id, self.office.tables
        regimes = tables.on("vat_regimes", self.day, administration_id=administration_id)
        if not regimes:
            return Seller(administration_id, None)
        scheme = regimes[0]["scheme"]
        return Seller(
            administration_id,
            scheme,
            is_one_stop_shop=regimes[0]["is_one_stop_shop"] == "true",
            consumer_sales=self._consumer_sales(),
            kor_turnover=self._turnover_of_the_year() if scheme == "kor" else ZERO,
        )

    def sale(self, line: DraftLine, net: Decimal) -> Sale | None:
        """The line as the rules ask for it; None when neither the draft nor finance says what is sold."""
        product = self.product_supply(line)
        if line.supply is None and product is None:
            return None
        said, known = line.supply or _NOTHING_SAID, product or {}
        return Sale(
            amount=net,
            invoice_date=self.day,
            supply_kind=said.supply_kind or PRODUCT_TYPES.get(known.get("product_type", "")),
            vat_class=said.vat_class or known.get("vat_class") or "standard",
            movement=said.movement,
            service_place=said.service_place or known.get("service_place") or None,
            happens_in=said.happens_in,
            first_night=said.first_night,
            last_night=said.last_night,
            delivered_to=(said.delivered_to_country, said.delivered_to_postcode or "")
            if said.delivered_to_country
            else None,
            is_margin=said.is_margin,
            supplied_on=said.supplied_on,
        )

    def product_supply(self, line: DraftLine) -> Mapping[str, str] | None:
        """The row of finance's `product_supplies`: Moneybird takes a product's type but never gives it back."""
        if line.product_id is None:
            return None
        return next(iter(self._product_supplies(line.product_id)), None)

    def _product_supplies(self, product_id: str) -> Sequence[Mapping[str, str]]:
        return self.office.tables.on(
            "product_supplies", self.day, administration_id=self.document.administration_id, product_id=product_id
        )

    def _consumer_sales(self) -> ConsumerSales:
        first, last = date(self.day.year - 1, 1, 1), date(self.day.year, 12, 31)
        sold = self.office.catalogue.sold_to_people_abroad(self.document.administration_id, first, last)
        lookups = self.office.tables.engine.lookups
        counted = count_consumer_sales(self._as_counted(each, lookups) for each in sold)
        return ConsumerSales.of(counted, self.document.administration_id, self.day.year)

    def _as_counted(self, sold: SoldAbroad, lookups: Lookups) -> ConsumerSale:
        """What is not known to be a service of another kind counts as goods that went there: a limit seen too early is
        looked at by a person, one seen too late is Dutch VAT that was due elsewhere, and nobody would see it."""
        rows = self._product_supplies(sold.product_id) if sold.product_id else ()
        kind = PRODUCT_TYPES[rows[0]["product_type"]] if rows else "goods"
        return ConsumerSale(
            administration_id=self.document.administration_id,
            day=date(sold.year, 12, 31),
            customer_zone=lookups.zone(sold.country_code, sold.postcode, self.day).name,
            customer_type="consumer",
            supply_kind=kind,
            movement="leaves",
            amount=sold.amount,
        )

    def _turnover_of_the_year(self) -> Decimal:
        first, last = date(self.day.year, 1, 1), date(self.day.year, 12, 31)
        return self.office.catalogue.turnover(self.document.administration_id, first, last)


def after(seller: Seller, answer: Answer, net: Decimal, day: date) -> Seller:
    """The seller once this line is sold too: it may be the next line that crosses a limit."""
    sales = seller.consumer_sales
    counts = as_consumer_sale(seller, answer, net, day).counts
    more = replace(sales, this_year=sales.this_year + net) if counts else sales
    return replace(seller, consumer_sales=more, kor_turnover=seller.kor_turnover + net)


def as_consumer_sale(seller: Seller, answer: Answer, net: Decimal, day: date) -> ConsumerSale:
    """The line as the limit for consumers elsewhere in the EU may count it."""
    words = answer.evidence.inputs
    return ConsumerSale(
        administration_id=seller.administration_id,
        day=day,
        customer_zone=words["customer_zone"],
        customer_type=words["customer_type"],
        supply_kind=words["supply_kind"],
        movement=words["movement"],
        amount=net,
    )


def _in_fiscal_unity(document: Document, day: date, tables: Tables) -> bool:
    """Whether the contact is a company of the group (`intercompany_contacts`) that files VAT with the seller."""
    companies = tables.on(
        "intercompany_contacts", day, administration_id=document.administration_id, contact_id=document.contact_id
    )
    if not companies or not companies[0]["counterparty_administration_id"]:
        return False
    ours = _vat_entity(document.administration_id, day, tables)
    return bool(ours) and ours == _vat_entity(companies[0]["counterparty_administration_id"], day, tables)


def _vat_entity(administration_id: str, day: date, tables: Tables) -> str:
    regimes = tables.on("vat_regimes", day, administration_id=administration_id)
    return regimes[0]["vat_entity"] if regimes else ""
