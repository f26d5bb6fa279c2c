"""What commands take for themselves, so that two of them are seen to meet before either is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pipelines.operations.schema import claims, commands
from pipelines.operations.states import LIVING, State


@dataclass(frozen=True)
class Claim:
    """Something a command takes, such as `time_entry:17`. Two exclusive claims to the same thing may not both be."""

    name: str
    is_exclusive: bool = False


@dataclass(frozen=True)
class Collision:
    """Another command that claims the same; `is_exclusive` when they may not both be.

    `made_at` is when what it made last changed, by Moneybird's clock; None while it may still act.
    """

    command_id: int
    state: State
    claim: str
    is_exclusive: bool
    kind: str
    remote_id: str | None
    made_at: datetime | None


def write(connection: sa.Connection, command_id: int, administration_id: str, wanted: Sequence[Claim]) -> None:
    """The command's claims, in place of any it had."""
    connection.execute(claims.delete().where(claims.c.command_id == command_id))
    rows = [
        {
            "command_id": command_id,
            "claim": claim.name,
            "administration_id": administration_id,
            "is_exclusive": claim.is_exclusive,
        }
        for claim in dict.fromkeys(wanted)
    ]
    if rows:
        connection.execute(claims.insert(), rows)


def of_command(connection: sa.Connection, command_id: int) -> tuple[Claim, ...]:
    rows = connection.execute(claims.select().where(claims.c.command_id == command_id).order_by(claims.c.claim))
    return tuple(Claim(row.claim, row.is_exclusive) for row in rows)


def collisions(
    connection: sa.Connection,
    administration_id: str,
    wanted: Sequence[Claim],
    *,
    but: int | None = None,
    moved_since: datetime | None = None,
) -> list[Collision]:
    """Other commands with one of these claims, oldest first; `but` is the command that asks.

    Those that made something are among them, however long ago; `moved_since`, by our clock, leaves out the older ones.
    """
    is_exclusive = {claim.name: claim.is_exclusive for claim in wanted}
    query = (
        sa.select(
            commands.c.id,
            commands.c.state,
            commands.c.kind,
            commands.c.remote_id,
            sa.func.coalesce(commands.c.remote_at, commands.c.updated_at).label("made_at"),
            claims.c.claim,
            claims.c.is_exclusive,
        )
        .join(claims, claims.c.command_id == commands.c.id)
        .where(
            claims.c.administration_id == administration_id,
            claims.c.claim.in_(list(is_exclusive)),
            _is_living(moved_since=moved_since),
            commands.c.id != (-1 if but is None else but),
        )
        .order_by(commands.c.id, claims.c.claim)
    )
    return [
        Collision(
            row.id,
            State(row.state),
            row.claim,
            row.is_exclusive and is_exclusive[row.claim],
            row.kind,
            row.remote_id,
            None if row.state in LIVING else row.made_at,
        )
        for row in connection.execute(query)
    ]


def holders(
    connection: sa.Connection, administration_id: str, first: str, before: str, *, done_since: datetime | None = None
) -> list[int]:
    """Commands with a claim from `first` until `before`, as texts are ordered, oldest first.

    One that made something counts when that changed after `done_since`, the moment the published data were read, both
    by Moneybird's clock.
    """
    query = (
        sa.select(commands.c.id)
        .join(claims, claims.c.command_id == commands.c.id)
        .where(
            claims.c.administration_id == administration_id,
            claims.c.claim >= first,
            claims.c.claim < before,
            _is_living(done_since),
        )
        .distinct()
        .order_by(commands.c.id)
    )
    return list(connection.scalars(query))


def _is_living(done_since: datetime | None = None, moved_since: datetime | None = None) -> sa.ColumnElement[bool]:
    # Given up after it was made: what stands at Moneybird keeps what it took, whoever corrected it there.
    given_up = sa.and_(commands.c.state == State.CANCELLED, commands.c.remote_id.is_not(None))
    done = sa.or_(commands.c.state == State.VERIFIED, given_up)
    if done_since is not None:
        done = sa.and_(done, sa.func.coalesce(commands.c.remote_at, commands.c.updated_at) >= done_since)
    if moved_since is not None:
        done = sa.and_(done, commands.c.updated_at >= moved_since)
    return sa.or_(commands.c.state.in_(list(LIVING)), done)
