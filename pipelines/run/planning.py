"""The plan of the next sync, from what the warehouse knows. Asks nobody and writes nothing, not even a directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import duckdb

from pipelines.config import Settings
from pipelines.errors import ConfigurationError
from pipelines.moneybird.resources import Bucket
from pipelines.moneybird.zones import time_zone
from pipelines.run.due import Known
from pipelines.run.lock import refuse_during_a_run
from pipelines.run.plan import Plan, Planner
from pipelines.run.tables import raw_tables
from pipelines.run.targets import require_tokens, utc_now
from pipelines.warehouse import spending
from pipelines.warehouse.connection import read_warehouse, warehouse_errors
from pipelines.warehouse.raw import create_tables
from pipelines.warehouse.sync_state import SyncState

OFFSET = "server_minus_local_seconds"  # in sync.meta
UNREACHED = "unreached"  # in sync.meta: ids that no token of the last sync reached


def make_plan(settings: Settings, *, full: bool = False) -> Plan:
    """The plan of the next sync; of a first one when there is no warehouse yet.

    Raises ConfigurationError without a token, and RunLockedError while a run writes the warehouse.
    """
    require_tokens(settings)
    refuse_during_a_run(settings.lock_path, "the plan depends on what it will have read")
    with warehouse_errors(settings.warehouse_path):
        connection = _opened(settings)
        try:
            return _plan(connection, settings, full)
        except (duckdb.CatalogException, duckdb.BinderException):
            raise ConfigurationError(
                f"{settings.warehouse_path} lacks tables: it is of another version of Dovecote, or its first sync was "
                "cut off; run `dovecote sync`, which completes it, and plan after that."
            ) from None
        finally:
            connection.close()


def unreached(state: SyncState) -> set[str]:
    """The administrations that no token of the last sync reached."""
    return set(filter(None, (state.meta(UNREACHED) or "").split(",")))


def planner(
    connection: duckdb.DuckDBPyConnection, state: SyncState, known: Sequence[Known], settings: Settings, full: bool
) -> Planner:
    """Who plans within these settings: the general bucket less what is kept for writes."""
    budget = settings.budget
    limits: Mapping[Bucket, int] = {
        "general": max(budget.general - budget.write_reserve, 1),
        "reports": budget.reports,
    }
    return Planner(connection, state, known, limits, budget.window_seconds, full)


def _opened(settings: Settings) -> duckdb.DuckDBPyConnection:
    """The warehouse, or an empty one in memory."""
    if settings.warehouse_path.exists():
        return read_warehouse(settings.warehouse_path, settings.memory_limit)
    connection = duckdb.connect()
    create_tables(connection, raw_tables())
    SyncState(connection)
    return connection


def _plan(connection: duckdb.DuckDBPyConnection, settings: Settings, full: bool) -> Plan:
    state = SyncState(connection, read_only=True)
    known, lost = _known(connection, state, settings), unreached(state)
    reached = [one for one in known if one.administration_id not in lost]
    plan = planner(connection, state, reached, settings, full).plan(len(settings.tokens))
    plan.allowances, plan.last_run = spending.allowances(connection), spending.last_run(connection)
    plan.unreached = tuple(one.name for one in known if one.administration_id in lost)
    return plan


def _known(connection: duckdb.DuckDBPyConnection, state: SyncState, settings: Settings) -> list[Known]:
    """What the last sync knew, with the server's time estimated from the last offset between the two clocks."""
    now: datetime = utc_now() + timedelta(seconds=int(state.meta(OFFSET) or 0))
    rows = connection.execute(
        """select administration_id, name, period_start_date, time_zone
           from raw.administrations where _deleted_at is null order by administration_id"""
    ).fetchall()
    known = []
    for administration_id, name, period_start, zone in rows:
        today = now.astimezone(time_zone(zone)).date()
        known.append(Known(administration_id, name, period_start or date(today.year, 1, 1), today, now))
    wanted = settings.administrations
    return [one for one in known if not wanted or one.administration_id in wanted]
