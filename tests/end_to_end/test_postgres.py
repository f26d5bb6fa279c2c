"""`dbt build` on PostgreSQL gives the marts that DuckDB has, row for row: a group that was synced, and the company that
was typed by hand for its odd rows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.run.build import DBT
from tests.dbt.conftest import build_company
from tests.dbt.test_marts_page import sections
from tests.end_to_end import postgres

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(postgres.missing()), reason=postgres.missing())]

# What a next sync may bring, in words both engines know: other values, a record that went with all that hangs from it,
# a name that other tables show.
LATER = "timestamp with time zone '2027-01-01 00:00:00+00'"
LAST = "(select max(id) from raw.sales_invoices group by administration_id)"
CHANGES = (
    f"""update raw.sales_invoices set reference = 'Changed', _changed_at = {LATER}
        where id in (select min(id) from raw.sales_invoices group by administration_id)""",
    *(
        f"""update raw.sales_invoices__{child} set _deleted_at = {LATER}, _changed_at = {LATER}
        where sales_invoice_id in {LAST}"""
        for child in ("details", "payments", "tax_totals", "custom_fields")
    ),
    f"update raw.sales_invoices set _deleted_at = {LATER}, _changed_at = {LATER} where id in {LAST}",
    f"""update raw.contacts set company_name = 'Changed', _changed_at = {LATER}
        where id in (select min(id) from raw.contacts)""",
    f"""update raw.journal_entries set description = 'Changed', _changed_at = {LATER}
        where ledger_account_id in (select min(ledger_account_id) from raw.journal_entries)""",
    f"""update sync.ledger_slices set read_at = {LATER}, changed_at = {LATER}
        where ledger_account_id in (select min(ledger_account_id) from raw.journal_entries)""",
)
MARTS = "select table_name from information_schema.tables where table_schema = 'marts'"


@dataclass(frozen=True)
class Engines:
    """The same raw rows, built twice."""

    warehouse: Path
    server: postgres.Server
    project: Path

    def build(self) -> None:
        """Every gate and unit test passes on both, without a warning."""
        run_dbt(self.project, self.warehouse.parent, "duckdb", {"DOVECOTE_WAREHOUSE": str(self.warehouse)})
        run_dbt(self.project, self.warehouse.parent, "postgres", self.server.environment)

    def change(self, statements: Sequence[str]) -> None:
        """The same on both."""
        with duckdb.connect(str(self.warehouse)) as here, self.server.connected() as there:
            for statement in statements:
                here.execute(statement)
                there.cursor().execute(statement)

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
    """Built once; the last test changes rows and builds again."""
    directory = tmp_path_factory.mktemp("engines")
    warehouse = directory / "warehouse.duckdb"
    if request.param == "group":
        shutil.copy(request.getfixturevalue("synced_home") / "warehouse.duckdb", warehouse)
    else:
        build_company(warehouse)
    with postgres.started() as server:
        postgres.copy_warehouse(warehouse, server)
        both = Engines(warehouse, server, project_root / "dbt_project")
        both.build()
        yield both


def run_dbt(project: Path, directory: Path, engine: str, environment: dict[str, str]) -> None:
    target = directory / engine
    places = {"DBT_PROJECT_DIR": str(project), "DBT_PROFILES_DIR": str(project), "DBT_TARGET_PATH": str(target)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DBT, "--warn-error", "build", "--target", engine],
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


def test_the_queries_of_the_page_run_on_both(engines: Engines) -> None:
    """What an analyst pastes from MARTS.md finds as many rows in either."""
    with duckdb.connect(str(engines.warehouse), read_only=True) as connection:
        here = {section.mart: len(connection.execute(section.query).fetchall()) for section in sections()}
    there = {section.mart: len(engines.server.query(section.query)[1]) for section in sections()}

    assert here
    assert here == there


def test_a_second_build_is_the_same_too(engines: Engines) -> None:
    """Incremental models take in what changed, on both alike."""
    engines.change(CHANGES)
    before = engines.server.query("select count(*) from marts.fct_sales_invoice where reference = 'Changed'")[1]
    engines.build()
    after = engines.server.query("select count(*) from marts.fct_sales_invoice where reference = 'Changed'")[1]

    assert (before, bool(after[0][0])) == ([(0,)], True)
    assert [found for mart in sorted(engines.marts()[0]) for found in engines.differences(mart)] == []
