"""The tables the VAT engine decides with, as they stand in the project, and one administration's tax rates."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.writeback.catalogue import TaxRate
from pipelines.writeback.vat import Answer, ConfirmedBox, Customer, Engine, Lookups, RuleTable, Sale, Seller

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)


def rows(path: str) -> list[dict[str, str]]:
    with (PROJECT / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


RULE_ROWS = rows("seeds/vat_rules.csv")
LOOKUPS = Lookups(
    rows("lookups/vat_rates.csv"), rows("lookups/eu_countries.csv"), rows("lookups/vat_zone_postcodes.csv")
)
ENGINE = Engine(RuleTable(RULE_ROWS), LOOKUPS)


def rate(key: str, percentage: str | None, *, country: str | None = None, active: bool = True) -> TaxRate:
    return TaxRate(key, key, Decimal(percentage) if percentage else None, "sales_invoice", active, country)


RATES = [
    rate("high", "21"), rate("low", "9"), rate("old-low", "6"), rate("zero", "0"), rate("eu", "0"),
    rate("export", "0.000000"), rate("exempt", None), rate("outside", "0"), rate("german", "19", country="DE"),
    rate("french", "20", country="FR"), rate("belgian", "21", country="BE"), rate("spanish", "21", country="ES"),
    TaxRate("purchase", "21", Decimal(21), "purchase_invoice", True),
]  # fmt: skip
BOXES: Mapping[str, ConfirmedBox] = {
    "high": ConfirmedBox("1a"), "low": ConfirmedBox("1b"), "old-low": ConfirmedBox("1b"), "zero": ConfirmedBox("1e"),
    "eu": ConfirmedBox("3b"), "export": ConfirmedBox("3a"), "german": ConfirmedBox("none"),
    "french": ConfirmedBox("none"), "belgian": ConfirmedBox("none"), "spanish": ConfirmedBox("none"),
    "purchase": ConfirmedBox("1a"),
    "exempt": ConfirmedBox("none", ("EXEMPT", "NONE")), "outside": ConfirmedBox("none", ("OUTSIDE_SCOPE",)),
}  # fmt: skip

SELLER = Seller("101", "accrual")
DUTCH = Customer("NL", "1012 AB")
GERMAN_PERSON = Customer("DE", "10115")
GERMAN = Customer(
    "DE", "10115", "Taube GmbH", "DE136695976", is_tax_number_valid=True,
    tax_number_validated_at=datetime(2026, 11, 1, tzinfo=UTC),
)  # fmt: skip
SWISS = Customer("CH", "8001", "Tauben AG")


def sale(**changed: Any) -> Sale:
    """A line of 100.00 today, a service under the general rule at the standard rate, unless told otherwise."""
    usual = {"supply_kind": "services", "vat_class": "standard", "service_place": "general"}
    return Sale(**{"amount": Decimal(100), "invoice_date": TODAY, **usual, **changed})


def goods(**changed: Any) -> Sale:
    """A line of goods that leave the Netherlands."""
    return sale(**{"supply_kind": "goods", "movement": "leaves", **changed})


def decide(line: Sale, customer: Customer, seller: Seller = SELLER, **changed: Any) -> Answer:
    return ENGINE.decide(line, customer, seller, **{"rates": RATES, "boxes": BOXES, "now": NOW, **changed})
