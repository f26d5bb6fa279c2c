"""What the operations store tells about runs and commands. Asking creates no store; running does."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipelines.config import Settings
from pipelines.errors import DovecoteError
from pipelines.operations import Run, State, Store, open_store, runs
from pipelines.operations.schema import commands
from pipelines.run.lock import names_a_living_holder

ENDED = (State.VERIFIED, State.CANCELLED)  # nobody has to do anything about these any more


class Outcome:
    """How a run ended: `status` and `report` are set by the run itself."""

    status = "error"
    report: dict[str, Any]

    def __init__(self) -> None:
        self.report = {}


@contextmanager
def recorded(settings: Settings) -> Iterator[Outcome]:
    """Writes one row for the run inside the block, at its start and at its end; errors are kept as their sentence.

    A run that is killed stays "running" in the history; the run lock, not this row, says whether one is.
    """
    store = open_store(settings.operations_database)
    run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    outcome = Outcome()
    try:
        with store.write() as connection:
            runs.start(connection, run_id, at=datetime.now(UTC))
        try:
            yield outcome
        except BaseException as error:
            known = isinstance(error, DovecoteError)
            outcome.report = {"error": str(error) if known else type(error).__name__}
            raise
        finally:
            with store.write() as connection:
                now = datetime.now(UTC)
                runs.finish(connection, run_id, at=now, status=outcome.status, report=outcome.report)
    finally:
        store.close()


def last_run(settings: Settings) -> Run | None:
    """The newest run, or None when there was none. One that was killed before it could say so is "interrupted"."""
    store = _existing(settings)
    if store is None:
        return None
    try:
        with store.read() as connection:
            newest = next(iter(runs.latest(connection, limit=1)), None)
    finally:
        store.close()
    if newest and newest.status == "running" and not names_a_living_holder(settings.lock_path):
        return replace(newest, status="interrupted")
    return newest


def pending_commands(settings: Settings) -> dict[str, int] | None:
    """Commands in the outbox per state, ended ones left out; None when there is no operations store."""
    store = _existing(settings)
    if store is None:
        return None
    counted = (
        sa.select(commands.c.state, sa.func.count().label("number"))
        .where(commands.c.state.not_in(ENDED))
        .group_by(commands.c.state)
        .order_by(commands.c.state)
    )
    try:
        with store.read() as connection:
            return {row.state: row.number for row in connection.execute(counted)}
    finally:
        store.close()


def _existing(settings: Settings) -> Store | None:
    url = sa.make_url(settings.operations_database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return None
    return open_store(settings.operations_database)
