"""The people behind a contact: create, read, change, delete. Each of these is a change of the contact too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelines.sandbox.actions import contacts as actions
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Call, Complaints, RefusalError, Reply, invalid, not_found
from pipelines.sandbox.api.routing import CONTACT, Operation, row
from pipelines.sandbox.cards import Contact, Person
from pipelines.sandbox.render import contacts as render

_KEYS = frozenset({"firstname", "lastname", "phone", "email", "department"})
_PATH = "contacts/{contact_id}/contact_people"


def parsed(
    administration: Administration, person: Person | None, wanted: dict[str, Any], complaints: Complaints
) -> Person:
    fields.unknown(complaints, wanted, _KEYS, "")
    now = administration.clock.milliseconds()
    made = person or Person(0, "", "", None, None, now)
    changes: dict[str, Any] = {key: fields.text(wanted, key, complaints) for key in _KEYS if key in wanted}
    made = replace(made, **changes, updated=now)
    for key in ("firstname", "lastname"):
        if not getattr(made, key):
            complaints.add(key, "can't be blank", "blank")
    if made.email:
        fields.emails(made.email, "email", complaints)
    return made if person else replace(made, id=administration.new_id(now))


def create(call: Call) -> Reply:
    """A contact that does not exist is a 422 here, as the contract's example says."""
    contact = call.find(call.administration.contacts, invalid("contact", "must exist", "blank"), name="contact_id")
    complaints = Complaints()
    person = parsed(call.administration, None, call.below("contact_person") or {}, complaints)
    complaints.refuse_if_any()
    actions.put_person(call.administration, contact, person)
    return Reply(201, render.person(call.administration, contact.id, person))


def _found(call: Call) -> tuple[Contact, Person]:
    contact = call.administration.contacts.get(call.id("contact_id") or 0)
    for person in contact.card.people if contact else ():
        if contact is not None and person.id == call.id():
            return contact, person
    raise not_found()


def single(call: Call) -> Reply:
    contact, person = _found(call)
    return Reply(200, render.person(call.administration, contact.id, person))


def update(call: Call) -> Reply:
    """One that is not there is called otherwise here than in a GET or a DELETE."""
    try:
        contact, person = _found(call)
    except RefusalError:
        raise not_found("contact_person_id", "contact person not found") from None
    complaints = Complaints()
    changed = parsed(call.administration, person, call.below("contact_person") or {}, complaints)
    complaints.refuse_if_any()
    actions.put_person(call.administration, contact, changed)
    return Reply(200, render.person(call.administration, contact.id, changed))


def delete(call: Call) -> Reply:
    contact, person = _found(call)
    actions.remove_person(call.administration, contact, person.id)
    return Reply(204)


OPERATIONS: tuple[Operation, ...] = (
    row("POST", _PATH, CONTACT, create),
    row("GET", f"{_PATH}/{{id}}", CONTACT, single),
    row("PATCH", f"{_PATH}/{{id}}", CONTACT, update),
    row("DELETE", f"{_PATH}/{{id}}", CONTACT, delete),
)
