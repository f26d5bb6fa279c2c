"""What a person must look at before a contact is written: never refused, never silent.

Others that look like it are found by exact numbers alone (KvK, VAT, IBAN); DOMAIN §9 also scores names, addresses and
mail domains, which this does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipelines.writeback.catalogue.contacts import ContactCard
from pipelines.writeback.office import Office
from pipelines.writeback.vat.numbers import judge

_KVK = re.compile(r"\d{8}")
_SAID = {"chamber_of_commerce": "KvK number", "tax_number": "VAT number", "bank_account": "bank account"}


def reviews(
    administration_id: str,
    there: ContactCard | None,
    changed: Mapping[str, str],
    after: Mapping[str, str],
    office: Office,
) -> Iterator[str]:
    """One sentence each; `changed` are the values to be written, `after` the whole card with them."""
    if {"tax_number", "country", "zipcode"} & changed.keys() and after.get("tax_number"):
        yield from _vat_number(after, office)
    if changed.get("chamber_of_commerce") and after.get("country", "NL") == "NL":
        yield from _kvk_number(changed["chamber_of_commerce"])
    if there is not None and there.values["bank_account"] and "bank_account" in changed:
        yield (
            f"The bank account of {there.name} changes; ask them through a channel you know, as a changed account is "
            "how invoice fraud begins."
        )
    for twin in office.catalogue.contact_twins(administration_id, changed, there.contact_id if there else None):
        yield (
            f"{twin.name} (customer id {twin.customer_id or 'none'}, contact {twin.contact_id}) has the same "
            f"{_SAID[twin.field]}; look whether they are one."
        )


def _vat_number(after: Mapping[str, str], office: Office) -> Iterator[str]:
    """Format and checksums: whether it is registered is asked by Moneybird, afterwards."""
    facts = office.tables.facts
    country = after.get("country") or "NL"
    zone = facts.zone(country, after.get("zipcode"), office.now.date()).name
    found = judge(
        after["tax_number"], country, zone, is_valid=None, validated_at=None, now=office.now, lookups=facts
    )  # fmt: skip
    if found.status == "invalid":
        yield f"VAT number: {found.reason}."


def _kvk_number(number: str) -> Iterator[str]:
    if not _KVK.fullmatch(re.sub(r"[\s.]", "", number)):
        yield f"KvK number: expected 8 digits, found {number}; 12 digits are a branch's number."
