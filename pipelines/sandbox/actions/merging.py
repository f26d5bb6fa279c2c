"""Two contacts become one: everything of the one that goes is from then on the survivor's.

Sent invoices keep the card they were sent with. That every moved document counts as changed is our guess.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import Contact


def merge(administration: Administration, survivor: Contact, gone: Contact, at: int | None = None) -> Contact:
    """Moves documents, hours and bookings from `gone` to `survivor` and takes `gone` out."""
    if survivor is gone:
        raise ValueError("a contact cannot be merged with itself")
    at = administration.at(at)
    for held, put in _held(administration):
        for record in list(held.values()):
            if record.contact_id == gone.id:
                record.contact_id = survivor.id
                if hasattr(record, "updated"):
                    record.updated = max(record.updated, at)
                put(record)
    _move_bookings(administration, survivor, gone, at)
    survivor.merged = (*survivor.merged, (at, gone.card.name))
    survivor.card = replace(survivor.card, updated=max(at, survivor.card.updated))
    del administration.contacts[gone.id]
    administration.announce("contact_merged", survivor)
    return survivor


def _held(administration: Administration) -> tuple[tuple[dict[int, Any], Any], ...]:
    """Everything that belongs to a contact, and how it is put back."""

    def as_it_is(_record: Any) -> None:
        return None

    return (
        (administration.invoices, administration.put_invoice),
        (administration.external_invoices, administration.put_external),
        (administration.purchases, administration.put_purchase),
        (administration.time_entries, administration.put_time_entry),
        *((held, as_it_is) for held in (
            administration.estimates, administration.recurring, administration.subscriptions, administration.charges,
            administration.papers, administration.payment_orders,
        )),
    )  # fmt: skip


def _move_bookings(administration: Administration, survivor: Contact, gone: Contact, at: int) -> None:
    for journal in administration.journals.values():
        entries = [entry for entry in journal.entries if entry.contact_id == gone.id]
        for entry in entries:
            entry.contact_id = survivor.id
        if entries:
            journal.updated = max(journal.updated, at)
            administration.put_journal(journal)
    for mutation in administration.mutations.values():
        bookings = [booking for booking in mutation.bookings if booking.contact_id == gone.id]
        for booking in bookings:
            booking.contact_id = survivor.id
        if bookings:
            mutation.updated = max(mutation.updated, at)
            administration.put_mutation(mutation)
