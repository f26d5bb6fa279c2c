"""Raw tables: created before anything is loaded, so that an empty company builds like any other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

RAW = "raw"


@dataclass(frozen=True)
class TableShape:
    """A raw table: its name, its columns with DuckDB types in order, and the key that names a row."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    parent: str = ""  # set on child tables


def create_tables(connection: duckdb.DuckDBPyConnection, shapes: Iterable[TableShape]) -> None:
    """Creates missing raw tables and adds columns that were declared since; never drops or retypes one."""
    connection.execute(f"create schema if not exists {RAW}")
    for shape in shapes:
        columns = ", ".join(f'"{name}" {type_}' for name, type_ in shape.columns)
        connection.execute(f'create table if not exists {RAW}."{shape.name}" ({columns})')
        existing = {row[0] for row in connection.execute(f'describe {RAW}."{shape.name}"').fetchall()}
        for name, type_ in shape.columns:
            if name not in existing:
                connection.execute(f'alter table {RAW}."{shape.name}" add column "{name}" {type_}')
