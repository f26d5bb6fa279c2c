"""Worked hours."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.sandbox.cards import Milliseconds


@dataclass(slots=True)
class TimeEntry:
    """Worked hours; `ended` None is a running timer. `paused` is seconds."""

    id: int
    user_id: int
    contact_id: int | None
    project_id: int | None
    invoice_id: int | None
    started: Milliseconds
    ended: Milliseconds | None
    description: str
    paused: int
    billable: bool
    created: Milliseconds
    updated: Milliseconds
