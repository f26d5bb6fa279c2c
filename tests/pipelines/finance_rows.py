"""Rows of finance's tables for administration 101, as text, and the lookups as they stand in the project."""

from __future__ import annotations

from tests.pipelines.vat_tables import rows

LOOKUPS = {name: tuple(rows(f"lookups/{name}.csv")) for name in ("vat_rates", "eu_countries", "vat_zone_postcodes")}
VALID = {"valid_from_date": "2010-01-01", "valid_to_date": "", "confirmed_by": "Anna"}


def regime(scheme: str = "accrual", administration_id: str = "101", **changed: str) -> dict[str, str]:
    usual = {"filing_frequency": "quarter", "vat_entity": "", "is_one_stop_shop": "false"}
    return {"administration_id": administration_id, "scheme": scheme, **usual, **VALID, **changed}


def box(tax_rate_id: str, reference: str, kinds: str = "") -> dict[str, str]:
    named = {"administration_id": "101", "tax_rate_id": tax_rate_id}
    return {**named, "tax_report_reference": reference, "rate_kinds": kinds, **VALID}


def product(product_id: str, product_type: str, place: str = "", vat_class: str = "standard") -> dict[str, str]:
    named = {"administration_id": "101", "product_id": product_id}
    return {**named, "product_type": product_type, "vat_class": vat_class, "service_place": place, **VALID}


def mapping(account_number: str, **named: str) -> dict[str, str]:
    empty = dict.fromkeys(("administration_id", "product_id", "product_type", "vat_rule_id", "project_id"), "")
    return {**empty, **VALID, "account_number": account_number, **named}
