"""The card of a contact as writing and a CRM ask for it, from the marts dbt really builds.

The rows are those of company.sql."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.writeback.catalogue.contacts import MartsContacts


@pytest.fixture(scope="module")
def contacts(warehouse: Path) -> Iterator[MartsContacts]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:

        def ask(sql: str, params: Sequence[object]) -> list[Mapping[str, Any]]:
            cursor = connection.execute(sql, list(params))
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        yield MartsContacts(ask)


@pytest.mark.parametrize(
    ("customer_id", "expected"),
    [
        ("1001", ("c1", "Bakkerij De Vries", False, False)),
        ("1002", ("c2", "Anna Jansen", True, False)),
        ("1003", ("c3", "Verwijderd B.V.", False, True)),
    ],
)
def test_a_card_is_found_by_its_customer_id(
    contacts: MartsContacts, customer_id: str, expected: tuple[str, str, bool, bool]
) -> None:
    """Archived ones and deleted ones too: they say why nothing may be made, or that the id is free again."""
    card = contacts.contact_card("1", customer_id)
    assert card is not None
    assert (card.contact_id, card.name, card.is_archived, card.is_deleted) == expected


def test_a_customer_id_belongs_to_one_administration(contacts: MartsContacts) -> None:
    assert contacts.contact_card("3", "1001") is None
    other = contacts.contact_card("3", "1")
    assert other is not None
    assert other.values["company_name"] == "Klant"


def test_nobody_is_a_twin_of_contacts_without_numbers(contacts: MartsContacts) -> None:
    numbers = {"chamber_of_commerce": "12345678", "tax_number": "NL004495445B01", "bank_account": "NL91ABNA0417164300"}
    assert contacts.contact_twins("1", numbers) == []
