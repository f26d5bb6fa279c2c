"""Control totals on their way to the warehouse: only periods that changed since they were last stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import duckdb
import pyarrow as pa

from pipelines.ledger.comparison import Reading
from pipelines.moneybird.control_totals import ControlTotal
from pipelines.moneybird.records import TableSlice
from pipelines.moneybird.resources import Resource

Row = tuple[object, ...]
Period = tuple[str, date, date]
_MONEY = pa.decimal128(18, 2)
_SCHEMA = pa.schema(
    [
        ("administration_id", pa.string()), ("period_start_date", pa.date32()), ("period_end_date", pa.date32()),
        ("ledger_account_id", pa.string()), ("start_balance", _MONEY), ("debit_sum", _MONEY), ("credit_sum", _MONEY),
        ("final_balance", _MONEY), ("_slice_id", pa.string()), ("_changed_at", pa.timestamp("us", "UTC")),
        ("_deleted_at", pa.timestamp("us", "UTC")), ("_unmapped", pa.string()), ("_erase", pa.bool_()),
    ]
)  # fmt: skip


def totals_slice(
    connection: duckdb.DuckDBPyConnection,
    resource: Resource,
    read: Iterable[tuple[str, Reading]],
    slice_id: str,
    changed_at: datetime,
) -> TableSlice:
    """The readings (with their administration) as rows of the totals' table; of two of one period the last counts."""
    latest = {(administration_id, one.start, one.end): one for administration_id, one in read}
    stored = _stored(connection, latest)
    rows: list[Row] = []
    replaced: list[Period] = []
    for period, reading in latest.items():
        new = {_row(total) for total in reading.accounts}
        if new != stored.get(period, set()):
            replaced.append(period)
            rows += [(*period, *row, slice_id, changed_at, None, more, None) for *row, more in sorted(new, key=str)]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(_SCHEMA)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, _SCHEMA, strict=True)]
    return TableSlice(
        resource.table,
        pa.table(arrays, schema=_SCHEMA),
        replace_by=("administration_id", "period_start_date", "period_end_date"),
        replaced=_keys(replaced),
    )


def _row(total: ControlTotal) -> Row:
    return (
        total.ledger_account_id,
        total.start_balance,
        total.debit_sum,
        total.credit_sum,
        total.final_balance,
        total.unmapped,
    )


def _stored(connection: duckdb.DuckDBPyConnection, periods: Iterable[Period]) -> dict[Period, set[Row]]:
    connection.register("read_periods", _keys(periods))
    rows = connection.execute(
        """select administration_id, period_start_date, period_end_date, ledger_account_id, start_balance, debit_sum,
                  credit_sum, final_balance, _unmapped
           from raw.general_ledger
           semi join read_periods using (administration_id, period_start_date, period_end_date)"""
    ).fetchall()
    connection.unregister("read_periods")
    stored: dict[Period, set[Row]] = {}
    for row in rows:
        stored.setdefault(row[:3], set()).add(row[3:])
    return stored


def _keys(periods: Iterable[Period]) -> pa.Table:
    listed = list(periods)
    return pa.table(
        {
            "administration_id": pa.array([one[0] for one in listed], pa.string()),
            "period_start_date": pa.array([one[1] for one in listed], pa.date32()),
            "period_end_date": pa.array([one[2] for one in listed], pa.date32()),
        }
    )
