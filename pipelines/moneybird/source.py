"""Finished slices as dlt resources: one per raw table, all administrations and resources of the slice together.

Parents merge on their key. Nested lists and report slices merge on what they hang from, with one *eraser* row per
parent: a row marked for deletion that names the parent, so that a removed line disappears and an emptied list becomes
empty. A merge on the child's own key keeps removed lines for ever, and a merge on the parent's key alone keeps them
when the list became empty. Where nothing of a slice was loaded before, as on a first load, rows are appended: a merge
writes everything twice, and takes twice the time."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import dlt
import pyarrow as pa

from pipelines.moneybird.records import TableSlice

CONTRACT = {"columns": "evolve", "data_type": "freeze"}
ERASE = "_erase"
gc.freeze()  # dlt's modules stay: looking through them for circles after every slice would take a tenth of a second


def slice_resources(tables: Sequence[TableSlice], fresh: Collection[str] = ()) -> Iterator[Any]:
    """One dlt resource per table that has something to write; `fresh` tables hold none of their slice's keys."""
    for table in tables:
        rows = table.rows
        if table.replaced is not None and table.name not in fresh:
            rows = pa.concat_tables([rows, _erasers(rows.schema, table.replaced)])
        if rows.num_rows:
            yield dlt.resource(
                [rows],
                name=table.name,
                write_disposition="append" if table.name in fresh else "merge",
                schema_contract=CONTRACT,
                **_hints(table),
            )


def _hints(table: TableSlice) -> Mapping[str, Any]:
    """How the table's rows are found again; the same for rows that are appended, for a frozen schema knows no other."""
    if table.replace_by:
        return {"merge_key": list(table.replace_by), "columns": {ERASE: {"hard_delete": True, "data_type": "bool"}}}
    return {"primary_key": list(table.key)}


def _erasers(schema: pa.Schema, replaced: pa.Table) -> pa.Table:
    """One row per replaced key, every other column empty, marked for deletion."""
    count = replaced.num_rows
    columns = []
    for field in schema:
        if field.name == ERASE:
            columns.append(pa.array([True] * count, pa.bool_()))
        elif field.name in replaced.column_names:
            columns.append(replaced.column(field.name).cast(field.type))
        else:
            columns.append(pa.nulls(count, field.type))
    return pa.table(columns, schema=schema)
