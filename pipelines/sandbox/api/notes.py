"""Notes and to-dos on any kind of record: written and deleted here, read with the record itself."""

from __future__ import annotations

from functools import partial

from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Call, Complaints, Reply, not_found, refuse
from pipelines.sandbox.api.bearers import Bearer
from pipelines.sandbox.api.routing import Operation, row
from pipelines.sandbox.model import Note
from pipelines.sandbox.render.notes import note as render

_KEYS = frozenset({"note", "todo", "assignee_id"})
_NO_PERMISSION = "User has no permissions to notes for {}"
_WITHOUT_404 = frozenset({"Contact", "SalesInvoice", "Document"})


def operations(bearer: Bearer) -> tuple[Operation, ...]:
    """The two operations for one kind of record."""
    path = f"{bearer.path}/{{{bearer.placeholder}}}/notes"
    return (
        row("POST", path, bearer.scopes, partial(_create, bearer)),
        row("DELETE", f"{path}/{{id}}", bearer.scopes, partial(_delete, bearer)),
    )


def _create(bearer: Bearer, call: Call) -> Reply:
    """A note; with an assignee it is a to-do. An empty text is refused in the contract's two complaints."""
    record = bearer.records(call.administration).get(call.id(bearer.placeholder) or 0)
    if record is None:
        symbolic = {"entity": "not_found", "user": "insufficient_permissions"}
        raise refuse(400, f"Entity is invalid; {_NO_PERMISSION.format(bearer.entity_type)}", symbolic)
    wanted = call.below("note")
    if wanted is None:
        raise refuse(400, "Note is required", {"note": "required"})
    complaints = Complaints()
    fields.unknown(complaints, call.object(), frozenset({"note"}), "")
    fields.unknown(complaints, wanted, _KEYS, "")
    text = fields.text(wanted, "note", complaints)
    if not text:
        complaints.add("note", "can't be blank", "blank")
        complaints.add("todo_type", "can't be blank", "blank")
    administration = call.administration
    assignee = fields.record_id(wanted.get("assignee_id"), administration.users, "assignee_id", complaints)
    todo = fields.flag(wanted.get("todo"), "todo", complaints) or assignee is not None
    complaints.refuse_if_any()
    now = administration.clock.milliseconds()
    made = Note(
        administration.new_id(now), bearer.entity_type, record.id, text or "", administration.owner_id, todo, now, now,
        assignee,
    )  # fmt: skip
    administration.notes.setdefault(record.id, []).append(made)
    bearer.touch(administration, record)
    administration.announce("todo_created" if todo else "note_created", record)
    return Reply(201, render(administration, made))


def _delete(bearer: Bearer, call: Call) -> Reply:
    """What is not there is a 404 where the contract has one; elsewhere it knows only the 400 of missing permission."""
    administration = call.administration
    record = bearer.records(administration).get(call.id(bearer.placeholder) or 0)
    kept = administration.notes.get(record.id, []) if record is not None else []
    gone = next((note for note in kept if note.id == call.id()), None)
    if record is None or gone is None:
        if bearer.entity_type in _WITHOUT_404:
            raise refuse(400, _NO_PERMISSION.format(bearer.entity_type), {"user": "insufficient_permissions"})
        raise not_found()
    kept.remove(gone)
    bearer.touch(administration, record)
    administration.announce("todo_destroyed" if gone.todo else "note_destroyed", record)
    return Reply(204)
