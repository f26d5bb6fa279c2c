"""The audit log: who did what to which command, in order, never changed (the database refuses)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pipelines.operations.schema import audit_log
from pipelines.operations.states import State


@dataclass(frozen=True)
class AuditEntry:
    """One line of the log. The states are empty for what changed no state."""

    id: int
    at: datetime
    who: str
    what: str
    command_id: int | None
    before_state: State | None
    after_state: State | None


def record(
    connection: sa.Connection,
    *,
    at: datetime,
    who: str,
    what: str,
    command_id: int | None = None,
    before: State | None = None,
    after: State | None = None,
) -> None:
    """Adds one line, in the transaction of the change it tells about."""
    connection.execute(
        audit_log.insert().values(
            at=at, who=who, what=what, command_id=command_id, before_state=before, after_state=after
        )
    )


def of_command(connection: sa.Connection, command_id: int) -> list[AuditEntry]:
    """A command's lines, oldest first."""
    rows = connection.execute(audit_log.select().where(audit_log.c.command_id == command_id).order_by(audit_log.c.id))
    return [_entry(row) for row in rows.mappings()]


def _entry(row: sa.RowMapping) -> AuditEntry:
    before, after = row["before_state"], row["after_state"]
    return AuditEntry(
        **{
            **row,
            "before_state": State(before) if before else None,
            "after_state": State(after) if after else None,
        }
    )
