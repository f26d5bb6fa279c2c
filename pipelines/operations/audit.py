"""The audit log: who did what to which command, in order; never changed, which the database refuses.

Every line carries a hash over itself and the line before it. Whoever changes the file behind the database's back breaks
the chain from there on; whoever cuts its end off is found by comparing the last hash with one noted elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from pipelines.operations.hashing import digest
from pipelines.operations.schema import audit_log
from pipelines.operations.states import State

_CHAIN_LOCK = 7_043_001  # of PostgreSQL: one writer at a time, or two lines would follow the same one
Details = Mapping[str, Any]


@dataclass(frozen=True)
class AuditEntry:
    """One line of the log. The states are empty for what changed no state; `chain` is empty before version 0003."""

    id: int
    at: datetime
    who: str
    what: str
    command_id: int | None
    before_state: State | None
    after_state: State | None
    details: Details | None
    chain: str | None


def record(
    connection: sa.Connection,
    *,
    at: datetime,
    who: str,
    what: str,
    command_id: int | None = None,
    before: State | str | None = None,
    after: State | str | None = None,
    details: Details | None = None,
) -> None:
    """Adds one line, in the transaction of the change it tells about."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_CHAIN_LOCK)))
    last = connection.execute(
        sa.select(audit_log.c.chain).where(audit_log.c.chain.is_not(None)).order_by(audit_log.c.id.desc()).limit(1)
    ).scalar()
    line = {
        "at": at, "who": who, "what": what, "command_id": command_id, "before_state": before and str(before),
        "after_state": after and str(after), "details": details and dict(details),
    }  # fmt: skip
    connection.execute(audit_log.insert().values(**line, chain=_chained(last, line)))


def of_command(connection: sa.Connection, command_id: int) -> list[AuditEntry]:
    """A command's lines, oldest first."""
    rows = connection.execute(audit_log.select().where(audit_log.c.command_id == command_id).order_by(audit_log.c.id))
    return [_entry(row) for row in rows.mappings()]


def latest(connection: sa.Connection, *, limit: int) -> list[AuditEntry]:
    """The newest lines first."""
    return [
        _entry(row)
        for row in connection.execute(audit_log.select().order_by(audit_log.c.id.desc()).limit(limit)).mappings()
    ]


def broken_at(connection: sa.Connection) -> int | None:
    """The first line that is not what was written there; None when the whole chain holds."""
    last: str | None = None
    for row in connection.execute(audit_log.select().order_by(audit_log.c.id)).mappings():
        entry = _entry(row)
        if entry.chain is None and last is None:
            continue  # from before there was a chain
        line = {key: value for key, value in asdict(entry).items() if key not in ("id", "chain")}
        if entry.chain != _chained(last, line):
            return entry.id
        last = entry.chain
    return None


def _chained(last: str | None, line: Mapping[str, Any]) -> str:
    at: datetime = line["at"]
    return digest([last, {**line, "at": at.astimezone(UTC).isoformat(timespec="microseconds")}])


def _entry(row: sa.RowMapping) -> AuditEntry:
    before, after = row["before_state"], row["after_state"]
    return AuditEntry(
        **{
            **row,
            "before_state": State(before) if before else None,
            "after_state": State(after) if after else None,
        }
    )
