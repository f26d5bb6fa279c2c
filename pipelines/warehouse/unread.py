"""What runs set out to read and none has read since: older than the rest of its administration.

That a list was read once says nothing about today: documents of this morning beside a ledger of last week differ, and
nobody made a mistake. Written when a run begins, for every list that is due and for the ledger, and taken away by the
stamp that follows a whole list and, for the ledger, once its lines are in; so a run that was killed leaves it too, and
the next one reads it whatever its cadence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import duckdb
import pyarrow as pa

SCHEMA = """
create table if not exists sync.unread (
    administration_id varchar, resource varchar, since timestamptz, primary key (administration_id, resource));
"""


def note_unread(
    connection: duckdb.DuckDBPyConnection, administration_id: str, resources: Iterable[str], at: datetime
) -> None:
    """Adds what a run is about to read; `since` stays what it was for what an earlier run did not come to either."""
    names = pa.table({"resource": pa.array(sorted(resources), pa.string())})
    connection.register("due_resources", names)
    connection.execute(
        "insert or ignore into sync.unread select ?, resource, ? from due_resources", [administration_id, at]
    )
    connection.unregister("due_resources")


def forget_unread(connection: duckdb.DuckDBPyConnection, read: Iterable[tuple[str, str]]) -> None:
    """Drops what was read whole: (administration, resource)."""
    for administration_id, resource in read:
        connection.execute(
            "delete from sync.unread where administration_id = ? and resource = ?", [administration_id, resource]
        )


def unread(connection: duckdb.DuckDBPyConnection, administration_id: str) -> dict[str, datetime]:
    """Resource → since when it is unread."""
    rows = connection.execute(
        "select resource, since from sync.unread where administration_id = ?", [administration_id]
    ).fetchall()
    return dict(rows)
