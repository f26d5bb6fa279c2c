"""The outbox table: insert once per business key, find, and move between states.

A move is a compare-and-set on the state plus a line in the audit log, in one transaction, so two workers (or a worker
and a person) never both win. Nothing here knows what a command means; that is `pipelines.writeback`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from pipelines.errors import CommandRefusedError
from pipelines.operations import audit
from pipelines.operations.schema import commands
from pipelines.operations.states import ALLOWED, WORKABLE, State


@dataclass(frozen=True)
class NewCommand:
    """What a person wants done. `payload` is the exact request, `preview` what they were shown."""

    kind: str
    administration_id: str
    business_key: str
    payload: dict[str, Any]
    preview: dict[str, Any]
    created_by: str
    approved_by: str | None = None  # given: it may be sent at once; None: it waits for approval


@dataclass(frozen=True)
class Command:
    """One row of the outbox."""

    id: int
    kind: str
    administration_id: str
    business_key: str
    payload: dict[str, Any]
    preview: dict[str, Any]
    state: State
    created_by: str
    created_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    attempts: int
    sent_at: datetime | None
    not_before_at: datetime | None
    last_error: str | None
    remote_id: str | None
    remote_totals: dict[str, Any] | None
    updated_at: datetime


def add(connection: sa.Connection, new: NewCommand, *, at: datetime) -> Command:
    """The command with this business key: the new one, or the one that already stands there, unchanged.

    Raises CommandRefusedError when the key is taken by another request.
    """
    is_new = connection.execute(_insert(connection, new, at)).first() is not None
    found = with_key(connection, new.administration_id, new.kind, new.business_key)
    if found is None:
        raise CommandRefusedError(f"The outbox did not keep command {new.business_key}; press again.")
    if found.payload != new.payload:
        raise CommandRefusedError(
            f"Key {new.business_key} already belongs to command {found.id} with another content; "
            "start a new draft and enter it again."
        )
    if is_new:
        audit.record(connection, at=at, who=new.created_by, what="created", command_id=found.id, after=found.state)
    return found


def get(connection: sa.Connection, command_id: int) -> Command:
    """Raises CommandRefusedError when there is no such command."""
    row = connection.execute(commands.select().where(commands.c.id == command_id)).mappings().first()
    if row is None:
        raise CommandRefusedError(f"There is no command {command_id}; `dovecote drafts list` shows those there are.")
    return _command(row)


def with_key(connection: sa.Connection, administration_id: str, kind: str, business_key: str) -> Command | None:
    row = connection.execute(
        commands.select().where(
            commands.c.administration_id == administration_id,
            commands.c.kind == kind,
            commands.c.business_key == business_key,
        )
    )
    first = row.mappings().first()
    return _command(first) if first is not None else None


def recent(connection: sa.Connection, *, limit: int, states: Sequence[State] = ()) -> list[Command]:
    """The newest first; `states` empty means all."""
    query = commands.select().order_by(commands.c.id.desc()).limit(limit)
    if states:
        query = query.where(commands.c.state.in_(list(states)))
    return [_command(row) for row in connection.execute(query).mappings()]


def administrations_with_work(connection: sa.Connection, *, now: datetime) -> list[str]:
    """Administrations that have something due, or something left in `sending` by a worker that may be gone."""
    query = (
        sa.select(commands.c.administration_id)
        .where(sa.or_(_due(now), commands.c.state == State.SENDING))
        .distinct()
        .order_by(commands.c.administration_id)
    )
    return list(connection.scalars(query))


def due(connection: sa.Connection, administration_id: str, *, now: datetime) -> list[Command]:
    """What the worker may take up, oldest first."""
    query = (
        commands.select().where(commands.c.administration_id == administration_id, _due(now)).order_by(commands.c.id)
    )
    return [_command(row) for row in connection.execute(query).mappings()]


def left_in_sending(connection: sa.Connection, administration_id: str) -> list[Command]:
    """Commands whose worker went away between the request and its outcome. Ask only as the administration's writer."""
    query = commands.select().where(
        commands.c.administration_id == administration_id, commands.c.state == State.SENDING
    )
    return [_command(row) for row in connection.execute(query).mappings()]


def move(
    connection: sa.Connection, command: Command, to: State, *, at: datetime, who: str, what: str, **values: Any
) -> Command:
    """`command` in its new state, with `values` set and the audit line written.

    Raises CommandRefusedError when the step is not allowed, or when someone else moved it meanwhile.
    """
    if to not in ALLOWED[command.state]:
        raise CommandRefusedError(f"Command {command.id} is {command.state}; it cannot become {to}.")
    changed = connection.execute(
        commands.update()
        .where(commands.c.id == command.id, commands.c.state == command.state, commands.c.attempts == command.attempts)
        .values(state=to, updated_at=at, **values)
    )
    if changed.rowcount != 1:
        raise CommandRefusedError(
            f"Command {command.id} is no longer {command.state}: someone else moved it; look again."
        )
    audit.record(connection, at=at, who=who, what=what, command_id=command.id, before=command.state, after=to)
    return get(connection, command.id)


def _due(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        commands.c.state.in_(list(WORKABLE)),
        sa.or_(commands.c.not_before_at.is_(None), commands.c.not_before_at <= now),
    )


def _insert(connection: sa.Connection, new: NewCommand, at: datetime) -> sa.Executable:
    """Returns the new row's id, or no row when the key is taken (a row count is not reliable on both engines)."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    approved = new.approved_by is not None
    return (
        insert(commands)
        .values(
            kind=new.kind,
            administration_id=new.administration_id,
            business_key=new.business_key,
            payload=new.payload,
            preview=new.preview,
            state=State.QUEUED if approved else State.AWAITING_APPROVAL,
            created_by=new.created_by,
            created_at=at,
            approved_by=new.approved_by,
            approved_at=at if approved else None,
            attempts=0,
            updated_at=at,
        )
        .on_conflict_do_nothing(index_elements=["administration_id", "kind", "business_key"])
        .returning(commands.c.id)
    )


def _command(row: sa.RowMapping) -> Command:
    return Command(**{**row, "state": State(row["state"])})
