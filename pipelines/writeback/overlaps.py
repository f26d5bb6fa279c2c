"""Other hours of the same person at the same time: at Moneybird already, or in commands still to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pipelines.operations import Command, commands
from pipelines.operations.claims import holders
from pipelines.writeback.catalogue.hours import WorkedHours
from pipelines.writeback.keys import business_key
from pipelines.writeback.office import Office
from pipelines.writeback.time_entry import NewTimeEntry

LONGEST = timedelta(days=1)
"""An entry is shorter than a day, so what began earlier than that before another cannot reach it."""


def claim(user_id: str, at: datetime) -> str:
    """A person's start of work; as texts, claims of one person stand in order of time."""
    return f"hours:{user_id}:{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


@dataclass(frozen=True)
class Overlaps:
    """What meets a request: entries that stand, and commands still to come."""

    entries: tuple[WorkedHours, ...]
    coming: tuple[Command, ...]

    def sentences(self, zone: ZoneInfo) -> tuple[str, ...]:
        """One per overlap, for whoever decides whether both are right."""
        standing = (
            f"It overlaps time entry {each.time_entry_id} of the same person, {_spoken(each, zone)}."
            for each in self.entries
        )
        coming = (f"It overlaps command {each.id} of the same person, to be sent or just made." for each in self.coming)
        return (*standing, *coming)


def overlaps(request: NewTimeEntry, office: Office) -> Overlaps:
    """Every other entry of the user between start and end; what came of this very request is not another."""
    made = _of_request(request, office)
    ours = made.remote_id if made else None
    entries = office.catalogue.worked(request.administration_id, request.user_id, request.started_at, request.ended_at)
    coming = _coming(request, office, but=made.id if made else None)
    return Overlaps(tuple(each for each in entries if each.time_entry_id != ours), coming)


def _of_request(request: NewTimeEntry, office: Office) -> Command | None:
    if office.store is None:
        return None
    with office.store.read() as connection:
        return commands.with_key(connection, request.administration_id, request.kind, business_key(request))


def _coming(request: NewTimeEntry, office: Office, but: int | None) -> tuple[Command, ...]:
    if office.store is None:
        return ()
    known = office.catalogue.administration(request.administration_id)
    with office.store.read() as connection:
        ids = holders(
            connection,
            request.administration_id,
            claim(request.user_id, request.started_at - LONGEST),
            claim(request.user_id, request.ended_at),
            done_since=known.synced_at if known else None,
        )
        found = [commands.get(connection, each) for each in ids if each != but]
    return tuple(each for each in found if _meets(each, request))


def _meets(command: Command, request: NewTimeEntry) -> bool:
    """Asked in full again: how an engine orders texts with colons in them is its own affair."""
    theirs = NewTimeEntry.model_validate(command.request)
    at_once = theirs.started_at < request.ended_at and theirs.ended_at > request.started_at
    return theirs.is_clocked and theirs.user_id == request.user_id and at_once


def _spoken(hours: WorkedHours, zone: ZoneInfo) -> str:
    begun = hours.started_at.astimezone(zone)
    if hours.ended_at is None:
        return f"which runs since {begun:%d-%m-%Y %H:%M}"
    return f"{begun:%d-%m-%Y %H:%M} to {hours.ended_at.astimezone(zone):%H:%M}"
