"""Documents of others: what the five collections below `documents/` read alike, and the answer when one is deleted.

Lists and versions show this year without a filter, newest first. Their refusals of page sizes are symbolic.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import attachments, filters, notes, periods
from pipelines.sandbox.api.answer import Call, Reply, not_found
from pipelines.sandbox.api.bearers import Bearer
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.api.routing import DOCUMENT, Operation, row
from pipelines.sandbox.api.synchronization import asked_ids
from pipelines.sandbox.states_documents import OF_DOCUMENTS

DEFAULT_FILTER = "period:this_year"
DELETED = Reply(200, 200)  # the contract says the bare number and not 204


@dataclass(frozen=True)
class Kind:
    """One collection: `name` is the key of its bodies and its path is the plural.

    `store` keeps documents of several collections, of which it `holds` some. `updated` is in Unix milliseconds with the
    calendar's changes, `contacts` and `accounts` are the ids a document names. `notes` is false where the contract has
    no notes.
    """

    name: str
    store: Callable[[Administration], dict[int, Any]]
    holds: Callable[[Any], bool]
    render: Callable[[Administration, Any], dict[str, Any]]
    state: Callable[[Administration, Any], str]
    updated: Callable[[Administration, Any], int]
    contacts: Callable[[Any], Collection[int | None]]
    accounts: Callable[[Any], Collection[int]]
    notes: bool = True

    @property
    def path(self) -> str:
        return f"documents/{self.name}s"

    def records(self, administration: Administration) -> dict[int, Any]:
        """The documents of the collection by id."""
        return {id_: record for id_, record in self.store(administration).items() if self.holds(record)}

    def find(self, administration: Administration, id_: int | None) -> Any:
        """The document, or None also when it is in another collection."""
        record = self.store(administration).get(id_ or 0)
        return record if record is not None and self.holds(record) else None

    def found(self, call: Call) -> Any:
        """The document of the path, or a 404."""
        record = self.find(call.administration, call.id())
        if record is None:
            raise not_found()
        return record


def operations(kind: Kind) -> tuple[Operation, ...]:
    """The reads of a collection, its notes and its files."""
    bearer = Bearer("Document", kind.path, f"{kind.name}_id", DOCUMENT, kind.records)
    return (
        row("GET", kind.path, DOCUMENT, partial(_listed, kind)),
        row("GET", f"{kind.path}/synchronization", DOCUMENT, partial(_versions, kind)),
        row("POST", f"{kind.path}/synchronization", DOCUMENT, partial(_by_ids, kind)),
        row("GET", f"{kind.path}/{{id}}", DOCUMENT, partial(_single, kind)),
        *(notes.operations(bearer) if kind.notes else ()),
        *attachments.operations(bearer, record_id="id", file_id="attachment_id"),
    )


def _listed(kind: Kind, call: Call) -> Reply:
    render = partial(kind.render, call.administration)
    return paginate(call, _filtered(kind, call), render, family="symbolic")


def _versions(kind: Kind, call: Call) -> Reply:
    administration = call.administration
    return Reply(
        200, [{"id": str(r.id), "version": kind.updated(administration, r) // 1000} for r in _filtered(kind, call)]
    )


def _by_ids(kind: Kind, call: Call) -> Reply:
    asked = [kind.find(call.administration, id_) for id_ in asked_ids(call)]
    return Reply(200, [kind.render(call.administration, record) for record in asked if record is not None])


def _single(kind: Kind, call: Call) -> Reply:
    return Reply(200, kind.render(call.administration, kind.found(call)))


def _filtered(kind: Kind, call: Call) -> list[Any]:
    """The documents that match, newest first."""
    found = list(kind.records(call.administration).values())
    for key, value in filters.terms(call, DEFAULT_FILTER).items():
        found = _narrowed(kind, call.administration, found, key, value)
    return sorted(found, key=lambda record: record.id, reverse=True)


def _narrowed(kind: Kind, administration: Administration, found: list[Any], key: str, value: str) -> list[Any]:
    if key == "state":
        chosen = filters.one_of(value, ("all", *OF_DOCUMENTS))
        return found if "all" in chosen else [r for r in found if kind.state(administration, r) in chosen]
    if key == "period":
        start, end = periods.for_list(value, administration.clock.today())
        return [r for r in found if start <= r.day <= end]
    if key == "recurring":
        chosen = filters.one_of(value, ("all", "enabled", "disabled"), "Recurring")
        return found if {"all", "disabled"} & set(chosen) else []  # no document of the group recurs
    if key == "attachment":
        chosen = filters.one_of(value, ("all", "with", "without"), "Attachment")
        files = administration.attachments
        return [r for r in found if "all" in chosen or ("with" if files.get(r.id) else "without") in chosen]
    if key == "reference":
        return [r for r in found if r.reference == value]
    if key == "contact_id":
        wanted = filters.number(value)
        return [r for r in found if wanted is not None and wanted in kind.contacts(r)]
    if key == "ledger_account_id":
        return [r for r in found if filters.number(value) in kind.accounts(r)]
    if key == "updated_after":
        moment = filters.after(value, "Updated after")
        return [r for r in found if kind.updated(administration, r) > moment]
    return found
