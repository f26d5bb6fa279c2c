"""What a rule comes to on the day of a sale: kind of rate, percentage, box, and the country whose rate it is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipelines.writeback.vat.deriving import Derived
from pipelines.writeback.vat.facts import Sale
from pipelines.writeback.vat.lookups import Lookups
from pipelines.writeback.vat.rules import Rule

_ZERO_RATED = ("NONE", "EXEMPT", "NL_ZERO", "REVERSE_NL", "REVERSE_EU", "INTRA_EU_GOODS", "EXPORT", "OUTSIDE_SCOPE")
_LEFT_OPEN = ("LOCAL", "NL_OTHER", "MARGIN")
"""Kinds whose percentage no table here knows."""

_KIND_OF_CLASS = {
    "standard": "NL_STANDARD", "stay_standard": "NL_STANDARD", "reverse_work": "NL_STANDARD",
    "reverse_listed": "NL_STANDARD", "reduced": "NL_REDUCED", "stay_reduced": "NL_REDUCED", "zero": "NL_ZERO",
    "other": "NL_OTHER",
}  # fmt: skip
"""Which of several kinds a rule leaves open goes with the product."""


@dataclass(frozen=True)
class Outcome:
    """None where the rule leaves it open; `problem` is why it may not."""

    kind: str | None = None
    percentage: Decimal | None = None
    box: str | None = None
    country_code: str | None = None
    problem: str = ""


def outcome_of(rule: Rule, derived: Derived, sale: Sale, lookups: Lookups) -> Outcome:
    """Percentages are those of the tax point, or of the night for a stay."""
    vat_class = derived.inputs.vat_class
    kind = _kind(rule, vat_class)
    if kind is None:
        return Outcome(problem=f"the rule has no rate for a product of class {vat_class}" if rule.rate_kinds else "")
    box = _box(rule, kind)
    if kind == "DESTINATION":
        return _of_destination(derived, box, lookups)
    if kind in _LEFT_OPEN:
        return Outcome(kind, None, box)
    percentage = Decimal(0) if kind in _ZERO_RATED else _dutch(kind, derived, sale, lookups)
    problem = "" if percentage is not None else f"vat_rates has no {kind} on {derived.tax_point:%d-%m-%Y}"
    return Outcome(kind, percentage, box, None, problem)


def _kind(rule: Rule, vat_class: str) -> str | None:
    if len(rule.rate_kinds) == 1:
        return rule.rate_kinds[0]
    wanted = _KIND_OF_CLASS.get(vat_class)
    return wanted if wanted in rule.rate_kinds else None


def _box(rule: Rule, kind: str) -> str | None:
    """The box of that kind; None where the rule names several for one kind, and a person chooses."""
    if len(rule.boxes) == 1:
        return rule.boxes[0]
    return rule.boxes[rule.rate_kinds.index(kind)] if len(rule.boxes) == len(rule.rate_kinds) else None


def _dutch(kind: str, derived: Derived, sale: Sale, lookups: Lookups) -> Decimal | None:
    """A night in accommodation has the rate of the night, whenever it is paid (DOMAIN R1.2)."""
    rate_kind = "reduced" if kind == "NL_REDUCED" else "standard"
    if derived.inputs.vat_class.startswith("stay_") and sale.first_night:
        return lookups.percentage("NL", rate_kind, sale.first_night, "accommodation")
    return lookups.percentage("NL", rate_kind, derived.tax_point)


def _of_destination(derived: Derived, box: str | None, lookups: Lookups) -> Outcome:
    """Only standard rates of other countries are known by date; their reduced ones have no dates and mix regions."""
    country = derived.destination or ""
    percentage = lookups.percentage(country, "standard", derived.tax_point)
    problem = ""
    if _KIND_OF_CLASS.get(derived.inputs.vat_class) != "NL_STANDARD":
        percentage, problem = None, f"only standard rates of {country or 'that country'} are known here"
    elif percentage is None:
        problem = f"vat_rates has no standard rate of {country or 'that country'}"
    return Outcome("DESTINATION", percentage, box, country, problem)
