"""General journal documents. They must balance; no example shows how the refusal reads, so its words are a guess.

A description of the document is dropped without a word and the tax rate of an entry is not given back, as clients saw
and the contract shows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelines.sandbox.actions import journals
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Call, Complaints, Reply, not_found
from pipelines.sandbox.api.documents import DELETED, Kind, operations
from pipelines.sandbox.api.documents_bodies import Body, opened, spend, without_404
from pipelines.sandbox.api.locks import refuse_locked
from pipelines.sandbox.api.routing import DOCUMENT, Operation, row
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.model import Entry, Journal
from pipelines.sandbox.render.journals import journal as render

_KEYS = frozenset({"reference", "date", "journal_type", "general_journal_document_entries_attributes", "description"})
_ENTRY_KEYS = frozenset({
    "id", "ledger_account_id", "tax_rate_id", "description", "debit", "credit", "project_id", "row_order", "_destroy",
    "contact_id",
})  # fmt: skip
_NAME = "general_journal_document_entries"

KIND = Kind(
    name="general_journal_document",
    store=lambda administration: administration.journals,
    holds=lambda journal: not journal.is_vat_return,
    render=render,
    state=lambda _administration, _journal: "saved",  # journals show no state; none of them is new
    updated=lambda _administration, journal: int(journal.updated),
    contacts=lambda journal: {entry.contact_id for entry in journal.entries},
    accounts=lambda journal: {entry.account_id for entry in journal.entries},
)


def create(call: Call) -> Reply:
    administration = call.administration
    body = opened(call, KIND.name, _KEYS, making=True)
    now = administration.clock.milliseconds()
    with without_404():
        entries = _entries(body, [])
    journal = Journal(
        id=0,
        day=body.required_day("date", administration.clock.today()),
        reference=body.text("reference") or "",
        entries=entries,
        created=now,
        updated=now,
        kind=_journal_type(body, None),
    )
    body.complaints.refuse_if_any()
    refuse_locked(administration, journal.day)
    spend(administration, f"{KIND.name}s")
    return Reply(201, render(administration, journals.enter(administration, journal)))


def update(call: Call) -> Reply:
    administration = call.administration
    before: Journal = KIND.found(call)
    body = opened(call, KIND.name, _KEYS, making=False, beside=frozenset({"all_taxes"}))
    wanted = replace(
        before,
        day=body.required_day("date", before.day),
        reference=(body.text("reference") or "") if body.has("reference") else before.reference,
        entries=_entries(body, before.entries),
        kind=_journal_type(body, before.kind),
    )
    body.complaints.refuse_if_any()
    refuse_locked(administration, before.day, wanted.day)
    return Reply(200, render(administration, journals.change(administration, wanted)))


def delete(call: Call) -> Reply:
    journal: Journal = KIND.found(call)
    refuse_locked(call.administration, journal.day, status=400)
    journals.remove(call.administration, journal)
    return DELETED


def _journal_type(body: Body, default: str | None) -> str | None:
    if not body.has("journal_type"):
        return default
    kind = body.text("journal_type")
    if kind not in (None, "", "fiscal_year_ending"):
        body.complaints.add("journal_type", "is not included in the list", "inclusion", value=kind)
    return kind or None


def _entries(body: Body, existing: list[Entry]) -> list[Entry]:
    """The entries after the edit: copies, so that a refusal leaves the journal alone."""
    given = body.given.get(f"{_NAME}_attributes")
    kept = {entry.id: entry for entry in existing}
    added: list[Entry] = []
    for attributes in fields.rows(given, _NAME, body.complaints):
        fields.unknown(body.complaints, attributes, _ENTRY_KEYS, f"{_NAME}.")
        named = attributes.get("id")
        if named in (None, ""):
            added.append(_changed(body.administration, Entry(0, 0, 0, ""), attributes, body.complaints))
            continue
        id_ = id_of(named)
        if id_ not in kept:
            raise not_found(f"{_NAME}_attributes", f"Entry with id {named} not found")  # wording not in any example
        if fields.flag(attributes.get("_destroy"), f"{_NAME}._destroy", body.complaints):
            del kept[id_]
        else:
            kept[id_] = _changed(body.administration, kept[id_], attributes, body.complaints)
    found = [*kept.values(), *added]
    if not found:
        body.complaints.add(_NAME, "can't be blank", "blank")
    elif sum(entry.debit for entry in found) != sum(entry.credit for entry in found):
        body.complaints.add(_NAME, "must have equal debit and credit", "not_balanced")
    return found


def _changed(administration: Administration, entry: Entry, given: dict[str, Any], complaints: Complaints) -> Entry:
    changes: dict[str, Any] = {}
    if "ledger_account_id" in given or not entry.account_id:
        name, value = f"{_NAME}.ledger_account_id", given.get("ledger_account_id")
        found = fields.record_id(value, administration.accounts, name, complaints, required=True)
        changes["account_id"] = found or entry.account_id
    for key, known in (
        ("tax_rate_id", administration.tax_rates),
        ("project_id", administration.projects),
        ("contact_id", administration.contacts),
    ):
        if key in given:
            changes[key] = fields.record_id(given[key], known, f"{_NAME}.{key}", complaints)
    for side in ("debit", "credit"):
        if side in given:
            changes[side] = fields.cents(given[side], f"{_NAME}.{side}", complaints) or 0
    if "description" in given:
        changes["description"] = fields.text(given, "description", complaints) or ""
    if given.get("row_order") not in (None, ""):
        changes["row_order"] = fields.whole(given, "row_order", 0, complaints)
    changed = replace(entry, **changes)
    if changed.debit and changed.credit:
        complaints.add(f"{_NAME}.debit", "is invalid", "invalid")  # an entry has one side; the words are a guess
    return changed


OPERATIONS: tuple[Operation, ...] = (
    *operations(KIND),
    row("POST", KIND.path, DOCUMENT, create),
    row("PATCH", f"{KIND.path}/{{id}}", DOCUMENT, update),
    row("DELETE", f"{KIND.path}/{{id}}", DOCUMENT, delete),
)
