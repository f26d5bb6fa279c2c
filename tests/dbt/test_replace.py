"""Tables and views take the place of what stands there, whole and described, or leave it as it was."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import duckdb

Dbt = Callable[..., CompletedProcess[str]]

_NAMELESS = """
    create table intermediate.known as from intermediate.int_administrations_joined;
    create or replace view intermediate.int_administrations_joined as
        select * replace (null::varchar as administration_id) from intermediate.known
"""


def test_a_table_replaces_a_view_and_a_broken_one_nothing(dbt: Dbt, warehouse: Path, tmp_path: Path) -> None:
    """A model may have become a table since the last build; what breaks its contract leaves the rows of before."""
    other = tmp_path / warehouse.name  # views name the database, which is the file's name
    shutil.copy(warehouse, other)
    with duckdb.connect(str(other)) as connection:
        connection.execute("drop table marts.dim_date; create view marts.dim_date as select 1 as nothing")
        connection.execute(_NAMELESS)
        before = connection.execute("from marts.dim_administration order by all").fetchall()

    outcome = dbt(other, "run", "--select", "dim_date", "dim_administration")

    assert outcome.returncode == 1
    assert "NOT NULL constraint failed: dim_administration.administration_id" in outcome.stdout
    with duckdb.connect(str(other), read_only=True) as connection:
        assert connection.execute("from marts.dim_administration order by all").fetchall() == before
        tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        assert ("dim_date",) in tables
        assert [name for (name,) in tables if "__dbt" in name] == []


def test_marts_and_their_columns_carry_their_descriptions(warehouse: Path, target: Path) -> None:
    """An analyst reads them in the file itself."""
    nodes: list[dict[str, Any]] = list(json.loads((target / "manifest.json").read_bytes())["nodes"].values())
    marts = [node for node in nodes if node["resource_type"] == "model" and node["schema"] == "marts"]
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = "select table_name, comment from duckdb_tables() where schema_name = 'marts'"
        columns = "select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts'"
        assert dict(connection.execute(tables).fetchall()) == {node["name"]: node["description"] for node in marts}
        assert {(table, name): text for table, name, text in connection.execute(columns).fetchall()} == {
            (node["name"], column["name"]): column["description"]
            for node in marts
            for column in node["columns"].values()
        }
