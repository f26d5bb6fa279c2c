"""One customer as a CRM hands it over, and the rows of its file that can be used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field, create_model

from pipelines.finance.tables import CONTACT_FIELDS
from pipelines.writeback.contact import ContactFields, CustomerId
from pipelines.writeback.fields import Identifier
from pipelines.writeback.sources.reading import Read, read
from pipelines.writeback.sources.source import Asked, BadRow


def _listed(value: Any) -> Any:
    """A cell holds several with commas, semicolons, bars or spaces; JSON may hold a list, or numbers."""
    if isinstance(value, str):
        return [each for each in re.split(r"[\s,;|]+", value) if each]
    values = value if isinstance(value, list) else [value]
    return [str(each) if isinstance(each, int) and not isinstance(each, bool) else each for each in values]


class CrmContact(ContactFields):
    """A customer with its fields; one that is left out, or an empty cell, says nothing about it."""

    customer_id: CustomerId = Field(description="the customer's number in the CRM, customer_id at Moneybird")
    administration_ids: Annotated[tuple[Identifier, ...], BeforeValidator(_listed), Field(min_length=1)] = Field(
        description="Moneybird's ids of the administrations it is a customer of, one or several",
    )
    changed_at: AwareDatetime | None = Field(
        None, description="when it last changed in the CRM, with its time zone, such as 2026-11-20T09:30:00+01:00"
    )
    agreed_at: AwareDatetime | None = Field(
        None, description="when the CRM last took over, or handed over, what Moneybird holds, with its time zone; what "
        "changed on both sides since then goes to a person",
    )  # fmt: skip

    def moment(self, field: str) -> datetime | None:
        """When the field last changed in the CRM; that of the whole record where it has none of its own."""
        own: datetime | None = getattr(self, f"{field}_changed_at", None)
        return own or self.changed_at


def _own_moment(name: str) -> Any:
    said = f"when {name} last changed there, with its time zone; else changed_at"
    return (AwareDatetime | None, Field(None, description=said))


CrmRow: type[CrmContact] = create_model(
    "CrmRow", __base__=CrmContact, **{f"{name}_changed_at": _own_moment(name) for name in CONTACT_FIELDS}
)
"""The row of a file: with a moment of its own for every field, where the CRM knows it."""


def rows(asked: Asked) -> Read[CrmContact]:
    """The rows of the file, each customer once per administration: a second one is bad, whatever it says."""
    found = read(asked, CrmRow)
    good: list[tuple[str, CrmContact]] = []
    twice: list[BadRow] = []
    seen: dict[tuple[str, str], str] = {}
    for where, row in found.rows:
        if first := next((seen[each] for each in _places(row) if each in seen), None):
            twice.append(BadRow(where, "customer_id", f"{row.customer_id!r}, as in {first}", "each customer once"))
            continue
        seen.update(dict.fromkeys(_places(row), where))
        good.append((where, row))
    return Read(tuple(good), (*found.bad, *twice))


def _places(row: CrmContact) -> Iterator[tuple[str, str]]:
    return ((administration_id, row.customer_id) for administration_id in row.administration_ids)
