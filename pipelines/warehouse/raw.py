"""Raw tables: created before anything is loaded, so that an empty company builds like any other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import duckdb

RAW = "raw"


@dataclass(frozen=True)
class TableShape:
    """A raw table: its name, its columns with DuckDB types in order, and the key that names a row."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    parent: str = ""  # set on child tables
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # column → where the answer has it, when nested

    def path(self, column: str) -> str:
        """JSON path of a column inside the answer, without the leading `$`."""
        return "".join(f'."{part}"' for part in self.paths.get(column, (column,)))


def create_tables(connection: duckdb.DuckDBPyConnection, shapes: Iterable[TableShape], schema: str = RAW) -> None:
    """Creates missing tables and adds columns that were declared since; never drops or retypes one.

    A column declared later is filled from what came of it before: the keys that nobody had declared, in `_unmapped`.
    """
    connection.execute(f"create schema if not exists {schema}")
    existing: dict[str, set[str]] = defaultdict(set)
    for table, column in connection.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = ?", [schema]
    ).fetchall():
        existing[table].add(column)
    for shape in shapes:
        if shape.name not in existing:
            columns = ", ".join(f'"{name}" {type_}' for name, type_ in shape.columns)
            connection.execute(f'create table {schema}."{shape.name}" ({columns})')
            continue
        for name, type_ in shape.columns:
            if name not in existing[shape.name]:
                connection.execute(f'alter table {schema}."{shape.name}" add column "{name}" {type_}')
                _fill(connection, schema, shape, name, type_)


def _fill(connection: duckdb.DuckDBPyConnection, schema: str, shape: TableShape, name: str, type_: str) -> None:
    declared = {column for column, _ in shape.columns}
    if "_unmapped" in declared:
        connection.execute(
            f"""update {schema}."{shape.name}"
                set "{name}" = try_cast(nullif(json_extract_string(_unmapped, '${shape.path(name)}'), '') as {type_})
                where _unmapped is not null"""
        )
    elif shape.parent:
        list_name = shape.name.removeprefix(f"{shape.parent}__")
        _, parent_key, _ = shape.key
        connection.execute(
            f"""update {schema}."{shape.name}" as child
                set "{name}" = try_cast(nullif(json_extract_string(
                    parent._unmapped, '$."{list_name}"[' || (child.row_number - 1) || ']{shape.path(name)}'
                ), '') as {type_})
                from {schema}."{shape.parent}" as parent
                where parent.administration_id = child.administration_id and parent.id = child."{parent_key}"
                  and parent._slice_id = child._slice_id and parent._unmapped is not null"""
        )
