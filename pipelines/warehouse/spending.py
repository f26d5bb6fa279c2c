"""What runs were planned to ask and what they asked, per administration and bucket: the plan learns from it how much
the changes of an ordinary run cost on top of an unchanged one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

SCHEMA = """
create table if not exists sync.requests (
    run_at timestamptz, administration_id varchar, bucket varchar, kind varchar, unchanged bigint, planned bigint,
    spent bigint, primary key (run_at, administration_id, bucket));
"""
FIRST, FULL, USUAL = "first", "full", "usual"  # kinds of runs; only usual ones say what the next one will cost
LEARNED_FROM = 10  # runs
KEPT = 100

Whose = tuple[str, str]  # administration, '' for the lists of administrations; bucket


@dataclass(frozen=True)
class Spent:
    """Requests of one run. `unchanged`: planned before anything was asked; `planned`: once the changes were known."""

    unchanged: int
    planned: int
    spent: int


def note_requests(connection: duckdb.DuckDBPyConnection, at: datetime, rows: Mapping[Whose, tuple[str, Spent]]) -> None:
    """Writes down one run, (administration, bucket) → its kind and its requests, and forgets runs of long ago."""
    connection.executemany(
        "insert or replace into sync.requests values (?, ?, ?, ?, ?, ?, ?)",
        [[at, *whose, kind, one.unchanged, one.planned, one.spent] for whose, (kind, one) in rows.items()],
    )
    connection.execute(
        """delete from sync.requests
           where run_at not in (select distinct run_at from sync.requests order by 1 desc limit ?)""",
        [KEPT],
    )


def allowances(connection: duckdb.DuckDBPyConnection) -> dict[Whose, int]:
    """What changes cost on top of an unchanged run: the median of the last usual runs, rounded up."""
    rows = connection.execute(
        """select administration_id, bucket, ceil(median(greatest(spent - unchanged, 0)))::bigint
           from (select * from sync.requests where kind = ?
                 qualify row_number() over (partition by administration_id, bucket order by run_at desc) <= ?)
           group by all""",
        [USUAL, LEARNED_FROM],
    ).fetchall()
    return {(row[0], row[1]): row[2] for row in rows}


def last_run(connection: duckdb.DuckDBPyConnection) -> dict[str, Spent]:
    """Bucket → what the last run was planned to ask and asked; nothing before the first run."""
    rows = connection.execute(
        """select bucket, sum(unchanged)::bigint, sum(planned)::bigint, sum(spent)::bigint from sync.requests
           where run_at = (select max(run_at) from sync.requests) group by bucket order by bucket"""
    ).fetchall()
    return {row[0]: Spent(*row[1:]) for row in rows}
