"""Customers and suppliers, each for itself and over administrations."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import Contact

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_DUTCH_NUMBER = re.compile(r"NL[0-9]{9}B[0-9]{2}\Z")
_EU = ("DE", "BE", "FR")


def _passes_eleven(number: str) -> bool:
    return sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[2:11], strict=True)) % 11 == 0


def _dutch_number(contact: Contact) -> str | None:
    """The VAT number of a Dutch contact when it looks like one; a client may write anything there."""
    number = contact.card.tax_number or ""
    return number if contact.card.country == "NL" and _DUTCH_NUMBER.match(number) else None


def _is_company(contact: Contact) -> bool:
    number = _dutch_number(contact)
    return number is not None and _passes_eleven(number)


def _is_sole_trader(contact: Contact) -> bool:
    number = _dutch_number(contact)
    return number is not None and not _passes_eleven(number)


def _is_owing(administration: Administration, contact: Contact) -> bool:
    return any(
        invoice.contact_id == contact.id and administration.state(invoice) in ("late", "reminded")
        for invoice in administration.invoices.values()
    )


def _is_known(administration: Administration, contact: Contact) -> bool:
    """Whether any document is the contact's."""
    families = (
        administration.invoices, administration.external_invoices, administration.purchases, administration.estimates,
    )  # fmt: skip
    return any(document.contact_id == contact.id for held in families for document in held.values())


CONTACTS: dict[str, Callable[[Administration, Contact], bool]] = {
    "contact archived": lambda _, c: c.card.archived,
    "contact archived owing": lambda a, c: c.card.archived and _is_owing(a, c),
    "contact merged": lambda _, c: bool(c.merged),
    "contact with a mandate": lambda _, c: c.card.mandate.mandate_id is not None,
    "contact with several people": lambda _, c: len(c.card.people) > 1,
    "contact with a custom field": lambda _, c: bool(c.card.custom_values),
    "contact without documents": lambda a, c: not c.card.archived and not _is_known(a, c),
    "contact with accents": lambda _, c: not c.card.name.isascii(),
    "contact is a company here": lambda _, c: _is_company(c),
    "contact is a sole trader here": lambda _, c: _is_sole_trader(c),
    "contact is a consumer": lambda _, c: c.card.company_name is None and c.card.country == "NL",
    "contact is a consumer elsewhere in the EU": lambda _, c: c.card.company_name is None and c.card.country in _EU,
    "contact is a company elsewhere in the EU": lambda _, c: bool(c.card.tax_number) and c.card.country in _EU,
    "contact is outside the EU": lambda _, c: c.card.country not in ("NL", *_EU),
    "contact's VAT number never checked": lambda _, c: bool(c.card.tax_number) and c.card.tax_number_valid is None,
}  # fmt: skip


def across(administrations: Sequence[Administration]) -> dict[str, int]:
    """One customer spelled in two ways in two administrations, and one name that is two customers."""
    by_number: dict[str, list[tuple[int, str]]] = defaultdict(list)
    by_name: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for administration in administrations:
        for contact in administration.contacts.values():
            card = contact.card
            if card.chamber_of_commerce:
                by_number[card.chamber_of_commerce].append((administration.id, card.name))
                by_name[card.name].append((administration.id, card.chamber_of_commerce))
    return {
        "customer spelled otherwise elsewhere": sum(map(_differ, by_number.values())),
        "name of two customers": sum(map(_differ, by_name.values())),
    }


def _differ(found: list[tuple[int, str]]) -> bool:
    """Whether more than one administration and more than one value are among them."""
    return len({id_ for id_, _ in found}) > 1 and len({value for _, value in found}) > 1
