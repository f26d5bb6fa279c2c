"""General journal documents. What a tax rate said of an entry is not given back."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import Entry, Journal
from pipelines.sandbox.render.notes import attachments, notes
from pipelines.sandbox.render.papers import events


def journal(administration: Administration, record: Journal) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "reference": record.reference or None,
        "date": record.day.isoformat(),
        "journal_type": record.kind,
        "created_at": iso(record.created),
        "updated_at": iso(record.updated),
        "version": record.updated // 1000,
        "general_journal_document_entries": [_entry(administration, record, entry) for entry in _rows(record)],
        "notes": notes(administration, record.id),
        "attachments": attachments(administration, record.id),
        "events": events(administration, record),
    }


def _rows(record: Journal) -> list[Entry]:
    """By account, not as written: clients saw that the order of the rows is not kept (QUIRKS 37)."""
    return sorted(record.entries, key=lambda entry: (entry.account_id, entry.id))


def _entry(administration: Administration, record: Journal, entry: Entry) -> dict[str, Any]:
    return {
        "id": str(entry.id),
        "administration_id": str(administration.id),
        "ledger_account_id": str(entry.account_id),
        "project_id": str(entry.project_id) if entry.project_id else None,
        "contact_id": str(entry.contact_id) if entry.contact_id else None,
        "debit": text(entry.debit),
        "credit": text(entry.credit),
        "row_order": entry.row_order,
        "created_at": iso(record.created),
        "updated_at": iso(record.updated),
        "description": entry.description or None,
    }
