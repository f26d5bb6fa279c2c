"""Which periods of which reports the warehouse holds, and of which state of the ledger they are.

A report that answers nothing has no raw rows, so what was read stands here. `moves` is a fingerprint of the ledger
lines in the months a period depends on, taken when it was read; when the lines' fingerprint differs today, the report
is of older books and *stale*. It is a sum over lines, so the months add up to years and to everything before an end;
md5, so that it is the same with every version of the engine. Entry ids, dates inside a month and descriptions are left
out: they may change without any report moving."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import pyarrow as pa

from pipelines.warehouse.connection import transaction

SCHEMA = """
create table if not exists sync.report_periods (
    administration_id varchar, resource varchar, period_start_date date, period_end_date date, read_at timestamptz,
    row_count bigint, moves hugeint, is_stale boolean,
    primary key (administration_id, resource, period_start_date, period_end_date));
"""
_LINE = "concat_ws('|', ledger_account_id, coalesce(contact_id, ''), coalesce(project_id, ''), "
_LINE += "coalesce(tax_rate_id, ''), amount)"

PeriodKey = tuple[date, date]  # first and last day
Moves = Mapping[date, int]  # first day of a month → fingerprint of its ledger lines; a month without lines is left out


@dataclass(frozen=True)
class ReadPeriod:
    """One reading of a report over one period."""

    read_at: datetime  # the server's time
    row_count: int
    moves: int
    is_stale: bool = False


def read_periods(
    connection: duckdb.DuckDBPyConnection, administration_id: str
) -> dict[str, dict[PeriodKey, ReadPeriod]]:
    """Resource → period → its last reading."""
    rows = connection.execute(
        """select resource, period_start_date, period_end_date, read_at, row_count, moves, is_stale
           from sync.report_periods where administration_id = ?""",
        [administration_id],
    ).fetchall()
    found: dict[str, dict[PeriodKey, ReadPeriod]] = defaultdict(dict)
    for resource, start, end, *reading in rows:
        found[resource][(start, end)] = ReadPeriod(*reading)
    return found


def ledger_moves(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[date, int]]:
    """Administration → month → fingerprint of its ledger lines as they are in the warehouse now."""
    rows = connection.execute(
        f"""select administration_id, month_date, sum(md5_number_lower({_LINE})::hugeint) from raw.journal_entries
            group by all"""
    ).fetchall()
    found: dict[str, dict[date, int]] = defaultdict(dict)
    for administration_id, month, fingerprint in rows:
        found[administration_id][month] = fingerprint
    return found


def note_periods(
    connection: duckdb.DuckDBPyConnection,
    read: Mapping[tuple[str, str, PeriodKey], ReadPeriod],
    replaced: Sequence[tuple[str, str, PeriodKey]],
) -> None:
    """Writes readings, after their rows were loaded, and drops those whose rows gave way to others, such as a year's to
    those of its months. (administration, resource, period) → reading."""
    rows = [(*key[:2], *key[2], r.read_at, r.row_count, str(r.moves), r.is_stale) for key, r in read.items()]
    types = (
        pa.string(), pa.string(), pa.date32(), pa.date32(), pa.timestamp("us", "UTC"), pa.int64(), pa.string(),
        pa.bool_(),
    )  # fmt: skip
    columns = [pa.array([row[n] for row in rows], type_) for n, type_ in enumerate(types)]
    connection.register("noted_periods", pa.table(columns, names=list("arsetcmi")))
    with transaction(connection):
        connection.execute(
            "insert or replace into sync.report_periods select * replace (m::hugeint as m) from noted_periods"
        )
        for administration_id, resource, (start, end) in replaced:
            connection.execute(
                """delete from sync.report_periods
                   where administration_id = ? and resource = ? and period_start_date = ? and period_end_date = ?""",
                [administration_id, resource, start, end],
            )
    connection.unregister("noted_periods")


def learned(connection: duckdb.DuckDBPyConnection, administration_id: str) -> dict[str, tuple[str, str, datetime]]:
    """Question → answer, evidence, and when it was last seen to be so."""
    rows = connection.execute(
        "select question, answer, evidence, checked_at from sync.dialects where administration_id = ?",
        [administration_id],
    ).fetchall()
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
