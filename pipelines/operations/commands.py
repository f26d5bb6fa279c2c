"""The outbox table: insert once per business key, find, and move between states.

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
from sqlalchemy.dialects import postgresql, sqlite

from pipelines.errors import CommandRefusedError
from pipelines.operations import audit, claims
from pipelines.operations.claims import Claim
from pipelines.operations.hashing import preview_hash
from pipelines.operations.schema import commands
from pipelines.operations.states import ALLOWED, LIVING, UNSENT, WORKABLE, State


@dataclass(frozen=True)
class NewCommand:
    """What a person wants done. `payload` is the exact request, `preview` what they were shown."""

    kind: str
    administration_id: str
    business_key: str
    request: dict[str, Any]
    payload: dict[str, Any]
    preview: dict[str, Any]
    created_by: str
    origin: str | None = None
    claims: tuple[Claim, ...] = ()

    @property
    def preview_hash(self) -> str:
        return preview_hash(self.payload, self.preview)


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


def add(connection: sa.Connection, new: NewCommand, *, at: datetime) -> Command:
    """The command with this business key: the new one, the one that stands there already, or that one with new content.

    New content voids an approval. Asked for again in the same words, what was sent or cancelled stays as it is. Raises
    CommandRefusedError when other words are asked for what may have been sent already, or when the key is another's.
    """
    is_new = connection.execute(_insert(connection, new, at)).first() is not None
    found = with_key(connection, new.administration_id, new.kind, new.business_key)
    if found is None:
        raise CommandRefusedError(f"The outbox did not keep command {new.business_key}; press again.")
    if is_new:
        claims.write(connection, found.id, new.administration_id, new.claims)
        audit.record(
            connection, at=at, who=new.created_by, what="created", command_id=found.id, after=found.state,
            details={"request": new.payload, "preview_hash": new.preview_hash, "origin": new.origin},
        )  # fmt: skip
        return found
    _refuse_anothers_key(found, new)
    is_repeated = found.request == new.request or found.payload == new.payload
    if found.preview_hash == new.preview_hash or (is_repeated and not _is_open(found)):
        return found
    return replace(connection, found, new, at=at, who=new.created_by, what="changed; any approval is void")


def replace(
    connection: sa.Connection, found: Command, new: NewCommand, *, at: datetime, who: str, what: str
) -> Command:
    """Another content under the same key, while nothing can have been sent: it waits, whatever was approved before."""
    if found.state not in UNSENT or found.sent_at is not None or found.remote_id is not None:
        raise CommandRefusedError(
            f"{new.origin or 'This request'} was changed, but command {found.id} made of it is "
            f"{found.state.replace('_', ' ')} already; change it in Moneybird, or enter a new one."
        )
    changed = connection.execute(
        commands.update()
        .where(_as_read(found))
        .values(
            business_key=new.business_key, request=new.request, payload=new.payload, preview=new.preview,
            preview_hash=new.preview_hash, origin=new.origin, created_by=new.created_by,
            state=State.AWAITING_APPROVAL, approved_by=None, approved_at=None, approved_hash=None, attempts=0,
            last_error=None, not_before_at=None, remote_id=None, remote_totals=None, updated_at=at,
        )
    )  # fmt: skip
    if changed.rowcount != 1:
        raise CommandRefusedError(f"Command {found.id} was moved by someone else just now; look again.")
    claims.write(connection, found.id, new.administration_id, new.claims)
    audit.record(
        connection, at=at, who=who, what=what, command_id=found.id,
        before=found.state, after=State.AWAITING_APPROVAL,
        details={"before": found.payload, "after": new.payload, "preview_hash": new.preview_hash, "origin": new.origin},
    )  # fmt: skip
    return get(connection, found.id)


def _refuse_anothers_key(found: Command, new: NewCommand) -> None:
    """A key is 40 bits, so two requests may one day share one; they are never made one command."""
    theirs, ours = found.request.get("draft_id", ""), new.request.get("draft_id", "")
    if theirs != ours or (not ours and found.request != new.request):
        raise CommandRefusedError(
            f"{new.origin or 'This request'} has by chance the key {new.business_key} of command {found.id}, which is "
            "another request; give it another draft_id and submit it again."
        )


def _is_open(found: Command) -> bool:
    """Whether the same words may still come to another content, because data or tables changed since."""
    return found.state in UNSENT and found.state is not State.CANCELLED and found.sent_at is None


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
    changed = connection.execute(commands.update().where(_as_read(command)).values(state=to, updated_at=at, **values))
    if changed.rowcount != 1:
        raise CommandRefusedError(
            f"Command {command.id} is no longer {command.state}: someone else moved it; look again."
        )
    audit.record(
        connection, at=at, who=who, what=what, command_id=command.id, before=command.state, after=to, details=details
    )
    return get(connection, command.id)


def _as_read(command: Command) -> sa.ColumnElement[bool]:
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


def _insert(connection: sa.Connection, new: NewCommand, at: datetime) -> sa.Executable:
    """Returns the new row's id, or no row when the key is taken (a row count is not reliable on both engines)."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    return (
        insert(commands)
        .values(
            kind=new.kind,
            administration_id=new.administration_id,
            business_key=new.business_key,
            request=new.request,
            payload=new.payload,
            preview=new.preview,
            preview_hash=new.preview_hash,
            origin=new.origin,
            state=State.AWAITING_APPROVAL,
            created_by=new.created_by,
            created_at=at,
            attempts=0,
            updated_at=at,
        )
        .on_conflict_do_nothing(index_elements=["administration_id", "kind", "business_key"])
        .returning(commands.c.id)
    )


def _command(row: sa.RowMapping) -> Command:
    return Command(**{**row, "state": State(row["state"])})
