"""The inbox table: events of other systems as they arrived, kept until a process of ours has read them.

One row per source, sender and idempotency key: the same event again is the row that stands there. Who reads an event
marks it only after its commands are in the outbox, so a kill in between has it read once more, which changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from pipelines.errors import CommandRefusedError
from pipelines.operations import locks
from pipelines.operations.schema import inbox
from pipelines.operations.store import Store

LONGEST_KEY = 100  # characters of an idempotency key; a UUID has 36


class EventState(StrEnum):
    """What became of an event."""

    WAITING = "waiting"  # nobody has read it
    TAKEN = "taken"  # all of it became commands
    PARTLY = "partly"  # some of it did; `result` says what did not, and why
    REFUSED = "refused"  # nothing did


@dataclass(frozen=True)
class NewEvent:
    """What a sender gave: the body to the byte, and the key by which it calls this event."""

    source: str
    sender: str
    idempotency_key: str
    body: bytes

    @property
    def body_hash(self) -> str:
        return sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Event:
    """One row of the inbox. `result` names its commands, and every reason why something became none."""

    id: int
    source: str
    sender: str
    idempotency_key: str
    body: bytes
    body_hash: str
    received_at: datetime
    state: EventState
    processed_at: datetime | None
    result: dict[str, Any] | None

    @property
    def origin(self) -> str:
        """How commands made of it name it."""
        return f"event {self.sender} {self.idempotency_key}"


def keep(connection: sa.Connection, new: NewEvent, *, at: datetime) -> tuple[Event, bool]:
    """The row of this event, and whether it is new. An older row may hold another body: compare `body_hash`."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    added = connection.execute(
        insert(inbox)
        .values(
            source=new.source, sender=new.sender, idempotency_key=new.idempotency_key, body=new.body,
            body_hash=new.body_hash, received_at=at, state=EventState.WAITING,
        )
        .on_conflict_do_nothing(index_elements=["source", "sender", "idempotency_key"])
        .returning(inbox.c.id)
    ).first()  # fmt: skip
    row = connection.execute(
        inbox.select().where(
            inbox.c.source == new.source,
            inbox.c.sender == new.sender,
            inbox.c.idempotency_key == new.idempotency_key,
        )
    )
    return _event(row.mappings().one()), added is not None


def next_waiting(connection: sa.Connection, *, after: int = 0) -> Event | None:
    """The oldest event nobody has read, of those that came after the one with that id."""
    query = inbox.select().where(inbox.c.state == EventState.WAITING, inbox.c.id > after).order_by(inbox.c.id).limit(1)
    row = connection.execute(query).mappings().first()
    return _event(row) if row is not None else None


def mark(connection: sa.Connection, event: Event, state: EventState, *, at: datetime, result: dict[str, Any]) -> None:
    """Says what became of a waiting event."""
    connection.execute(
        inbox.update()
        .where(inbox.c.id == event.id, inbox.c.state == EventState.WAITING)
        .values(state=state, processed_at=at, result=result)
    )


def put_back(connection: sa.Connection, event_id: int) -> None:
    """Lets an event be read again that did not become commands as a whole, after what stood in its way is gone."""
    changed = connection.execute(
        inbox.update()
        .where(inbox.c.id == event_id, inbox.c.state.in_([EventState.PARTLY, EventState.REFUSED]))
        .values(state=EventState.WAITING)
    )
    if changed.rowcount != 1:
        raise CommandRefusedError(
            f"There is no event {event_id} of which something was refused; `dovecote drafts inbox` shows them all."
        )


def recent(connection: sa.Connection, *, limit: int, states: Sequence[EventState] = ()) -> list[Event]:
    """The newest first; `states` empty means all."""
    query = inbox.select().order_by(inbox.c.id.desc()).limit(limit)
    if states:
        query = query.where(inbox.c.state.in_(list(states)))
    return [_event(row) for row in connection.execute(query).mappings()]


@contextmanager
def only_reader(store: Store) -> Iterator[bool]:
    """True while this process is the one that reads events; a second one could put an old order over its correction."""
    with locks.held(store.engine, "inbox", wait=False) as held:
        yield held


def _event(row: sa.RowMapping) -> Event:
    return Event(**{**row, "body": bytes(row["body"]), "state": EventState(row["state"])})
