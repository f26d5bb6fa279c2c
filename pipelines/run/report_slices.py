"""Rows of reports as table slices: a period that changed is replaced whole, an unchanged one contributes nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.moneybird.records import TableSlice
from pipelines.moneybird.report_rows import Period, Row, value_columns
from pipelines.moneybird.resources import BY_NAME, COUNT, DATE, MONEY, PRECISE, TEXT, Resource

_ARROW = {
    TEXT: pa.string(), DATE: pa.date32(), COUNT: pa.int32(), MONEY: pa.decimal128(18, 2), PRECISE: pa.decimal128(18, 6),
}  # fmt: skip
_TRACE = (
    ("_slice_id", pa.string()), ("_changed_at", pa.timestamp("us", "UTC")), ("_deleted_at", pa.timestamp("us", "UTC")),
    ("_unmapped", pa.string()), ("_erase", pa.bool_()),
)  # fmt: skip
_REPLACED = ("administration_id", "period_start_date", "period_end_date")
ReadRows = Mapping[tuple[str, str, Period], tuple[Row, ...]]  # (administration, resource, period) → its rows


def report_slices(
    connection: duckdb.DuckDBPyConnection, read: ReadRows, slice_id: str, changed_at: datetime
) -> list[TableSlice]:
    """One slice per report with the periods whose rows are not those in the warehouse. An empty tuple erases."""
    by_resource: dict[str, dict[tuple[str, Period], tuple[Row, ...]]] = defaultdict(dict)
    for (administration_id, name, period), rows in read.items():
        by_resource[name][(administration_id, period)] = rows
    slices = []
    for name, periods in by_resource.items():
        resource = BY_NAME[name]
        held = _held(connection, resource, periods)
        changed = {key: rows for key, rows in periods.items() if Counter(rows) != held[key]}
        if changed:
            slices.append(_slice(resource, changed, slice_id, changed_at))
    return slices


def _held(
    connection: duckdb.DuckDBPyConnection, resource: Resource, periods: Collection[tuple[str, Period]]
) -> dict[tuple[str, Period], Counter[Row]]:
    """What the warehouse holds of these periods, in any order."""
    names = ", ".join(f'"{column.name}"' for column in value_columns(resource))
    connection.register("wanted_periods", _keys(periods))
    rows = connection.execute(
        f"""select administration_id, period_start_date, period_end_date, {names}, _unmapped
            from raw."{resource.table}" semi join wanted_periods using ({", ".join(_REPLACED)})"""
    ).fetchall()
    connection.unregister("wanted_periods")
    held: dict[tuple[str, Period], Counter[Row]] = defaultdict(Counter)
    for administration_id, start, end, *row in rows:
        held[(administration_id, Period(start, end))][tuple(row)] += 1
    return held


def _slice(
    resource: Resource, periods: Mapping[tuple[str, Period], tuple[Row, ...]], slice_id: str, changed_at: datetime
) -> TableSlice:
    fields = [("administration_id", pa.string()), *((c.name, _ARROW[c.type]) for c in resource.columns), *_TRACE]
    rows = [
        (administration_id, period.start, period.end, number, *row[:-1], slice_id, changed_at, None, row[-1], None)
        for (administration_id, period), its_rows in periods.items()
        for number, row in enumerate(its_rows, 1)
    ]
    return TableSlice(resource.table, _table(fields, rows), replace_by=_REPLACED, replaced=_keys(periods))


def _keys(periods: Collection[tuple[str, Period]]) -> pa.Table:
    rows: list[tuple[Any, ...]] = [(administration_id, one.start, one.end) for administration_id, one in periods]
    return _table(list(zip(_REPLACED, (pa.string(), pa.date32(), pa.date32()), strict=True)), rows)


def _table(fields: list[tuple[str, Any]], rows: list[tuple[Any, ...]]) -> pa.Table:
    arrays = [pa.array([row[n] for row in rows], type_) for n, (_, type_) in enumerate(fields)]
    return pa.table(arrays, names=[name for name, _ in fields])
