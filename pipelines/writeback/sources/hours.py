"""Hours of an internal tool → time entries, keyed by the tool's own id: CSV, JSON or JSON lines.

Times are either both moments, or a day and its minutes. A moment without a zone is one of the administration's own
clock; on the two nights that clock is moved, the hour that is not there or comes twice is refused, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pipelines.writeback.catalogue.hours import Named
from pipelines.writeback.fields import Day, Identifier, Text
from pipelines.writeback.office import Office
from pipelines.writeback.sources.reading import Row, rows, validated
from pipelines.writeback.sources.source import Asked, BadRow, Taken
from pipelines.writeback.time_entry import NewTimeEntry

START_OF_DAY = time(9)
"""Where an entry begins of which only day and length are known: Moneybird wants a time."""

_SYSTEM = r"^[a-z0-9_-]{1,30}$"  # as the senders of events are called
_EXPECTED: dict[Named, str] = {
    "user": "the id or name of one user",
    "contact": "the id, customer number or name of one contact",
    "project": "the id or name of one project",
}


def _written(value: Any) -> Any:
    """A moment is text: pydantic would read a bare number as seconds since 1970."""
    if not isinstance(value, str) or value.strip().isdigit():
        raise ValueError("a time such as 2026-11-20 09:00, or with its zone 2026-11-20T09:00+01:00")
    return value


Time = Annotated[datetime, BeforeValidator(_written)]


class HoursRow(BaseModel):
    """One entry of the tool."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True)
    tool_id: Text = Field(
        min_length=1, max_length=40, description="the entry's id in the tool; the same id is the same entry"
    )
    system: Text | None = Field(
        None, pattern=_SYSTEM, description="the tool, in small letters, if two could have the same id"
    )
    administration_id: Identifier | None = Field(None, description="the administration's id, else --administration")
    user: Text = Field(min_length=1, description="the user's id or full name in Moneybird (no e-mail address is kept)")
    contact: Text | None = Field(None, description="the contact's id, customer number or full name")
    project: Text | None = Field(None, description="the project's id or full name")
    started_at: Time | None = Field(None, description="start, such as 2026-11-20 09:00, local unless it says its zone")
    ended_at: Time | None = Field(None, description="end, in the same way")
    day: Day | None = Field(None, description="instead of start and end: a date such as 2026-11-20")
    minutes: int | None = Field(None, gt=0, lt=1440, description="the minutes worked on that day")
    paused_minutes: int = Field(0, ge=0, lt=1440, description="minutes between start and end not worked, else 0")
    description: Text = Field(min_length=1, max_length=1000, description="what was done")
    billable: bool = Field(default=True, description="true or false, else true")


class HoursOfATool:
    """Time entries, one per row."""

    name = "hours"
    summary = "hours of an internal tool as time entries, one row each, keyed by the tool's id"
    row: type[BaseModel] | None = HoursRow

    def take(self, asked: Asked, office: Office) -> Taken:
        requests: list[tuple[str, NewTimeEntry]] = []
        bad: list[BadRow] = []
        others = 0
        first_places: dict[tuple[str, ...], str] = {}
        for row in rows(asked, HoursRow):
            if row.value is None:
                bad += row.bad
                continue
            where = row.value.administration_id or asked.administration_id or ""
            if asked.administration_id not in (None, where):
                others += 1
                continue
            identity = (where, row.value.system or asked.sender, row.value.tool_id)
            place = first_places.setdefault(identity, row.where)
            if place != row.where:
                bad.append(
                    BadRow(row.where, "tool_id", f"{row.value.tool_id!r} again, as on {place}", "one row per id")
                )
                continue
            made = _request(row.where, row.value, where, asked.sender, office)
            bad += made.bad
            requests += [(row.where, made.value)] if made.value is not None else []
        remarks = [f"{others} rows of other administrations than {asked.administration_id} were left out."]
        return Taken(tuple(requests), tuple(bad), tuple(remarks if others else ()))


def _request(where: str, row: HoursRow, administration_id: str, sender: str, office: Office) -> Row[NewTimeEntry]:
    """The row as a request, or everything that stands in its way."""
    if not administration_id:
        missing = BadRow(where, "administration_id", "nothing", "the administration's id, or --administration")
        return Row(where, {}, None, (missing,))
    named = [*_named(where, row, administration_id, office)]
    moments = _moments(where, row, ZoneInfo(office.catalogue.time_zone(administration_id)))
    bad = tuple(each for each in (*named, *moments) if isinstance(each, BadRow))
    if bad:
        return Row(where, {}, None, bad)
    cells: dict[str, Any] = dict(each for each in named if not isinstance(each, BadRow))
    cells |= dict(zip(("started_at", "ended_at"), moments, strict=True))
    cells |= {"administration_id": administration_id, "paused_seconds": row.paused_minutes * 60}
    cells |= {"description": row.description, "billable": row.billable, "is_clocked": row.started_at is not None}
    system = row.system or sender
    cells["draft_id"] = f"hours/{system}:{row.tool_id}" if system else f"hours:{row.tool_id}"
    return validated(where, cells, NewTimeEntry)


def _named(where: str, row: HoursRow, administration_id: str, office: Office) -> Iterator[tuple[str, str] | BadRow]:
    texts: dict[Named, str | None] = {"user": row.user, "contact": row.contact, "project": row.project}
    for what, text in texts.items():
        if text is None:
            continue
        ids = office.catalogue.named(administration_id, what, text)
        if len(ids) == 1:
            yield f"{what}_id", ids[0]
        else:
            found = f"{text!r}, which is {'none' if not ids else 'each of ' + ', '.join(ids)}"
            yield BadRow(where, what, found, f"{_EXPECTED[what]} of administration {administration_id}")


def _moments(where: str, row: HoursRow, zone: ZoneInfo) -> tuple[datetime | BadRow, ...]:
    """Start and end, or what is wrong with them."""
    given = [name for name in ("started_at", "ended_at", "day", "minutes") if getattr(row, name) is not None]
    if row.started_at is not None and row.ended_at is not None and len(given) == 2:
        return _moment(where, "started_at", row.started_at, zone), _moment(where, "ended_at", row.ended_at, zone)
    if row.day is not None and row.minutes is not None and len(given) == 2:
        begun = datetime.combine(row.day, START_OF_DAY, zone).astimezone(UTC)
        return begun, begun + timedelta(minutes=row.minutes + row.paused_minutes)
    return (BadRow(where, "started_at", " and ".join(given) or "nothing", "either start and end, or day and minutes"),)


def _moment(where: str, field: str, value: datetime, zone: ZoneInfo) -> datetime | BadRow:
    if value.tzinfo is not None:
        return value
    first, second = value.replace(tzinfo=zone, fold=0), value.replace(tzinfo=zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        expected = f"its zone with it, such as {second.isoformat()}, as {zone.key} moves the clock then"
        return BadRow(where, field, repr(value.isoformat(sep=" ")), expected)
    return first
