"""Time entries written: create, change, stop, resume, delete, notes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from pipelines.sandbox.actions import hours as actions
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import fields, notes
from pipelines.sandbox.api.answer import Call, Complaints, Reply, invalid, not_found, refuse
from pipelines.sandbox.api.bearers import Bearer
from pipelines.sandbox.api.limits import refuse_at_limit
from pipelines.sandbox.api.routing import HOURS, Operation, row
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.model import TimeEntry
from pipelines.sandbox.render.settings import time_entry as render

_KEYS = frozenset({
    "user_id", "started_at", "ended_at", "description", "contact_id", "project_id", "sales_invoice_id", "billable",
    "paused_duration",
})  # fmt: skip


def _reply(call: Call, entry: TimeEntry, status: int = 200) -> Reply:
    return Reply(status, render(call.administration, entry, "sales_invoices" in call.token.scopes))


def _found(call: Call) -> TimeEntry:
    return call.find(call.administration.time_entries)


def create(call: Call) -> Reply:
    """Billable unless it says otherwise; user, start and description are needed."""
    administration = call.administration
    blank = TimeEntry(0, 0, None, None, None, 0, None, "", 0, True, 0, 0)
    changes = _changes(call, blank, required=True)
    refuse_at_limit(administration, "time_entries")
    for name, value in changes.items():
        setattr(blank, name, value)
    return _reply(call, actions.create(administration, blank), 201)


def update(call: Call) -> Reply:
    entry = _found(call)
    return _reply(call, actions.change(call.administration, entry, **_changes(call, entry, required=False)))


def stop(call: Call) -> Reply:
    return _reply(call, actions.stop(call.administration, _found(call)))


def resume(call: Call) -> Reply:
    entry = _found(call)
    try:
        return _reply(call, actions.resume(call.administration, entry))
    except ValueError:
        raise invalid("base", "Cannot resume timer", "cannot_resume_timer") from None


def delete(call: Call) -> Reply:
    actions.remove(call.administration, _found(call))
    return Reply(204)


def _changes(call: Call, entry: TimeEntry, required: bool) -> dict[str, Any]:
    """The fields the body gives, checked; nothing is stored when one of them is wrong."""
    wanted = call.below("time_entry")
    if wanted is None:
        raise refuse(400, "Time entry is required", {"time_entry": "required"})  # wording not in any example
    complaints = Complaints()
    fields.unknown(complaints, wanted, _KEYS, "")
    administration = call.administration
    changes: dict[str, Any] = {}
    if "user_id" in wanted or required:
        known = administration.users
        changes["user_id"] = fields.record_id(wanted.get("user_id"), known, "user_id", complaints, required=True)
    for key, name in (("started_at", "started"), ("ended_at", "ended")):
        if key in wanted or (required and key == "started_at"):
            changes[name] = _moment(wanted.get(key), key, complaints)
    if "description" in wanted or required:
        changes["description"] = fields.text(wanted, "description", complaints) or ""
        if not changes["description"] and "description" not in complaints.error:
            complaints.add("description", "can't be blank", "blank")
    for key, held in (("contact_id", administration.contacts), ("project_id", administration.projects)):
        if key in wanted:
            changes[key] = fields.record_id(wanted[key], held, key, complaints)
    if "sales_invoice_id" in wanted:
        changes["invoice_id"] = _invoice(administration, wanted["sales_invoice_id"])
    if "billable" in wanted:
        changes["billable"] = fields.flag(wanted["billable"], "billable", complaints)
    if "paused_duration" in wanted:
        changes["paused"] = fields.whole(wanted, "paused_duration", 0, complaints)
    _check_times(entry, changes, complaints)
    complaints.refuse_if_any()
    return changes


def _check_times(entry: TimeEntry, changes: dict[str, Any], complaints: Complaints) -> None:
    started, ended = changes.get("started", entry.started), changes.get("ended", entry.ended)
    if started is None:
        if "started_at" not in complaints.error:
            complaints.add("started_at", "can't be blank", "blank")
    elif ended is not None and ended < started:
        complaints.add("ended_at", "cannot be before the start time", "ended_at_before_started_at")


def _invoice(administration: Administration, value: Any) -> int | None:
    if value in (None, ""):
        return None
    id_ = id_of(value)
    if id_ not in administration.invoices:
        raise not_found("sales_invoice_id", "no sales invoice with given ID found")
    return id_


def _moment(value: Any, name: str, complaints: Complaints) -> int | None:
    """Unix milliseconds; a time without a zone is UTC."""
    if value in (None, ""):
        return None
    try:
        found = datetime.fromisoformat(str(value).replace(" UTC", "+00:00").replace("Z", "+00:00"))
    except ValueError:
        complaints.add(name, "is invalid", "invalid")
        return None
    if not date.min.year < found.year < date.max.year:  # the ends of the calendar have no time in every zone
        complaints.add(name, "is invalid", "invalid")
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return int(found.timestamp() * 1000)


BEARER = Bearer("TimeEntry", "time_entries", "time_entry_id", HOURS, lambda owner: owner.time_entries)

OPERATIONS: tuple[Operation, ...] = (
    row("POST", "time_entries", HOURS, create),
    row("PATCH", "time_entries/{id}", HOURS, update),
    row("DELETE", "time_entries/{id}", HOURS, delete),
    row("PATCH", "time_entries/{id}/stop", HOURS, stop),
    row("PATCH", "time_entries/{id}/resume", HOURS, resume),
    *notes.operations(BEARER),
)
