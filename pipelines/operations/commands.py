"""The outbox table: find commands, and move them between states; they come in through `entering`.

A move is a compare-and-set on the state plus a line in the audit log, in one transaction, so two workers (or a worker
and a person) never both win. Nothing here knows what a command means; that is `pipelines.writeback`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from pipelines.errors import CommandRefusedError
from pipelines.operations import audit
from pipelines.operations.schema import commands
from pipelines.operations.states import ALLOWED, LIVING, WORKABLE, State


@dataclass(frozen=True)
class Command:
    """One row of the outbox."""

    id: int
    kind: str
    administration_id: str
    business_key: str
    request: dict[str, Any]
    payload: dict[str, Any]
    preview: dict[str, Any]
    preview_hash: str
    origin: str | None
    state: State
    created_by: str
    created_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    approved_hash: str | None
    attempts: int
    sent_at: datetime | None
    not_before_at: datetime | None
    last_error: str | None
    remote_id: str | None
    remote_at: datetime | None
    remote_totals: dict[str, Any] | None
    updated_at: datetime


def remote_ids(connection: sa.Connection, administration_id: str, kind: str, *, but: int) -> frozenset[str]:
    """Records at Moneybird that other commands of this kind are known to have made."""
    query = sa.select(commands.c.remote_id).where(
        commands.c.administration_id == administration_id,
        commands.c.kind == kind,
        commands.c.remote_id.is_not(None),
        commands.c.id != but,
    )
    return frozenset(connection.scalars(query))


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


def of_origin(connection: sa.Connection, administration_id: str, kind: str, origin: str) -> list[Command]:
    """Everything ever asked for from `origin`, oldest first."""
    query = (
        commands.select()
        .where(commands.c.administration_id == administration_id, commands.c.kind == kind, commands.c.origin == origin)
        .order_by(commands.c.id)
    )
    return [_command(row) for row in connection.execute(query).mappings()]


def amounts_of_others(
    connection: sa.Connection, administration_id: str, kind: str, business_key: str, *, made_since: datetime | None
) -> Iterator[Decimal]:
    """Without VAT, what other commands of this kind made since `made_since` (None: ever) or may yet make, the newest
    first and one by one, so that who knows enough stops.

    Also what Moneybird rejected, as a retry sends it unseen. Of those that wait only the ones asked for earlier: a
    later one is examined again when it is approved, and meets this one then.
    """
    of_kind = sa.and_(commands.c.administration_id == administration_id, commands.c.kind == kind)
    own = connection.scalar(sa.select(commands.c.id).where(of_kind, commands.c.business_key == business_key))
    is_made = sa.or_(
        commands.c.state == State.VERIFIED,
        sa.and_(commands.c.state == State.CANCELLED, commands.c.remote_id.is_not(None)),
    )
    if made_since is not None:
        is_made = sa.and_(is_made, sa.func.coalesce(commands.c.remote_at, commands.c.updated_at) >= made_since)
    query = (
        sa.select(commands.c.preview["total_excl_amount"].as_string())
        .where(of_kind, sa.or_(commands.c.state.in_([*LIVING, State.REJECTED]), is_made))
        .order_by(commands.c.id.desc())
    )
    if own is not None:
        waits_later = sa.and_(commands.c.state == State.AWAITING_APPROVAL, commands.c.id > own)
        query = query.where(commands.c.id != own, sa.not_(waits_later))
    yield from map(Decimal, connection.scalars(query))


def recent(
    connection: sa.Connection, *, limit: int, states: Sequence[State] = (), administrations: Sequence[str] = ()
) -> list[Command]:
    """The newest first; no states or no administrations means all."""
    query = commands.select().order_by(commands.c.id.desc()).limit(limit)
    if states:
        query = query.where(commands.c.state.in_(list(states)))
    if administrations:
        query = query.where(commands.c.administration_id.in_(list(administrations)))
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


def due(connection: sa.Connection, administration_id: str, *, now: datetime, limit: int | None = None) -> list[Command]:
    """What the worker may take up, oldest first; what was put off is as old as the moment it was put off to."""
    age = sa.func.coalesce(commands.c.not_before_at, commands.c.created_at)
    query = (
        commands.select()
        .where(commands.c.administration_id == administration_id, _due(now))
        .order_by(age, commands.c.id)
        .limit(limit)
    )
    return [_command(row) for row in connection.execute(query).mappings()]


def left_in_sending(connection: sa.Connection, administration_id: str) -> list[Command]:
    """Commands whose worker went away between the request and its outcome. Ask only as the administration's writer."""
    query = commands.select().where(
        commands.c.administration_id == administration_id, commands.c.state == State.SENDING
    )
    return [_command(row) for row in connection.execute(query).mappings()]


def move(
    connection: sa.Connection,
    command: Command,
    to: State,
    *,
    at: datetime,
    who: str,
    what: str,
    details: audit.Details | None = None,
    **values: Any,
) -> Command:
    """`command` in its new state, with `values` set and the audit line written with `details`.

    Raises CommandRefusedError when the step is not allowed, or when someone else moved it meanwhile.
    """
    if to not in ALLOWED[command.state]:
        raise CommandRefusedError(f"Command {command.id} is {command.state}; it cannot become {to}.")
    changed = connection.execute(commands.update().where(as_read(command)).values(state=to, updated_at=at, **values))
    if changed.rowcount != 1:
        raise CommandRefusedError(
            f"Command {command.id} is no longer {command.state}: someone else moved it; look again."
        )
    audit.record(
        connection, at=at, who=who, what=what, command_id=command.id, before=command.state, after=to, details=details
    )
    return get(connection, command.id)


def as_read(command: Command) -> sa.ColumnElement[bool]:
    """Nobody moved `command` or put another content under it since it was read."""
    return sa.and_(
        commands.c.id == command.id,
        commands.c.state == command.state,
        commands.c.attempts == command.attempts,
        commands.c.preview_hash == command.preview_hash,
    )


def _due(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        commands.c.state.in_(list(WORKABLE)),
        sa.or_(commands.c.not_before_at.is_(None), commands.c.not_before_at <= now),
    )


def _command(row: sa.RowMapping) -> Command:
    return Command(**{**row, "state": State(row["state"])})
