"""Things that happen to a company while a test watches: each changes documents, and so books, versions and truth.

An event that names no record picks one itself, the same one every time. Each function answers with what it did, ids as
strings. ValueError says what cannot be done.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.events import documents, editing, people, sales
from pipelines.sandbox.events.people import Answer, Arguments

_INVOICE, _CONTACT, _PURCHASE, _ENTRY = "sales_invoice_id", "contact_id", "document_id", "time_entry_id"

# Event → what may be named for it; those of the whole world, for the clock is everybody's, happen in `control`.
TAKES: dict[str, tuple[str, ...]] = {
    "advance_clock": ("days", "hours", "seconds"),
    "day_of_business": (),
    "remove_invoice_line": (_INVOICE,),
    "change_invoice_line": (_INVOICE, "price"),
    "empty_payments": (_INVOICE,),
    "delete_invoice": (_INVOICE,),
    "restore_invoice": (_INVOICE,),
    "pay_invoice": (_INVOICE, "date", "amount"),
    "create_and_send_invoice": (_CONTACT, "invoice_date", "price", "description", "period", "reference"),
    "mark_uncollectible": (_INVOICE,),
    "book_on_control_account": ("amount",),
    "schedule_invoice": (_INVOICE, "date"),
    "remind_of_invoice": (_INVOICE,),
    "await_payment": (_INVOICE,),
    "credit_invoice": (_INVOICE,),
    "receive_purchase": (_CONTACT, "price", "due_date", "reference"),
    "change_purchase": (_PURCHASE,),
    "pay_purchase": (_PURCHASE,),
    "delete_purchase": (_PURCHASE,),
    "receive_external_invoice": ("price", "reference"),
    "delete_external_invoice": ("external_sales_invoice_id",),
    "enter_journal": ("amount", "reference"),
    "delete_journal": (_PURCHASE,),
    "change_contact": (_CONTACT, "company_name", "firstname", "lastname", "city"),
    "archive_contact": (_CONTACT,),
    "merge_contacts": (_CONTACT, "gone_id"),
    "delete_contact": (_CONTACT,),
    "move_time_entry": (_ENTRY, "days"),
    "stop_time_entry": (),
    "delete_time_entry": (_ENTRY,),
    "edit_record": ("resource", "id", "fields", "silently"),
    "delete_record": ("resource", "id"),
}


def happen(administration: Administration, kind: str, arguments: Arguments) -> Answer:
    """Lets the named event happen. ValueError when there is no such event or no record it fits."""
    check(kind, arguments)
    return EVENTS[kind](administration, arguments)


def check(kind: str, arguments: Arguments) -> None:
    """ValueError for an event nobody knows, and for what it would not look at: a slip would change another record."""
    if kind not in TAKES:
        raise ValueError(f"unknown event {kind!r}; known are {', '.join(sorted(TAKES))}")
    unknown = sorted(set(arguments) - set(TAKES[kind]))
    if unknown:
        takes = ", ".join(TAKES[kind]) or "nothing"
        raise ValueError(f"{kind} does not take {', '.join(unknown)}; it takes {takes}")


EVENTS: dict[str, Callable[[Administration, Arguments], Answer]] = {
    event.__name__: event for event in (*sales.EVENTS, *documents.EVENTS, *people.EVENTS, *editing.EVENTS)
}
