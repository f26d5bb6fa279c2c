"""What a customer's VAT number is worth: its format and checksums (python-stdnum), who confirmed it and how long ago.

Format is not registration: only the European register proves that, and Moneybird passes its answer on with a moment
(`tax_number_valid`, `tax_number_validated_at`; null is never asked, not invalid). Both Dutch checksums count: the
11-test of companies and the 97-test of sole traders since 2020, either is enough (DOMAIN 1.5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from stdnum.eu import vat as eu_vat

from pipelines.writeback.vat.lookups import Lookups

MAXIMUM_AGE = timedelta(days=30)
"""After this an answer of the register is asked again before VAT is left out (DOMAIN R1.15)."""


@dataclass(frozen=True)
class NumberStatus:
    """`status` is a word of the dimension vat_number_status; `number` is how it is written on an invoice."""

    status: str
    number: str
    reason: str


def normalised(tax_number: str, country_code: str | None, lookups: Lookups) -> str:
    """In capitals, without dots and spaces, with its country in front: `gr 094.259.216` → `EL094259216`."""
    number = re.sub(r"[^A-Z0-9+*]", "", tax_number.upper())
    if number.startswith("GR"):
        number = "EL" + number[2:]
    if number[:2] not in lookups.vat_prefixes:
        number = (lookups.vat_prefix(country_code or "") or "") + number
    return number


def judge(
    tax_number: str | None,
    country_code: str | None,
    zone: str,
    *,
    is_valid: bool | None,
    validated_at: datetime | None,
    now: datetime,
    lookups: Lookups,
) -> NumberStatus:
    """The state of the number on `now`. `is_valid` and `validated_at` are what Moneybird says of the contact."""
    if not (tax_number or "").strip():
        return NumberStatus("missing", "", "no VAT number")
    number = normalised(tax_number or "", country_code, lookups)
    if zone not in ("NL", "EU", "XI", "FISCAL_UNITY"):
        return NumberStatus("unchecked", number, f"{number} is of no register of the EU that counts here")
    if not eu_vat.is_valid(number):
        told = ", although Moneybird calls it valid" if is_valid else ""
        return NumberStatus("invalid", number, f"{number} fails the format or checksum of its country{told}")
    if (written := eu_vat.compact(number)) != number:  # python-stdnum fills zeros in; the register does not
        return NumberStatus("invalid", number, f"{number} lacks a digit, unless {written} is meant")
    if zone == "EU" and number.startswith("NL"):
        return NumberStatus("invalid", number, f"{number} is Dutch; a number of another member state is needed")
    if zone == "XI" and not number.startswith("XI"):
        return NumberStatus("invalid", number, f"{number} does not begin with XI, which Northern Ireland's numbers do")
    return _confirmed(number, is_valid, validated_at, now)


def _confirmed(number: str, is_valid: bool | None, validated_at: datetime | None, now: datetime) -> NumberStatus:
    if is_valid is None or validated_at is None:
        return NumberStatus("unchecked", number, f"nobody knows whether {number} is registered")
    when = f"{validated_at:%d-%m-%Y}"
    if not is_valid:
        return NumberStatus("invalid", number, f"{number} was refused by the register on {when}")
    if now - validated_at > MAXIMUM_AGE:  # not how long ago: a sentence that changes daily would void every approval
        return NumberStatus("stale", number, f"{number} was confirmed on {when}")
    return NumberStatus("valid", number, f"{number} was confirmed on {when}")
