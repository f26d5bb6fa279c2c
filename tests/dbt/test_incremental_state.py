"""An incremental model whose state is lost is built whole, and so is whoever follows it; nobody else's state stays."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import duckdb
import pytest

Dbt = Callable[..., CompletedProcess[str]]
Rows = list[tuple[Any, ...]]

STATE = "intermediate.incremental_state"
CHAIN = {  # each follows the one before it
    "int_receivables_linked": "intermediate",
    "int_receivable_events_accumulated": "intermediate",
    "fct_receivable_event": "marts",
    "rpt_debtor_statement": "marts",
}
FOLLOWERS = list(CHAIN)[1:]


@pytest.fixture
def copy(warehouse: Path, tmp_path: Path) -> Path:
    """The built company, to be spoilt."""
    return Path(shutil.copy(warehouse, tmp_path / warehouse.name))  # views name the database, which is the file's name


def rows(connection: duckdb.DuckDBPyConnection) -> dict[str, Rows]:
    """What the models of the chain hold."""
    return {name: connection.execute(f"from {schema}.{name} order by all").fetchall() for name, schema in CHAIN.items()}


def spoil(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Half of its rows are gone, and the others are of a company that no feed knows."""
    table = f"{CHAIN[name]}.{name}"
    connection.execute(f"delete from {table} where rowid % 2 = 0")
    connection.execute(f"update {table} set administration_id = 'nobody'")


@pytest.mark.parametrize(
    ("lost", "spoilt"),
    [
        pytest.param(["int_receivables_linked"], list(CHAIN), id="a feed", marks=pytest.mark.slow),
        pytest.param(FOLLOWERS, FOLLOWERS, id="followers"),
    ],
)
def test_without_state_a_model_and_its_followers_are_built_whole(
    dbt: Dbt, copy: Path, lost: list[str], spoilt: list[str]
) -> None:
    with duckdb.connect(str(copy)) as connection:
        before = rows(connection)
        assert all(len(found) > 1 for found in before.values())
        connection.execute(f"delete from {STATE} where model_name in ?", [lost])
        for name in spoilt:
            spoil(connection, name)

    outcome = dbt(copy, "run", "--select", *CHAIN)

    assert outcome.returncode == 0, outcome.stdout
    with duckdb.connect(str(copy), read_only=True) as connection:
        assert rows(connection) == before


@pytest.mark.slow
def test_a_full_refresh_of_a_feed_alone_is_told_to_its_followers(dbt: Dbt, copy: Path) -> None:
    """As when it was killed after the first of them: what was told before and not seen yet is lost with the refresh."""
    with duckdb.connect(str(copy)) as connection:
        before = rows(connection)
        for name in FOLLOWERS:
            spoil(connection, name)

    for arguments in (["--full-refresh", "--select", "int_receivables_linked"], ["--select", *FOLLOWERS]):
        outcome = dbt(copy, "run", *arguments)
        assert outcome.returncode == 0, outcome.stdout

    with duckdb.connect(str(copy), read_only=True) as connection:
        assert rows(connection) == before


def test_what_is_no_incremental_model_any_more_has_no_state(dbt: Dbt, copy: Path) -> None:
    """A feed keeps every turn until all who follow have seen it, and a model that was renamed never will."""
    names = f"select distinct model_name from {STATE} order by all"
    with duckdb.connect(str(copy)) as connection:
        before = connection.execute(names).fetchall()
        connection.execute(f"insert into {STATE} values ('renamed', 'touched_of__int_receivables_linked', null, null)")

    outcome = dbt(copy, "run", "--select", "dim_date")

    assert outcome.returncode == 0, outcome.stdout
    with duckdb.connect(str(copy), read_only=True) as connection:
        assert connection.execute(names).fetchall() == before


def test_a_feed_refuses_what_would_build_all_its_followers(dbt: Dbt, copy: Path) -> None:
    arguments = {"records": ["a"], "keys": {"a": "a"}, "feeds": [{"whole": "chart", "columns": ["a"]}], "is_feed": True}

    outcome = dbt(copy, "run-operation", "incremental_records", "--args", json.dumps(arguments))

    assert outcome.returncode != 0
    assert "a model that is_feed takes no 'whole' feed" in outcome.stdout
