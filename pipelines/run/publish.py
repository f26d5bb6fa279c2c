"""Decides whether freshly built marts may be published, then publishes them.

dbt's tests judge the marts by themselves; these gates judge them against what readers see now: nobody's administration
may disappear and no table may collapse because of a half-finished load. A failing gate keeps the previous snapshot.
"""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import duckdb

from pipelines.config import Settings
from pipelines.errors import ConfigurationError, GateFailedError
from pipelines.run.report import Published, read_published
from pipelines.warehouse.connection import open_warehouse
from pipelines.warehouse.snapshot import current_snapshot, mart_rows, publish_marts

SHRINK_LIMIT = Fraction(1, 2)  # of the rows readers see now: a year's clean-up stays above it, a lost resource does not
SHRINK_FROM_ROWS = 20  # in smaller tables half is a handful of ordinary deletions
_LISTS_OF_EXCEPTIONS = "recon_"  # shrinking to nothing is what finance works for


def publish(settings: Settings, *, accept_shrink: bool = False, now: datetime | None = None) -> Published:
    """What readers see from now on: the marts of the warehouse, in a new snapshot.

    Raises GateFailedError, with the previous snapshot in place, when an administration or more than half of a table's
    rows are gone; `accept_shrink` publishes them all the same. The caller holds the run lock.
    """
    previous = current_snapshot(settings.published_link)
    connection = open_warehouse(settings.warehouse_path, settings.memory_limit)
    try:
        _refuse_nothing(connection)
        if previous and not accept_shrink:
            before = read_published(previous)
            _refuse_lost_administrations(before, connection)
            _refuse_shrunken_tables(before, mart_rows(connection))
        snapshot = publish_marts(connection, settings.published_link, now or datetime.now(UTC))
    finally:
        connection.close()
    return read_published(snapshot)


def _refuse_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    """An empty snapshot would pass every check; nothing published is the truth."""
    if not connection.execute("select count(*) from marts.dim_administration").fetchall()[0][0]:
        raise ConfigurationError("Nothing was published: no administration was synced yet; run `dovecote run`.")


def _refuse_lost_administrations(before: Published, connection: duckdb.DuckDBPyConnection) -> None:
    present = {
        row[0] for row in connection.execute("select administration_id from marts.dim_administration").fetchall()
    }
    lost = [known for known in before.administrations if known.administration_id not in present]
    if lost:
        names = ", ".join(f"{known.name} ({known.administration_id})" for known in lost)
        raise GateFailedError(
            f"Nothing was published: {names} would disappear from the marts, though snapshot "
            f"{before.snapshot.snapshot_id} has it; sync again, or publish without it with `dovecote build "
            "--accept-shrink`."
        )


def _refuse_shrunken_tables(before: Published, rows: dict[str, int]) -> None:
    for table, was in before.tables.items():
        found = rows.get(table, 0)
        judged = was >= SHRINK_FROM_ROWS and not table.startswith(_LISTS_OF_EXCEPTIONS)
        if judged and found < was * SHRINK_LIMIT:
            raise GateFailedError(
                f"Nothing was published: marts.{table} would shrink from {was} rows to {found}, by more than half; "
                "find out why (see `dovecote status` and the last sync), or publish it with `dovecote build "
                "--accept-shrink`."
            )
