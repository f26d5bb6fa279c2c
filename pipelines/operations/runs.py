"""The history of runs: one row per run, opened when it starts and closed with its report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipelines.operations.schema import runs

RUNNING = "running"


@dataclass(frozen=True)
class Run:
    """One run. `finished_at` and `report` are empty while it runs, and for ever if it was killed."""

    id: str
    started_at: datetime
    finished_at: datetime | None
    status: str
    report: dict[str, Any] | None


def start(connection: sa.Connection, run_id: str, *, at: datetime) -> None:
    """Opens a run; its id is the caller's and unique."""
    connection.execute(runs.insert().values(id=run_id, started_at=at, status=RUNNING))


def finish(connection: sa.Connection, run_id: str, *, at: datetime, status: str, report: dict[str, Any]) -> None:
    """Closes a run with what it did."""
    connection.execute(runs.update().where(runs.c.id == run_id).values(finished_at=at, status=status, report=report))


def latest(connection: sa.Connection, *, limit: int) -> list[Run]:
    """The newest first."""
    rows = connection.execute(runs.select().order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(limit))
    return [Run(**row) for row in rows.mappings()]
