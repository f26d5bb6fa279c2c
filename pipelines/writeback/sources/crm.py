"""Customers of a CRM, from its file or its event: what should change at Moneybird becomes requests."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from pipelines.writeback.office import Office
from pipelines.writeback.sources.crm_compare import Comparison, compare
from pipelines.writeback.sources.crm_rows import CrmRow
from pipelines.writeback.sources.source import Asked, Taken


class CrmContacts:
    """Only what goes to Moneybird; `dovecote contacts compare` also writes out what goes to the CRM."""

    name = "crm"
    summary = "customers of a CRM, compared with the contacts; contact_field_owners says whose value holds"
    row: type[BaseModel] | None = CrmRow

    def take(self, asked: Asked, office: Office) -> Taken:
        found = compare(asked, office)
        return Taken(found.requests, found.bad, tuple(_remarks(found)))


def _remarks(found: Comparison) -> Iterator[str]:
    for conflict in found.conflicts:
        yield conflict.sentence
    if found.to_crm:
        yield (
            f"{len(found.to_crm)} fields are Moneybird's and go to the CRM: "
            "`dovecote contacts compare FILE --to-crm OUT.csv` writes them out."
        )
    if found.same:
        yield f"{found.same} contacts are the same on both sides."
