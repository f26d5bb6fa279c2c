"""What Moneybird sends that no column is declared for, and since when: `sync.drift`, one row per key.

Nothing of a row is lost meanwhile: the values stand in `_unmapped`, and a column declared later is filled from there. A
key beside the rows of a report has no row to stand in; it is noted here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import duckdb

SCHEMA = """
create schema if not exists sync;
create table if not exists sync.drift (
    administration_id varchar, resource varchar, path varchar, type varchar, records bigint,
    first_seen_at timestamptz, last_seen_at timestamptz, primary key (administration_id, resource, path));
"""


@dataclass(frozen=True)
class UnknownKey:
    """A key that is declared nowhere. `type` is JSON's; `records` counts the loads it came with."""

    resource: str
    path: str
    type: str
    records: int
    administrations: int
    first_seen_at: datetime
    last_seen_at: datetime

    def to_json(self) -> dict[str, object]:
        return {
            "resource": self.resource,
            "path": self.path,
            "type": self.type,
            "records": self.records,
            "administrations": self.administrations,
            "first_seen_at": self.first_seen_at.isoformat(),
            "last_seen_at": self.last_seen_at.isoformat(),
        }


def note_drift(
    connection: duckdb.DuckDBPyConnection, rows: Iterable[tuple[str, str, str, str, int]], at: datetime
) -> None:
    """Adds (administration, resource, path, type, records) to what was seen before."""
    for row in rows:
        connection.execute(
            """insert into sync.drift values (?, ?, ?, ?, ?, ?, ?)
               on conflict (administration_id, resource, path) do update set type = excluded.type,
               records = sync.drift.records + excluded.records, last_seen_at = excluded.last_seen_at""",
            [*row, at, at],
        )


def forget_declared(connection: duckdb.DuckDBPyConnection, declared: Iterable[tuple[str, str]]) -> None:
    """Drops the (resource, path) pairs that have a column by now."""
    noted = connection.execute("select distinct resource, path from sync.drift").fetchall()
    for pair in {*noted}.intersection(declared):
        connection.execute("delete from sync.drift where resource = ? and path = ?", [*pair])


def unknown_keys(connection: duckdb.DuckDBPyConnection) -> list[UnknownKey]:
    """Every undeclared key, over all administrations."""
    rows = connection.execute(
        """select resource, path, max(type), sum(records)::bigint, count(*), min(first_seen_at), max(last_seen_at)
           from sync.drift group by resource, path order by resource, path"""
    ).fetchall()
    return [UnknownKey(*row) for row in rows]
