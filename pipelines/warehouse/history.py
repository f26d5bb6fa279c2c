"""Superseded rows: what a record said before it changed or was deleted, in `raw_history.<table>`.

Written before the slice replaces them, so that a mart can be asked with two dates: as of which day, and as known when.
A row was known from `_valid_from` (when it was loaded) to `_valid_to` (when it was replaced)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from pipelines.warehouse.connection import transaction
from pipelines.warehouse.raw import RAW, TableShape
from pipelines.warehouse.stamps import Children

HISTORY = "raw_history"
_VALIDITY = (("_valid_from", "TIMESTAMP WITH TIME ZONE"), ("_valid_to", "TIMESTAMP WITH TIME ZONE"))


@dataclass(frozen=True)
class Superseded:
    """A resource whose rows are kept, with its child tables."""

    resource: str
    children: tuple[Children, ...]


def history_shape(shape: TableShape) -> TableShape:
    """The history table of a raw table: its columns and the time they were valid."""
    columns = tuple(column for column in shape.columns if column[0] != "_erase")
    return TableShape(shape.name, (*columns, *_VALIDITY), shape.key)


def keep_superseded(
    connection: duckdb.DuckDBPyConnection, kept: Superseded, records: pa.Table, valid_to: datetime
) -> None:
    """Copies the present rows of `records` (administration_id, id) and of their lists into the history.

    Only rows that were stamped: what a killed run loaded was never known to anybody and is fetched again. After a kill
    between here and the stamp there is no second copy: what was copied then was known until now.
    """
    if not records.num_rows:
        return
    connection.register("superseded_keys", records)
    connection.execute(
        f"""
        create or replace temp table superseded as
        select r.administration_id, r.id, r._changed_at as _valid_from
        from {RAW}."{kept.resource}" as r
        join (select distinct administration_id, id from superseded_keys) as keys
          on keys.administration_id = r.administration_id and keys.id = r.id
        join sync.record_versions as known
          on known.administration_id = r.administration_id and known.resource = '{kept.resource}' and known.id = r.id
         and known.slice_id = r._slice_id
        anti join {HISTORY}."{kept.resource}" as h
          on h.administration_id = r.administration_id and h.id = r.id and h._valid_from = r._changed_at
        where r._deleted_at is null
        """
    )
    with transaction(connection):
        _prolong(connection, kept, kept.resource, "id", valid_to)
        for child in kept.children:
            _prolong(connection, kept, child.table, child.parent_key, valid_to)
        _copy(connection, kept.resource, "id", valid_to)
        for child in kept.children:
            _copy(connection, child.table, child.parent_key, valid_to)
    connection.execute("drop table superseded")
    connection.unregister("superseded_keys")


def _prolong(connection: duckdb.DuckDBPyConnection, kept: Superseded, table: str, key: str, valid_to: datetime) -> None:
    """What stands in the history already though no later slice was stamped: a killed run copied it."""
    connection.execute(
        f"""
        update {HISTORY}."{table}" as h set _valid_to = $at
        from (select distinct administration_id, id from superseded_keys) as keys
        join sync.record_versions as known
          on known.administration_id = keys.administration_id and known.id = keys.id
         and known.resource = '{kept.resource}'
        where h.administration_id = keys.administration_id and h."{key}" = keys.id and h._slice_id = known.slice_id
        """,
        {"at": valid_to},
    )


def _copy(connection: duckdb.DuckDBPyConnection, table: str, key: str, valid_to: datetime) -> None:
    names = [row[0] for row in connection.execute(f'describe {HISTORY}."{table}"').fetchall()]
    wanted = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(
        "s._valid_from" if name == "_valid_from" else "$at::timestamptz" if name == "_valid_to" else f'r."{name}"'
        for name in names
    )
    connection.execute(
        f"""
        insert into {HISTORY}."{table}" ({wanted})
        select {values} from {RAW}."{table}" as r
        join superseded as s on s.administration_id = r.administration_id and s.id = r."{key}"
        where r._deleted_at is null
        """,
        {"at": valid_to},
    )
