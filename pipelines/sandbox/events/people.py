"""Events around contacts and hours; see `events`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.sandbox import amounts
from pipelines.sandbox.actions import contacts, hours
from pipelines.sandbox.actions.merging import merge
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import Contact
from pipelines.sandbox.clock import local_date
from pipelines.sandbox.model import TimeEntry

Arguments = dict[str, Any]
Answer = dict[str, Any]

_NAMES = ("company_name", "firstname", "lastname", "city")


def cents(arguments: Arguments, name: str, default: str) -> int:
    """The named amount, text or number, in cents. ValueError when it is none."""
    text = str(arguments.get(name, default))
    try:
        return amounts.to_int(Decimal(text) * 100)
    except (ArithmeticError, ValueError):
        raise ValueError(f"{name} {text!r} is not an amount; write it as 121.00") from None


def day(arguments: Arguments, name: str, default: date) -> date:
    """The named day. ValueError when it is none."""
    if name not in arguments:
        return default
    try:
        return date.fromisoformat(str(arguments[name]))
    except ValueError:
        raise ValueError(f"{name} {arguments[name]!r} is not a date; write it as YYYY-MM-DD") from None


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


def _shown(contact: Contact) -> Answer:
    return {"contact_id": str(contact.id), "version": contact.card.updated // 1000}


def change_contact(administration: Administration, arguments: Arguments) -> Answer:
    """Gives a contact another name (`company_name`) or town (`city`); sent invoices keep the old card."""
    contact = pick_contact(administration, arguments, lambda contact: bool(contact.card.company_name))
    changes = {key: arguments[key] for key in _NAMES if key in arguments}
    changes = changes or {"company_name": f"{contact.card.company_name} Groep"}
    return _shown(contacts.change(administration, contact, **changes))


def archive_contact(administration: Administration, arguments: Arguments) -> Answer:
    contact = pick_contact(administration, arguments, lambda contact: not contact.card.archived)
    return _shown(contacts.archive(administration, contact))


def merge_contacts(administration: Administration, arguments: Arguments) -> Answer:
    """Merges the contact named `gone_id`, by default the newest with invoices, into the picked one."""
    survivor = pick_contact(administration, arguments, lambda contact: bool(contact.card.company_name))
    named = arguments.get("gone_id")
    invoiced = (invoice.contact_id for invoice in reversed(administration.invoices.values()))
    gone_id = int(named) if named is not None else next((id_ for id_ in invoiced if id_ != survivor.id), 0)
    if gone_id not in administration.contacts:
        raise ValueError(f"no contact {gone_id} to merge")
    merge(administration, survivor, administration.contacts[gone_id])
    return _shown(survivor) | {"gone_id": str(gone_id)}


def delete_contact(administration: Administration, arguments: Arguments) -> Answer:
    """Deletes a contact that nothing refers to."""
    contact = pick_contact(administration, arguments, lambda one: not contacts.is_used(administration, one.id))
    contacts.delete(administration, contact)
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
    step = int(arguments.get("days", 31)) * 86_400_000
    ended = entry.ended and entry.ended - step
    moved = hours.change(administration, entry, started=entry.started - step, ended=ended)
    return {"time_entry_id": str(entry.id), "date": local_date(moved.started).isoformat()}


def stop_time_entry(administration: Administration, _arguments: Arguments) -> Answer:
    """Stops the oldest running timer now, cut to whole minutes."""
    for entry in sorted(administration.time_entries.values(), key=lambda entry: entry.started):
        if entry.ended is None:
            return {"time_entry_id": str(hours.stop(administration, entry).id)}
    raise ValueError("no timer runs")


def delete_time_entry(administration: Administration, arguments: Arguments) -> Answer:
    entry = _entry(administration, arguments)
    hours.remove(administration, entry)
    return {"time_entry_id": str(entry.id)}


EVENTS: tuple[Callable[[Administration, Arguments], Answer], ...] = (
    change_contact,
    archive_contact,
    merge_contacts,
    delete_contact,
    move_time_entry,
    stop_time_entry,
    delete_time_entry,
)
