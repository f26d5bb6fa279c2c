"""Into the outbox: once per business key, or in the place of what waits there under it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from pipelines.errors import CommandRefusedError
from pipelines.operations import audit, claims
from pipelines.operations.claims import Claim
from pipelines.operations.commands import Command, as_read, get, with_key
from pipelines.operations.hashing import preview_hash
from pipelines.operations.schema import commands
from pipelines.operations.states import UNSENT, State


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
        .where(as_read(found))
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
