"""A warehouse with a hand-typed company, built once per session by real dbt in a process of its own.

    company.sql, … (tiny rows) ──▶ raw.*, sync.* (shapes from RESOURCES) ──dbt build──▶ marts, read by the tests

dbt keeps a DuckDB file open until its process ends, so no test runs it in process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.run.build import DBT
from pipelines.run.tables import history_tables, raw_tables
from pipelines.warehouse.history import HISTORY
from pipelines.warehouse.raw import create_tables
from tests.built_once import built_once

HERE = Path(__file__).resolve().parent
LOADED_AT = "2026-11-20 08:00:00Z"  # of every row that does not say otherwise
PARTS = ("company.sql", "debtors.sql", "purchases.sql")
SYNC_TABLES = (
    "administrations (administration_id VARCHAR, name VARCHAR, status VARCHAR, error VARCHAR,"
    " attempted_at TIMESTAMPTZ, synced_at TIMESTAMPTZ)",
    "ledger_proof (administration_id VARCHAR, year INTEGER, accounts INTEGER, differences INTEGER, state VARCHAR,"
    " reason VARCHAR, checked_at TIMESTAMPTZ)",
    "ledger_month_proof (administration_id VARCHAR, month_date DATE, accounts INTEGER, differences INTEGER,"
    " state VARCHAR, reason VARCHAR, proof VARCHAR, checked_at TIMESTAMPTZ)",
    "dialects (administration_id VARCHAR, question VARCHAR, answer VARCHAR, evidence VARCHAR, learned_at TIMESTAMPTZ,"
    " checked_at TIMESTAMPTZ)",
    "report_periods (administration_id VARCHAR, resource VARCHAR, period_start_date DATE, period_end_date DATE,"
    " read_at TIMESTAMPTZ, row_count BIGINT, moves HUGEINT, is_stale BOOLEAN)",
    "reads (administration_id VARCHAR, resource VARCHAR, scope VARCHAR, read_at TIMESTAMPTZ, row_count BIGINT)",
    "unread (administration_id VARCHAR, resource VARCHAR, since TIMESTAMPTZ)",
    "ledger_slices (administration_id VARCHAR, ledger_account_id VARCHAR, month_date DATE, read_at TIMESTAMPTZ,"
    " changed_at TIMESTAMPTZ)",
)

Query = Callable[..., list[tuple[Any, ...]]]
Dbt = Callable[..., subprocess.CompletedProcess[str]]


def build_company(path: Path, parts: Sequence[str] = PARTS) -> None:
    """Creates the warehouse at `path` with the raw and sync rows of the company, or of other parts."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("set timezone = 'UTC'; create schema sync")
        create_tables(connection, raw_tables())
        create_tables(connection, history_tables(), HISTORY)
        for table in SYNC_TABLES:
            connection.execute(f"create table sync.{table}")
        for part in parts:
            connection.execute((HERE / part).read_text())
        for shape in raw_tables():
            if "__" not in shape.name:  # every list of who was synced, also where it was empty
                connection.execute(
                    "insert into sync.reads select administration_id, $1, '', synced_at, 0 from sync.administrations"
                    " where synced_at is not null",
                    [shape.name],
                )
            connection.execute(f'update raw."{shape.name}" set _changed_at = $1 where _changed_at is null', [LOADED_AT])
        connection.execute(
            "insert into sync.ledger_slices select administration_id, ledger_account_id, month_date, max(_changed_at),"
            " max(_changed_at) from raw.journal_entries group by all"
        )


@pytest.fixture(scope="session")
def project(project_root: Path) -> Path:
    """The dbt project."""
    return project_root / "dbt_project"


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where dbt writes manifest, results and logs."""
    return tmp_path_factory.mktemp("dbt_target")


@pytest.fixture(scope="session")
def dbt(project: Path, target: Path) -> Dbt:
    """Runs dbt on a warehouse; a deprecation warning is a failure. Only the environment says where things are."""

    def run(
        warehouse: Path, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-c", DBT, "--warn-error", *arguments],
            env={
                **os.environ,
                "DOVECOTE_WAREHOUSE": str(warehouse),
                "DBT_PROJECT_DIR": str(project),
                "DBT_PROFILES_DIR": str(project),
                "DBT_TARGET_PATH": str(target),
                "DBT_LOG_PATH": str(target / "logs"),
                **(environment or {}),
            },
            cwd=target,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,  # beside other work on the same machine
        )

    return run


@pytest.fixture(scope="session")
def warehouse(dbt: Dbt, target: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's warehouse after `dbt build`, every gate and unit test passed; `target` holds what dbt wrote."""

    def build(place: Path) -> None:
        build_company(place / "company.duckdb")
        outcome = dbt(place / "company.duckdb", "build")
        assert outcome.returncode == 0, outcome.stdout[-6000:] + outcome.stderr
        shutil.copytree(target, place / "target")

    place = built_once(tmp_path_factory, "company", build)
    shutil.copytree(place / "target", target, dirs_exist_ok=True)
    return place / "company.duckdb"


@pytest.fixture(scope="session")
def marts(warehouse: Path) -> Iterator[Query]:
    """Rows of a query on the built marts; parameters are bound by position."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")

        def query(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
            return connection.execute(sql, parameters).fetchall()

        yield query
