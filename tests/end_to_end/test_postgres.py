"""`dbt build` on PostgreSQL gives the marts that DuckDB has, row for row: a group that was synced, and the company that
was typed by hand for its odd rows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt.conftest import build_company
from tests.end_to_end import postgres

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(postgres.missing()), reason=postgres.missing())]

MARTS = "select table_name from information_schema.tables where table_schema = 'marts'"


@dataclass(frozen=True)
class Engines:
    """The same raw rows, built twice."""

    warehouse: Path
    server: postgres.Server

    def marts(self) -> tuple[set[str], set[str]]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            here = connection.execute(MARTS).fetchall()
        return {name for (name,) in here}, {name for (name,) in self.server.query(MARTS)[1]}

    def differences(self, mart: str) -> list[str]:
        """A few rows that only one of the two has; a difference of the columns themselves comes alone."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            found = connection.execute(f"select * from marts.{mart}")
            columns, rows = [column[0] for column in found.description or ()], Counter(found.fetchall())
        others, other_rows = self.server.query(f"select * from marts.{mart}")
        if columns != others:
            return [f"columns of {mart}: {columns} in DuckDB, {others} in PostgreSQL"]
        counted = Counter(other_rows)
        return some("only DuckDB", mart, rows - counted) + some("only PostgreSQL", mart, counted - rows)


def some(side: str, mart: str, rows: Counter[tuple[Any, ...]]) -> list[str]:
    first = sorted(rows, key=repr)[:3]
    return [f"{side} has {rows.total()} rows of {mart}, such as {row}" for row in first]


@pytest.fixture(scope="module", params=["group", "company"])
def engines(
    request: pytest.FixtureRequest, project_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engines]:
    """Every gate and unit test has passed on both, without a warning."""
    directory = tmp_path_factory.mktemp("engines")
    warehouse = directory / "warehouse.duckdb"
    if request.param == "group":
        shutil.copy(request.getfixturevalue("synced_home") / "warehouse.duckdb", warehouse)
    else:
        build_company(warehouse)
    with postgres.started() as server:
        postgres.copy_warehouse(warehouse, server)
        run_dbt(project_root, directory, "duckdb", {"DOVECOTE_WAREHOUSE": str(warehouse)})
        run_dbt(project_root, directory, "postgres", server.environment)
        yield Engines(warehouse, server)


def run_dbt(project_root: Path, directory: Path, engine: str, environment: dict[str, str]) -> None:
    project = str(project_root / "dbt_project")
    target = directory / engine
    places = {"DBT_PROJECT_DIR": project, "DBT_PROFILES_DIR": project, "DBT_TARGET_PATH": str(target)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "dbt.cli.main", "--warn-error", "build", "--target", engine],
        env={**os.environ, **places, "DBT_LOG_PATH": str(target), **environment},
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{engine}: {done.stdout[-6000:]}{done.stderr}"


def test_the_checks_say_the_same(engines: Engines) -> None:
    """Amounts, differences and statuses of every check, administration and period."""
    (count,) = engines.server.query("select count(*) from marts.recon_checks")[1][0]

    assert count > 0
    assert engines.differences("recon_checks") == []


def test_every_mart_is_the_same(engines: Engines) -> None:
    """All rows of all marts, in the same columns."""
    here, there = engines.marts()

    assert here == there
    assert [difference for mart in sorted(here) for difference in engines.differences(mart)] == []
