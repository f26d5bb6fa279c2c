"""Papers without amounts: kept, changed, removed. Nothing of them is in the books."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Note, Paper


def keep(administration: Administration, paper: Paper) -> Paper:
    """Stores a new paper: it gets its id, and an entry number when it is a general document."""
    paper.id = paper.id or administration.new_id()
    if paper.kind == "general_document":
        paper.entry_number = paper.entry_number or administration.next_entry_number()
    administration.papers[paper.id] = paper
    administration.announce("document_saved", paper)
    return paper


def change(administration: Administration, paper: Paper, at: int | None = None, **changes: Any) -> Paper:
    """The paper with other facts in place of the old one."""
    at = administration.at(at)
    changed = replace(paper, **changes, updated=max(paper.updated, at))
    administration.papers[changed.id] = changed
    administration.announce("document_updated", changed)
    return changed


def remind(administration: Administration, paper: Paper, day: date, text: str | None, at: int | None = None) -> Note:
    """A to-do on the paper. The contract's to-do has no date, so the day stands in its words (a guess)."""
    at = administration.at(at)
    words = f"{text or 'Herinnering'} ({day.isoformat()})"
    note = Note(administration.new_id(at), "Document", paper.id, words, administration.owner_id, True, at, at)
    administration.notes.setdefault(paper.id, []).append(note)
    administration.announce("todo_created", paper)
    return note


def remove(administration: Administration, paper: Paper) -> None:
    del administration.papers[paper.id]
    administration.announce("document_destroyed", paper)
