"""What is known of seller, customer and one line of a sale, before it becomes words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from pipelines.money import ZERO
from pipelines.writeback.vat.counters import ConsumerSales

PRODUCT_TYPES = {"product": "goods", "service": "services", "digital_service": "digital"}
"""Moneybird's `product_type` → the dimension supply_kind (OpenAPI of 2026-08-21, POST /products)."""


@dataclass(frozen=True)
class Seller:
    """`scheme` and `is_one_stop_shop` are the row of finance's `vat_regimes` on that day; None when there is none.

    `kor_turnover` is this year's until now, asked for only in the small business scheme.
    """

    administration_id: str
    scheme: str | None
    is_one_stop_shop: bool = False
    consumer_sales: ConsumerSales = field(default_factory=ConsumerSales)
    kor_turnover: Decimal = ZERO


@dataclass(frozen=True)
class Customer:
    """A contact as Moneybird has it. `is_business` is a person's word; None lets company name and VAT number tell."""

    country_code: str | None
    postcode: str | None = None
    company_name: str | None = None
    tax_number: str | None = None
    is_tax_number_valid: bool | None = None
    tax_number_validated_at: datetime | None = None
    is_business: bool | None = None
    in_fiscal_unity: bool = False


@dataclass(frozen=True)
class Sale:
    """One line. `amount` is without VAT, in euros; what is None nobody said.

    `vat_class` is a word of that dimension, or `stay`, whose nights then say which; `movement` of goods is `leaves`
    only where something proves it; `service_place` may be `where_it_happens`, in `happens_in`. `delivered_to` is
    country and postcode of goods that go elsewhere than to the customer's own address.
    """

    amount: Decimal
    invoice_date: date
    supply_kind: str | None = None
    vat_class: str | None = None
    movement: str = "stays"
    service_place: str | None = None
    happens_in: str | None = None
    first_night: date | None = None
    last_night: date | None = None
    delivered_to: tuple[str, str] | None = None
    is_margin: bool = False
    supplied_on: date | None = None
    received_on: date | None = None
    original_tax_point: date | None = None
