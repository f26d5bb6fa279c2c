"""General journal documents: entered, changed, removed. A journal that does not balance is a ValueError."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Journal


def enter(administration: Administration, journal: Journal) -> Journal:
    """Stores a new journal and gives it its id."""
    journal.id = journal.id or administration.new_id()
    administration.put_journal(journal)
    administration.announce("document_saved", journal)
    return journal


def change(administration: Administration, journal: Journal, at: int | None = None, **changes: Any) -> Journal:
    """The journal with other facts in place of the old one."""
    at = administration.at(at)
    changed = replace(journal, **changes, updated=max(journal.updated, at))
    for entry in changed.entries:
        entry.id = entry.id or administration.new_id(at)
    administration.put_journal(changed)
    administration.announce("document_updated", changed)
    return changed


def remove(administration: Administration, journal: Journal) -> None:
    administration.remove_journal(journal.id)
    administration.announce("document_destroyed", journal)
