"""Contacts: made, changed, archived, merged, deleted; and the people behind them.

A contact is its card, and every change makes a new card: sent invoices keep the one they were sent with.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import Card, Contact, Person


def create(administration: Administration, card: Card, at: int | None = None) -> Contact:
    """A new contact; an empty customer id gets the next free number."""
    now = administration.at(at)
    card = replace(card, customer_id=card.customer_id or next_customer_id(administration), updated=now)
    contact = administration.add_contact(Contact(administration.new_id(now), now, card))
    administration.announce("contact_created", contact)
    return contact


def next_customer_id(administration: Administration) -> str:
    """The next number no contact has, archived ones included."""
    taken = {contact.card.customer_id for contact in administration.contacts.values()}
    number = len(taken) + 1
    while str(number) in taken:
        number += 1
    return str(number)


def change(administration: Administration, contact: Contact, at: int | None = None, **changes: Any) -> Contact:
    """A new card with these fields changed."""
    _card(administration, contact, at, **changes)
    administration.announce("contact_changed", contact)
    return contact


def archive(administration: Administration, contact: Contact) -> Contact:
    if contact.card.archived:
        raise ValueError("the contact is archived already")
    _card(administration, contact, archived=True)
    administration.announce("contact_archived", contact)
    return contact


def is_used(administration: Administration, contact_id: int) -> bool:
    """Whether anything refers to the contact, so that it cannot be deleted."""
    holders: tuple[dict[int, Any], ...] = (
        administration.invoices, administration.external_invoices, administration.purchases,
        administration.estimates, administration.recurring, administration.subscriptions,
        administration.time_entries, administration.papers, administration.payment_orders, administration.charges,
    )  # fmt: skip
    if any(record.contact_id == contact_id for held in holders for record in held.values()):
        return True
    entries = (entry for journal in administration.journals.values() for entry in journal.entries)
    bookings = (booking for mutation in administration.mutations.values() for booking in mutation.bookings)
    return any(entry.contact_id == contact_id for entry in entries) or any(
        booking.contact_id == contact_id for booking in bookings
    )


def delete(administration: Administration, contact: Contact) -> None:
    """Takes a contact out that nothing refers to. ValueError when something does."""
    if is_used(administration, contact.id):
        raise ValueError("the contact has documents")
    del administration.contacts[contact.id]
    administration.announce("contact_destroyed", contact)


def put_person(administration: Administration, contact: Contact, person: Person) -> Person:
    """Adds the person, or replaces the one with the same id."""
    known = any(someone.id == person.id for someone in contact.card.people)
    people = tuple(person if someone.id == person.id else someone for someone in contact.card.people)
    _card(administration, contact, people=people if known else (*people, person))
    administration.announce("contact_person_updated" if known else "contact_person_created", contact)
    return person


def remove_person(administration: Administration, contact: Contact, person_id: int) -> None:
    people = tuple(someone for someone in contact.card.people if someone.id != person_id)
    _card(administration, contact, people=people)
    administration.announce("contact_person_destroyed", contact)


def _card(administration: Administration, contact: Contact, at: int | None = None, **changes: Any) -> None:
    now = administration.at(at)
    contact.card = replace(contact.card, updated=max(now, contact.card.updated), **changes)
