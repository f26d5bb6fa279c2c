"""Notes and attachments as they stand on a record."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import Attachment, Note


def notes(administration: Administration, record_id: int) -> list[dict[str, Any]]:
    return [note(administration, found) for found in administration.notes.get(record_id, ())]


def attachments(administration: Administration, record_id: int) -> list[dict[str, Any]]:
    return [attachment(administration, found) for found in administration.attachments.get(record_id, ())]


def note(administration: Administration, record: Note) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "entity_id": str(record.entity_id),
        "entity_type": record.entity_type,
        "user_id": str(record.user_id),
        "assignee_id": str(record.assignee_id) if record.assignee_id else None,
        "todo": record.todo,
        "note": record.text,
        "completed_at": iso(record.completed) if record.completed else None,
        "completed_by_id": str(record.user_id) if record.completed else None,
        "todo_type": None,
        "data": {},
        "created_at": iso(record.created),
        "updated_at": iso(record.updated),
    }


def attachment(administration: Administration, record: Attachment) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "attachable_id": str(record.entity_id),
        "attachable_type": record.entity_type,
        "filename": record.filename,
        "content_type": record.content_type,
        "size": len(record.content),
        "rotation": 0,
        "created_at": iso(record.created),
        "updated_at": iso(record.created),
    }
