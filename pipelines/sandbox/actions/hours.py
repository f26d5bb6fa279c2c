"""Worked hours: written, changed, stopped, resumed, removed. Times are cut to whole minutes, one at least."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import local_date
from pipelines.sandbox.model import TimeEntry

MINUTE = 60_000  # milliseconds


def whole_minutes(started: int, ended: int | None) -> tuple[int, int | None]:
    start = started // MINUTE * MINUTE
    return start, None if ended is None else max(ended // MINUTE * MINUTE, start + MINUTE)


def create(administration: Administration, entry: TimeEntry, at: int | None = None) -> TimeEntry:
    """Stores a new entry under an id of its own."""
    now = administration.at(at)
    started, ended = whole_minutes(entry.started, entry.ended)
    made = replace(
        entry, id=entry.id or administration.new_id(now), started=started, ended=ended, created=now, updated=now
    )
    administration.put_time_entry(made)
    administration.announce("time_entry_created", made)
    return made


def change(administration: Administration, entry: TimeEntry, at: int | None = None, **changes: Any) -> TimeEntry:
    now = administration.at(at)
    made = replace(entry, **changes)
    made.started, made.ended = whole_minutes(made.started, made.ended)
    made.updated = max(entry.updated, now)
    administration.put_time_entry(made)
    administration.announce("time_entry_updated", made)
    return made


def stop(administration: Administration, entry: TimeEntry) -> TimeEntry:
    """Ends a running timer now; one that ended stays as it is."""
    if entry.ended is not None:
        return entry
    return change(administration, entry, ended=administration.clock.milliseconds())


def resume(administration: Administration, entry: TimeEntry) -> TimeEntry:
    """Lets a stopped timer of today run on; the time between counts as a pause. ValueError for any other entry."""
    now = administration.clock.milliseconds()
    if entry.ended is None or entry.invoice_id is not None or local_date(entry.started) != administration.clock.today():
        raise ValueError("only an entry that started today and was stopped can be resumed")
    for other in list(administration.time_entries.values()):
        if other.user_id == entry.user_id and other.ended is None:
            stop(administration, other)
    pause = max(now - entry.ended, 0) // 1000
    return change(administration, entry, ended=None, paused=entry.paused + pause)


def remove(administration: Administration, entry: TimeEntry) -> None:
    administration.remove_time_entry(entry.id)
    administration.announce("time_entry_destroyed", entry)
