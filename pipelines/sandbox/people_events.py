"""Events around contacts and hours; see `events`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import Contact
from pipelines.sandbox.clock import local_date
from pipelines.sandbox.model import TimeEntry

Arguments = dict[str, Any]
Answer = dict[str, Any]


def pick_contact(administration: Administration, arguments: Arguments, fits: Callable[[Contact], bool]) -> Contact:
    named = arguments.get("contact_id")
    if named is not None:
        if int(named) not in administration.contacts:
            raise ValueError(f"no contact {named}")
        return administration.contacts[int(named)]
    for contact in administration.contacts.values():
        if fits(contact):
            return contact
    raise ValueError("no contact fits")


def _carded(administration: Administration, contact: Contact, **changes: Any) -> Answer:
    contact.card = replace(
        contact.card, updated=max(administration.clock.milliseconds(), contact.card.updated), **changes
    )
    return {"contact_id": str(contact.id), "version": contact.card.updated // 1000}


def change_contact(administration: Administration, arguments: Arguments) -> Answer:
    """Gives a contact another name (`company_name`) or town (`city`); sent invoices keep the old card."""
    contact = pick_contact(administration, arguments, lambda contact: bool(contact.card.company_name))
    changes = {key: arguments[key] for key in ("company_name", "firstname", "lastname", "city") if key in arguments}
    return _carded(administration, contact, **(changes or {"company_name": f"{contact.card.company_name} Groep"}))


def archive_contact(administration: Administration, arguments: Arguments) -> Answer:
    contact = pick_contact(administration, arguments, lambda contact: not contact.card.archived)
    return _carded(administration, contact, archived=True)


def delete_contact(administration: Administration, arguments: Arguments) -> Answer:
    """Deletes a contact without documents or hours."""
    used = {invoice.contact_id for invoice in administration.invoices.values()}
    used |= {entry.contact_id for entry in administration.time_entries.values() if entry.contact_id}
    contact = pick_contact(administration, arguments, lambda contact: contact.id not in used)
    if contact.id in used:
        raise ValueError("the contact has documents")
    del administration.contacts[contact.id]
    return {"contact_id": str(contact.id)}


def _entry(administration: Administration, arguments: Arguments) -> TimeEntry:
    named = arguments.get("time_entry_id")
    if named is not None:
        if int(named) not in administration.time_entries:
            raise ValueError(f"no time entry {named}")
        return administration.time_entries[int(named)]
    for entry in sorted(administration.time_entries.values(), key=lambda entry: entry.started, reverse=True):
        if entry.ended is not None and entry.invoice_id is None:
            return entry
    raise ValueError("no time entry fits")


def move_time_entry(administration: Administration, arguments: Arguments) -> Answer:
    """Moves an entry `days` back (default 31): it leaves one window of a list and appears in another."""
    entry = _entry(administration, arguments)
    now = administration.clock.milliseconds()
    step = int(arguments.get("days", 31)) * 86_400_000
    moved = replace(entry, started=entry.started - step, ended=entry.ended and entry.ended - step, updated=now)
    administration.put_time_entry(moved)
    return {"time_entry_id": str(entry.id), "date": local_date(moved.started).isoformat()}


def stop_time_entry(administration: Administration, _arguments: Arguments) -> Answer:
    """Stops the oldest running timer now, cut to whole minutes."""
    now = administration.clock.milliseconds()
    for entry in sorted(administration.time_entries.values(), key=lambda entry: entry.started):
        if entry.ended is None:
            administration.put_time_entry(replace(entry, ended=now // 60_000 * 60_000, updated=now))
            return {"time_entry_id": str(entry.id)}
    raise ValueError("no timer runs")


def delete_time_entry(administration: Administration, arguments: Arguments) -> Answer:
    return {"time_entry_id": str(administration.remove_time_entry(_entry(administration, arguments).id).id)}


EVENTS: tuple[Callable[[Administration, Arguments], Answer], ...] = (
    change_contact,
    archive_contact,
    delete_contact,
    move_time_entry,
    stop_time_entry,
    delete_time_entry,
)
