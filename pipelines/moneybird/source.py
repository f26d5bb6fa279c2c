"""Finished slices as dlt resources: one per raw table, all administrations and resources of the slice together.

Parents merge on their key. Nested lists and report slices merge on what they hang from, with one *eraser* row per
parent: a row marked for deletion that names the parent, so that a removed line disappears and an emptied list becomes
empty. A merge on the child's own key keeps removed lines for ever, and a merge on the parent's key alone keeps them
when the list became empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dlt
import pyarrow as pa

from pipelines.moneybird.records import TableSlice

CONTRACT = {"columns": "evolve", "data_type": "freeze"}
ERASE = "_erase"


def slice_resources(tables: Sequence[TableSlice]) -> Iterator[Any]:
    """One dlt resource per table that has something to write."""
    for table in tables:
        if table.replace_by:
            yield from _replacing(table)
        elif table.rows.num_rows:
            yield dlt.resource(
                [table.rows],
                name=table.name,
                write_disposition="merge",
                primary_key=list(table.key),
                schema_contract=CONTRACT,
            )


def _replacing(table: TableSlice) -> Iterator[Any]:
    assert table.replaced is not None
    if not table.replaced.num_rows:
        return
    rows = pa.concat_tables([table.rows, _erasers(table.rows.schema, table.replaced)])
    columns: Mapping[str, Any] = {ERASE: {"hard_delete": True, "data_type": "bool"}}
    yield dlt.resource(
        [rows],
        name=table.name,
        write_disposition="merge",
        merge_key=list(table.replace_by),
        columns=columns,
        schema_contract=CONTRACT,
    )


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
