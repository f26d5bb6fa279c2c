"""Raw tables in memory, and rows of one administration put into them by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipelines.run.tables import raw_tables
from pipelines.warehouse.raw import create_tables
from pipelines.warehouse.sync_state import SyncState


@contextmanager
def empty_warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        create_tables(connection, raw_tables())
        SyncState(connection)
        yield connection


def put(warehouse: duckdb.DuckDBPyConnection, table: str, **fields: object) -> None:
    """A row of administration 1; columns that are not named stay empty."""
    names = ", ".join(["administration_id", *fields])
    marks = ", ".join("?" * (len(fields) + 1))
    warehouse.execute(f'insert into raw."{table}" ({names}) values ({marks})', ["1", *fields.values()])
