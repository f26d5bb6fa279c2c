"""The whole card of a contact, as it was when it was last read, and others that look like it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pipelines.finance.tables import CONTACT_FIELDS
from pipelines.writeback.catalogue.asking import Asker, AskMarts
from pipelines.writeback.contact import form

TWIN_KEYS = ("chamber_of_commerce", "tax_number", "bank_account")
"""Numbers that two contacts share only when they are one company, or belong to one (DOMAIN §9, without its scores)."""

_COLUMNS = {
    "country": "country_code",
    "chamber_of_commerce": "chamber_of_commerce_number",
    "bank_account": "bank_account_number",
}  # where the mart says it otherwise than Moneybird


@dataclass(frozen=True)
class ContactCard:
    """`values` by Moneybird's name of the field, empty where there is none; `updated_at` of the whole contact."""

    contact_id: str
    customer_id: str
    name: str
    is_archived: bool
    is_deleted: bool
    updated_at: datetime | None
    values: Mapping[str, str]


@dataclass(frozen=True)
class Twin:
    """Another contact with the same number; `field` says which."""

    contact_id: str
    customer_id: str
    name: str
    field: str


class Contacts(Protocol):
    """Looks cards up; the exact customer id only, as the search of Moneybird lags behind what was written."""

    def contact_card(self, administration_id: str, customer_id: str) -> ContactCard | None: ...
    def contact_twins(
        self, administration_id: str, values: Mapping[str, str], but: str | None = None
    ) -> Sequence[Twin]: ...


class MartsContacts(Asker):
    """Cards as the marts have them. An administration's are read once: a CRM's file asks for thousands of them."""

    def __init__(self, ask: AskMarts) -> None:
        super().__init__(ask)
        self._indexes: dict[str, _Index] = {}

    def contact_card(self, administration_id: str, customer_id: str) -> ContactCard | None:
        """The one that exists, archived or not; else the one that was deleted last."""
        return self._index(administration_id).by_customer_id.get(customer_id)

    def contact_twins(
        self, administration_id: str, values: Mapping[str, str], but: str | None = None
    ) -> Sequence[Twin]:
        """Contacts that exist, archived ones too, with one of the numbers of `values`; `but` is the contact itself."""
        by_number = self._index(administration_id).by_number
        return [
            Twin(card.contact_id, card.customer_id, card.name, name)
            for name in TWIN_KEYS
            for card in by_number.get((name, form(name, values.get(name))), ())
            if card.contact_id != but
        ]

    def _index(self, administration_id: str) -> _Index:
        if administration_id not in self._indexes:
            rows = self._ask(
                "select * from marts.dim_contact_card where administration_id = ? "
                "order by is_deleted desc, updated_at, contact_id",
                (administration_id,),
            )
            self._indexes[administration_id] = _indexed([_card(row) for row in rows])
        return self._indexes[administration_id]


@dataclass(frozen=True)
class _Index:
    """Cards by customer id; and those that exist by field and number, as it is compared."""

    by_customer_id: Mapping[str, ContactCard]
    by_number: Mapping[tuple[str, str], Sequence[ContactCard]]


def _indexed(cards: Sequence[ContactCard]) -> _Index:
    by_number: dict[tuple[str, str], list[ContactCard]] = defaultdict(list)
    for card in cards:
        for name in TWIN_KEYS:
            if card.values[name] and not card.is_deleted:
                by_number[name, form(name, card.values[name])].append(card)
    return _Index({card.customer_id: card for card in cards if card.customer_id}, dict(by_number))


def _card(row: Mapping[str, Any]) -> ContactCard:
    return ContactCard(
        row["contact_id"],
        row["customer_number"] or "",
        row["contact_name"],
        bool(row["is_archived"]),
        bool(row["is_deleted"]),
        row["updated_at"],
        {name: row[_COLUMNS.get(name, name)] or "" for name in CONTACT_FIELDS},
    )
