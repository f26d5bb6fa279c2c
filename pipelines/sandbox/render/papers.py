"""General documents and typeless ones: papers without amounts. Also what every kind of document shows alike."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import decimal_text
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import Paper, Purchase
from pipelines.sandbox.render.contacts import embedded, event
from pipelines.sandbox.render.notes import attachments, notes


class Changed(Protocol):
    """A document that says when it was made and when somebody last changed it."""

    @property
    def created(self) -> int: ...
    @property
    def updated(self) -> int: ...


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def contact(administration: Administration, contact_id: int | None) -> dict[str, Any] | None:
    """The contact as it is now: documents of others keep no copy. None without one."""
    record = administration.contacts.get(contact_id or 0)
    return embedded(administration, record, record.card) if record else None


def events(administration: Administration, document: Changed) -> list[dict[str, Any]]:
    """Saved, and updated when it was; only the last change is remembered, and not what it changed."""
    found = [event(administration, "document_saved", document.created)]
    if document.updated > document.created:
        data: dict[str, Any] = {"changes": {}} if isinstance(document, Purchase) else {}
        found.append(event(administration, "document_updated", document.updated, data))
    return found


def general_document(administration: Administration, record: Paper) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "contact_id": str(record.contact_id) if record.contact_id else None,
        "contact": contact(administration, record.contact_id),
        "reference": record.reference,
        "date": record.day.isoformat(),
        "due_date": day(record.due_date),
        "entry_number": record.entry_number,
        "state": record.state,
        "exchange_rate": decimal_text(record.rate) if record.rate is not None else None,
        "created_at": iso(record.created),
        "updated_at": iso(record.updated),
        "version": record.updated // 1000,
        "notes": notes(administration, record.id),
        "attachments": attachments(administration, record.id),
        "events": events(administration, record),
    }


def typeless_document(administration: Administration, record: Paper) -> dict[str, Any]:
    """Has no notes in its answer, although notes can be sent for other papers."""
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "contact_id": str(record.contact_id) if record.contact_id else None,
        "contact": contact(administration, record.contact_id),
        "reference": record.reference,
        "date": record.day.isoformat(),
        "state": record.state,
        "origin": record.origin,
        "created_at": iso(record.created),
        "updated_at": iso(record.updated),
        "version": record.updated // 1000,
        "attachments": attachments(administration, record.id),
        "events": events(administration, record),
    }


def paper(administration: Administration, record: Paper) -> dict[str, Any]:
    """A paper of either kind."""
    render = general_document if record.kind == "general_document" else typeless_document
    return render(administration, record)
