"""General documents and typeless ones: papers without amounts, which the books do not know."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from pipelines.sandbox.actions import papers
from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Call, Reply
from pipelines.sandbox.api.documents import DELETED, Kind, operations
from pipelines.sandbox.api.documents_bodies import Body, day, opened, spend, without_404
from pipelines.sandbox.api.routing import DOCUMENT, Operation, row
from pipelines.sandbox.model import ONE, Paper
from pipelines.sandbox.render.papers import paper as render

_GENERAL_KEYS = frozenset({"reference", "date", "due_date", "reminder_date", "contact_id", "reminder"})
_TYPELESS_KEYS = frozenset({"reference", "date", "contact_id"})


def _kind(name: str, notes: bool) -> Kind:
    return Kind(
        name=name,
        store=lambda administration: administration.papers,
        holds=lambda paper: paper.kind == name,
        render=render,
        state=lambda _administration, p: str(p.state),
        updated=lambda _administration, p: int(p.updated),
        contacts=lambda p: (p.contact_id,),
        accounts=lambda _paper: (),
        notes=notes,
    )


GENERAL, TYPELESS = _kind("general_document", notes=True), _kind("typeless_document", notes=False)


def create_general(call: Call) -> Reply:
    """A reference is required. The contract says so of the date too, and its own example leaves that out: today."""
    body = opened(call, GENERAL.name, _GENERAL_KEYS, making=True)
    if not body.text("reference"):
        body.complaints.add("reference", "can't be blank", "blank")
    with without_404():
        paper = _new(body, GENERAL)
    paper.due_date, paper.rate, paper.state = body.day("due_date"), ONE, "saved"
    reminder = _reminder(body)
    body.complaints.refuse_if_any()
    return _stored(call, paper, reminder)


def create_typeless(call: Call) -> Reply:
    """A paper that still needs its type, which it gets on the website only."""
    body = opened(call, TYPELESS.name, _TYPELESS_KEYS, making=True)
    with without_404():
        paper = _new(body, TYPELESS)
    paper.origin, paper.state = "api", "new"
    body.complaints.refuse_if_any()
    return _stored(call, paper, None)


def update_general(call: Call) -> Reply:
    paper: Paper = GENERAL.found(call)
    body = opened(call, GENERAL.name, _GENERAL_KEYS, making=False, beside=frozenset({"remove_contact"}))
    changed = replace(paper)
    if body.has("reference"):
        changed.reference = body.text("reference")
        if not changed.reference:
            body.complaints.add("reference", "can't be blank", "blank")
    changed.day = body.required_day("date", paper.day)
    changed.due_date = body.day("due_date") if body.has("due_date") else paper.due_date
    if body.has("contact_id"):
        changed.contact_id = body.contact(making=False)
    if fields.flag(body.rest.get("remove_contact"), "remove_contact", body.complaints):
        changed.contact_id = None
    reminder = _reminder(body)
    body.complaints.refuse_if_any()
    stored = papers.change(call.administration, changed)
    if reminder is not None:
        papers.remind(call.administration, stored, *reminder)
    return Reply(200, render(call.administration, stored))


def delete(kind: Kind, call: Call) -> Reply:
    papers.remove(call.administration, kind.found(call))
    return DELETED


def _new(body: Body, kind: Kind) -> Paper:
    now = body.administration.clock.milliseconds()
    return Paper(
        id=0,
        kind=kind.name,
        contact_id=body.contact(making=True),
        day=body.required_day("date", body.administration.clock.today()),
        reference=body.text("reference"),
        created=now,
        updated=now,
    )


def _reminder(body: Body) -> tuple[date, str | None] | None:
    """The day and the words of `reminder`, or the bare `reminder_date`."""
    given: Any = body.given.get("reminder")
    if given is None:
        alone = body.day("reminder_date")
        return (alone, None) if alone else None
    if not isinstance(given, dict):
        body.complaints.add("reminder", "is invalid", "invalid")
        return None
    fields.unknown(body.complaints, given, frozenset({"date", "message"}), "reminder.")
    if given.get("date") in (None, ""):
        body.complaints.add("reminder.date", "can't be blank", "blank")
    on = day(given.get("date"), "reminder.date", body.complaints)
    return (on, fields.text(given, "message", body.complaints)) if on else None


def _stored(call: Call, paper: Paper, reminder: tuple[date, str | None] | None) -> Reply:
    spend(call.administration, f"{paper.kind}s")
    papers.keep(call.administration, paper)
    if reminder is not None:
        papers.remind(call.administration, paper, *reminder)
    return Reply(201, render(call.administration, paper))


OPERATIONS: tuple[Operation, ...] = (
    *operations(GENERAL),
    row("POST", GENERAL.path, DOCUMENT, create_general),
    row("PATCH", f"{GENERAL.path}/{{id}}", DOCUMENT, update_general),
    row("DELETE", f"{GENERAL.path}/{{id}}", DOCUMENT, partial(delete, GENERAL)),
    *operations(TYPELESS),
    row("POST", TYPELESS.path, DOCUMENT, create_typeless),
    row("DELETE", f"{TYPELESS.path}/{{id}}", DOCUMENT, partial(delete, TYPELESS)),
)
