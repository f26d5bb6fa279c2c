"""Ledger slices: (administration, account, month), fetched whole and replaced whole. Entry ids are never keys."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb
import pyarrow as pa

from pipelines.moneybird.feeds import ControlTotal, months
from pipelines.moneybird.records import Parser, TableSlice
from pipelines.moneybird.resources import Resource

log = logging.getLogger(__name__)

_DERIVED = {"month_date", "line_number"}
PAGES_PER_LOAD = 200  # about 20 000 lines


@dataclass
class LineBuffer:
    """Pages of ledger lines waiting to be loaded, and the slices they complete."""

    pages: list[tuple[str, str]] = field(default_factory=list)
    slices: list[tuple[str, str, date, datetime]] = field(default_factory=list)

    def add(self, administration_id: str, account: str, start: date, end: date, texts: list[str], at: datetime) -> None:
        self.pages += [(f"{administration_id}/{account}", text) for text in texts]
        self.slices += [(administration_id, account, first, at) for first, _ in months(start, end)]

    @property
    def full(self) -> bool:
        return len(self.pages) >= PAGES_PER_LOAD


def line_slice(
    connection: duckdb.DuckDBPyConnection,
    parser: Parser,
    resource: Resource,
    buffer: LineBuffer,
    slice_id: str,
    changed_at: datetime,
) -> TableSlice:
    """The buffered pages as rows of the lines' table, with every slice they replace.

    Lines that do not fit their type are refused with their account: its slices leave the buffer and keep their old
    rows, so the difference stays visible in the proof."""
    columns = [column for column in resource.columns if column.name not in _DERIVED]
    rows, misfits = parser.lines(columns, buffer.pages)
    for tag, misfit in misfits.items():
        log.warning("ledger.lines_refused slices=%s cause=%s does not fit its type", tag, misfit)
    buffer.slices = [s for s in buffer.slices if f"{s[0]}/{s[1]}" not in misfits]
    connection.register("ledger_lines", rows)
    names = ", ".join(f'"{column.name}"' for column in resource.columns)
    table = connection.execute(
        f"""select split_part(tag, '/', 1) as administration_id, {names}, ? as _slice_id, ?::timestamptz as _changed_at,
                   null::timestamptz as _deleted_at, null::boolean as _erase
            from (select *, date_trunc('month', date)::date as month_date,
                         row_number() over (partition by tag, date_trunc('month', date) order by position)::integer
                             as line_number
                  from ledger_lines)""",
        [slice_id, changed_at],
    ).to_arrow_table()
    connection.unregister("ledger_lines")
    replaced = pa.table(
        {
            "administration_id": pa.array([s[0] for s in buffer.slices], pa.string()),
            "ledger_account_id": pa.array([s[1] for s in buffer.slices], pa.string()),
            "month_date": pa.array([s[2] for s in buffer.slices], pa.date32()),
        }
    )
    return TableSlice(
        resource.table, table, replace_by=("administration_id", *resource.key), replaced=_distinct(replaced)
    )


def totals_slice(
    connection: duckdb.DuckDBPyConnection,
    resource: Resource,
    read: Mapping[tuple[str, date, date], list[ControlTotal]],
    slice_id: str,
    changed_at: datetime,
) -> TableSlice:
    """Control totals that changed since they were last stored; an unchanged period contributes nothing."""
    rows: list[tuple[object, ...]] = []
    replaced: list[tuple[str, date, date]] = []
    for (administration_id, start, end), totals in read.items():
        new = {(t.ledger_account_id, t.start_balance, t.debit_sum, t.credit_sum, t.final_balance) for t in totals}
        old = connection.execute(
            """select ledger_account_id, start_balance, debit_sum, credit_sum, final_balance from raw.general_ledger
               where administration_id = ? and period_start_date = ? and period_end_date = ?""",
            [administration_id, start, end],
        ).fetchall()
        if new != set(old):
            replaced.append((administration_id, start, end))
            rows += [(administration_id, start, end, *row, slice_id, changed_at, None, None) for row in sorted(new)]
    money = pa.decimal128(18, 2)
    schema = pa.schema(
        [
            ("administration_id", pa.string()), ("period_start_date", pa.date32()), ("period_end_date", pa.date32()),
            ("ledger_account_id", pa.string()), ("start_balance", money), ("debit_sum", money), ("credit_sum", money),
            ("final_balance", money), ("_slice_id", pa.string()), ("_changed_at", pa.timestamp("us", "UTC")),
            ("_deleted_at", pa.timestamp("us", "UTC")), ("_erase", pa.bool_()),
        ]
    )  # fmt: skip
    keys = pa.table(
        {
            "administration_id": pa.array([r[0] for r in replaced], pa.string()),
            "period_start_date": pa.array([r[1] for r in replaced], pa.date32()),
            "period_end_date": pa.array([r[2] for r in replaced], pa.date32()),
        }
    )
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return TableSlice(
        resource.table,
        pa.table(arrays, schema=schema),
        replace_by=("administration_id", "period_start_date", "period_end_date"),
        replaced=_distinct(keys),
    )


def _distinct(table: pa.Table) -> pa.Table:
    return table.group_by(table.column_names).aggregate([])
