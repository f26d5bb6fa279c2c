"""Facts of law the engine is given: rates by date, member states by date, and postcodes outside their country's VAT."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Rows = Iterable[Mapping[str, str]]
_FOREVER = date.max


@dataclass(frozen=True)
class Zone:
    """Where a place stands for VAT. `is_certain` is False when only a postcode that is not there could tell."""

    name: str
    reason: str
    is_certain: bool = True


@dataclass(frozen=True)
class _Rate:
    country_code: str
    rate_kind: str
    supply_type: str
    percentage: Decimal
    first: date
    last: date


@dataclass(frozen=True)
class _Member:
    vat_prefix: str
    first: date
    last: date


class Lookups:
    """`vat_rates`, `eu_countries` and `vat_zone_postcodes` of dbt_project/lookups, as rows of text."""

    def __init__(self, vat_rates: Rows, eu_countries: Rows, vat_zone_postcodes: Rows) -> None:
        self._rates = tuple(_rate(row) for row in vat_rates)
        self._members = {row["country_code"]: _member(row) for row in eu_countries}
        self._postcodes: dict[str, dict[str, tuple[str, str]]] = {}
        for row in vat_zone_postcodes:
            zones = self._postcodes.setdefault(row["country_code"], {})
            zones[row["postcode_prefix"]] = (row["customer_zone"], row["area_name"])

    def percentage(self, country_code: str, rate_kind: str, day: date, supply_type: str = "any") -> Decimal | None:
        """The percentage of that day; None when the table has none."""
        for rate in self._rates:
            wanted = (rate.country_code, rate.rate_kind, rate.supply_type) == (country_code, rate_kind, supply_type)
            if wanted and rate.first <= day <= rate.last:
                return rate.percentage
        return None

    def stay_kind(self, night: date) -> str | None:
        """Whether a night in Dutch accommodation has the `standard` or the `reduced` rate (DOMAIN R1.2)."""
        for kind in ("standard", "reduced"):
            if self.percentage("NL", kind, night, "accommodation") is not None:
                return kind
        return None

    def vat_prefix(self, country_code: str) -> str | None:
        """The letters before a VAT number of that member state, EL for Greece."""
        member = self._members.get(country_code)
        return member.vat_prefix if member else None

    def taxed_as(self, country_code: str | None) -> str | None:
        """The country whose rates hold there: Monaco has those of France."""
        prefix = self.vat_prefix(country_code or "")
        return prefix if prefix in self._members else country_code

    @property
    def vat_prefixes(self) -> frozenset[str]:
        return frozenset({"XI"} | {member.vat_prefix for member in self._members.values()})

    def zone(self, country_code: str | None, postcode: str | None, day: date) -> Zone:
        """The zone of an address: the longest start of a postcode that is listed wins over the country."""
        country = (country_code or "").strip().upper()
        if not country:
            return Zone("unknown", "the customer has no country")
        if country == "NL":
            return Zone("NL", "the customer is in the Netherlands")
        zones = self._postcodes.get(country, {})
        code = _compact(country, postcode)
        for length in range(len(code), 0, -1):
            if found := zones.get(code[:length]):
                return Zone(found[0], f"postcode {code} in {country} is {found[1]}")
        member = self._members.get(country)
        inside = member is not None and member.first <= day <= member.last
        # Without the date: an undated draft is judged anew every day, and another sentence would void its approval.
        reason = f"{country} {'is' if inside else 'is not'} a member state that day"
        if zones and not code:
            reason += ", but without a postcode a part of it with other VAT cannot be excluded"
        return Zone("EU" if inside else "NON_EU", reason, is_certain=bool(code) or not zones)


def _compact(country: str, postcode: str | None) -> str:
    """The postcode without spaces, dashes and the country's letters some write in front: `FI-22100` → `22100`."""
    code = re.sub(r"[^A-Z0-9]", "", (postcode or "").upper())
    rest = code.removeprefix(country)
    return rest if rest[:1].isdigit() else code


def _rate(row: Mapping[str, str]) -> _Rate:
    first, last = _period(row["valid_from_date"], row["valid_to_date"])
    return _Rate(row["country_code"], row["rate_kind"], row["supply_type"], Decimal(row["percentage"]), first, last)


def _member(row: Mapping[str, str]) -> _Member:
    return _Member(row["vat_prefix"], *_period(row["joined_on"], row["left_on"]))


def _period(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last) if last else _FOREVER
