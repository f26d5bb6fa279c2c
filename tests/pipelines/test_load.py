"""Slices are appended where nothing of them was loaded before, and replace what was, a killed run's rows included."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipelines.moneybird.records import TableSlice
from pipelines.run.load import Loader

_SCHEMA = """
create schema raw;
create table raw.invoices (administration_id varchar, id varchar, state varchar);
create table raw.invoices__details (administration_id varchar, invoice_id varchar, row_number integer, _erase boolean);
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(str(tmp_path / "warehouse.duckdb"))
    connection.execute(_SCHEMA)
    yield connection
    connection.close()


def invoices(**states: str) -> TableSlice:
    rows = [{"administration_id": "1", "id": record_id, "state": state} for record_id, state in states.items()]
    return TableSlice("invoices", pa.Table.from_pylist(rows), key=("administration_id", "id"))


def details(**counts: int) -> TableSlice:
    """So many lines per invoice."""
    rows = [("1", invoice, n + 1, None) for invoice, count in counts.items() for n in range(count)]
    names = ("administration_id", "invoice_id", "row_number", "_erase")
    types = (pa.string(), pa.string(), pa.int32(), pa.bool_())
    columns = [pa.array([row[n] for row in rows], types[n]) for n in range(4)]
    replaced = pa.table({"administration_id": ["1"] * len(counts), "invoice_id": list(counts)})
    return TableSlice(
        "invoices__details",
        pa.table(columns, names=list(names)),
        replace_by=("administration_id", "invoice_id"),
        replaced=replaced,
    )


def test_a_slice_that_comes_again_after_a_kill_is_not_doubled(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for _ in range(2):
        Loader(warehouse, tmp_path).load([invoices(a="open", b="open"), details(a=2, b=1)], "s")

    assert warehouse.execute("select count(*) from raw.invoices").fetchone() == (2,)
    assert warehouse.execute("select count(*) from raw.invoices__details").fetchone() == (3,)


def test_new_and_known_records_in_one_slice_replace_only_what_is_known(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    loader = Loader(warehouse, tmp_path)
    loader.load([invoices(a="open", b="open"), details(a=2, b=2)], "s1")
    loader.load([invoices(b="paid", c="open"), details(b=0, c=1)], "s2")

    states = warehouse.execute("select id, state from raw.invoices order by id").fetchall()
    lines = warehouse.execute(
        "select invoice_id, count(*) from raw.invoices__details group by all order by 1"
    ).fetchall()
    assert states == [("a", "open"), ("b", "paid"), ("c", "open")]
    assert lines == [("a", 2), ("c", 1)]


def test_a_key_that_comes_twice_in_a_slice_is_loaded_once(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    once = invoices(a="open")
    twice = TableSlice(once.name, pa.concat_tables([once.rows, once.rows]), key=once.key)

    Loader(warehouse, tmp_path).load([twice], "s")

    assert warehouse.execute("select count(*) from raw.invoices").fetchone() == (1,)


_LOAD_ELSEWHERE = f"""
import sys
from pathlib import Path
import duckdb, pyarrow as pa
from pipelines.moneybird.records import TableSlice
from pipelines.run.load import Loader
warehouse = duckdb.connect("warehouse.duckdb")
warehouse.execute({_SCHEMA!r})
rows = pa.table({{"administration_id": ["1"], "id": ["a"], "state": ["open"]}})
Loader(warehouse, Path("home")).load([TableSlice("invoices", rows, key=("administration_id", "id"))], "s")
print(warehouse.execute("select count(*) from raw.invoices").fetchall(), "streamlit" in sys.modules)
"""


def test_settings_of_another_dlt_project_decide_nothing(tmp_path: Path) -> None:
    """A file of its own, broken at that, in the directory a run is started in. And no dashboard is imported."""
    (tmp_path / ".dlt").mkdir()
    (tmp_path / ".dlt" / "secrets.toml").write_text("no [ toml")
    environment = {**os.environ, "HOME": str(tmp_path), "LOAD__WORKERS": "none"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])

    done = subprocess.run(
        [sys.executable, "-c", _LOAD_ELSEWHERE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "[(1,)] False\n", done.stderr
