"""Ids that loaded records point at and that nobody has read: a rate made this morning and used at once.

Written in the stamp's transaction with the records that name them, so that a run that ends before it has read their
list leaves that to the next one. Gone once the list was read whole in a later slice, whether it had them or not: an id
that was deleted long ago is looked for once. In the same slice the list may have been read before the id was made."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

SCHEMA = """
create table if not exists sync.referred (
    administration_id varchar, resource varchar, id varchar, primary key (administration_id, resource, id));
"""


def note_referred(connection: duckdb.DuckDBPyConnection, resources: tuple[str, ...], ids: pa.Table) -> None:
    """Keeps those of `ids` (administration_id, id; may repeat) that no live record of these resources has, for the
    first of them: its list is where to look."""
    connection.register("referred_ids", ids)
    connection.execute(
        """insert or ignore into sync.referred
           select distinct administration_id, $resource, id from referred_ids
           anti join (select administration_id, id from sync.record_versions
                      where list_contains($resources, resource) and deleted_at is null) as known
           using (administration_id, id)
           where id is not null""",
        {"resource": resources[0], "resources": list(resources)},
    )
    connection.unregister("referred_ids")


def forget_referred(connection: duckdb.DuckDBPyConnection, lists: Iterable[tuple[str, str]]) -> None:
    """Drops what was noted for these lists (administration, resource), which were read whole."""
    for administration_id, resource in lists:
        connection.execute(
            "delete from sync.referred where administration_id = ? and resource = ?", [administration_id, resource]
        )


def referred(connection: duckdb.DuckDBPyConnection, administration_id: str) -> set[str]:
    """Resources of which a record is missing that others point at."""
    rows = connection.execute(
        "select distinct resource from sync.referred where administration_id = ?", [administration_id]
    ).fetchall()
    return {row[0] for row in rows}
