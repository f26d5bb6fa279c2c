"""Building with dbt: real dbt over a real warehouse, with the smallest project that can fail in each way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.errors import ConfigurationError, GateFailedError, WarehouseError
from pipelines.run import built_from
from pipelines.run.build import build, dbt_environment
from pipelines.run.built_from import LastBuild
from pipelines.warehouse.snapshot import current_snapshot
from pipelines.warehouse.sync_state import SyncState

if TYPE_CHECKING:
    from .conftest import SmallCompany

_CONTRACT = "select 1 as sales_invoice_key, '1' as administration_id"
_NO_COLUMN = "select nothing as sales_invoice_key, '1' as administration_id from raw.sales_invoices"
_NO_MODEL = "select * from {{ ref('nothing') }}"
_VIEW = "{{ config(materialized='view') }} select id from raw.sales_invoices"
_KILLED = """
import os, signal
def model(dbt, session):
    if os.path.exists({!r}):
        os.kill(os.getpid(), signal.SIGKILL)
    return session.sql("select 1 as killed_key, '1' as administration_id")
"""
_HELD = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


def _below(directory: Path) -> set[Path]:
    return {path for path in directory.rglob("*") if "__pycache__" not in path.parts}


def test_a_build_publishes_and_reports_in_json(small_company: SmallCompany) -> None:
    small_company.raw("a", "b")
    project = small_company.dbt_project()
    written = _below(project)
    report = build(small_company.settings, project=project).to_json()
    snapshot = current_snapshot(small_company.settings.published_link)
    assert snapshot is not None
    assert report["models"] == {"success": 3}
    assert report["tests"] == {"pass": 1}
    assert report["checks"] == {"ok": 1, "break": 0, "in_motion": 0, "not_computable": 0, "accepted": 0}
    assert report["tables"] == {"dim_administration": 1, "fct_sales_invoice": 2, "recon_checks": 1}
    assert isinstance(report["snapshot"], dict)
    assert (report["snapshot"]["id"], report["snapshot"]["path"]) == (snapshot.snapshot_id, str(snapshot.path))
    assert _below(project) == written, "dbt wrote into the project; everything it writes belongs in DOVECOTE_HOME"


@pytest.mark.parametrize(
    ("ids", "models", "sentence"),
    [
        (("a", "a"), {}, "test unique_fct_sales_invoice_sales_invoice_key found 1 row that must not be there"),
        (("a",), {"fct_sales_invoice": _CONTRACT}, "it breaks its contract: sales_invoice_key is INTEGER"),
        (("a",), {"fct_sales_invoice": _NO_COLUMN}, 'model fct_sales_invoice failed: Binder Error: .*"nothing"'),
        (("a",), {"fct_sales_invoice": _NO_MODEL}, "dbt could not start: .*a node named 'nothing' which was not found"),
    ],
    ids=["test", "contract", "sql", "compilation"],
)
def test_a_failing_gate_names_itself_and_keeps_the_snapshot(
    small_company: SmallCompany, ids: tuple[str, ...], models: dict[str, str], sentence: str
) -> None:
    small_company.marts()
    from pipelines.run.publish import publish

    before = publish(small_company.settings).snapshot
    small_company.raw(*ids)
    with pytest.raises(GateFailedError, match=f"^Nothing was published: .*{sentence}") as refusal:
        build(small_company.settings, project=small_company.dbt_project(**models))
    assert str(refusal.value).endswith("What was published before still is.")
    assert "\n" not in str(refusal.value)
    assert refusal.value.exit_code == 4
    assert current_snapshot(small_company.settings.published_link) == before


def test_a_failure_before_dbt_has_results_is_not_judged_by_the_last_build(small_company: SmallCompany) -> None:
    small_company.raw("a")
    build(small_company.settings, project=small_company.dbt_project())
    with pytest.raises(GateFailedError, match="nothing"):
        build(small_company.settings, project=small_company.dbt_project(fct_sales_invoice=_NO_MODEL))


def test_nothing_synced_is_said_before_dbt_starts(small_company: SmallCompany) -> None:
    with pytest.raises(ConfigurationError, match=r"warehouse\.duckdb does not exist; run `dovecote sync` first"):
        build(small_company.settings)
    assert not small_company.settings.warehouse_path.exists()


def test_a_warehouse_held_by_another_program_is_named(small_company: SmallCompany) -> None:
    small_company.raw("a")
    command = [sys.executable, "-c", _HELD, str(small_company.settings.warehouse_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as analyst:
        assert analyst.stdout is not None
        analyst.stdout.readline()
        with pytest.raises(WarehouseError, match=f"locked by process {analyst.pid}"):
            build(small_company.settings)
        analyst.kill()


def test_a_full_disk_while_building_is_no_failed_gate(small_company: SmallCompany) -> None:
    """The kernel refuses files beyond a size, as a full disk does; dbt inherits that limit."""
    small_company.raw(*map(str, range(2_000)))
    project = small_company.dbt_project(
        fct_sales_invoice="select sha256(a.id || b.id) as sales_invoice_key, '1' as administration_id "
        "from raw.sales_invoices as a, raw.sales_invoices as b"
    )
    script = f"""
import resource, sys
from pathlib import Path
from pipelines import config
from pipelines.errors import DovecoteError
from pipelines.run.build import build
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000_000, 30_000_000))
try:
    build(config.load(), project=Path({str(project)!r}))
except DovecoteError as error:
    print(error)
    sys.exit(error.exit_code)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.count("\n") == 1
    assert "make room" in done.stdout or "free some space" in done.stdout


def test_dbt_gets_no_token_and_sends_nothing_home(small_company: SmallCompany) -> None:
    environ = {**os.environ, "SOURCES__MONEYBIRD__TOKENS__HOLDING": "not-a-real-token", "DBT_TARGET": "other"}
    given = dbt_environment(small_company.settings, Path("project"), environ)
    assert "not-a-real-token" not in str(given)
    assert given["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"
    assert "DBT_TARGET" not in given
    assert given["DOVECOTE_WAREHOUSE"] == str(small_company.settings.warehouse_path)
    assert given["DOVECOTE_MEMORY_LIMIT"] == small_company.settings.memory_limit


def test_another_model_or_another_table_of_finance_makes_everything_anew(tmp_path: Path) -> None:
    project, last_build = tmp_path / "project", LastBuild(tmp_path / "warehouse.duckdb")
    (project / "models").mkdir(parents=True)
    (project / "models" / "one.sql").write_text("select 1")
    first = built_from.fingerprint(project, "finance")
    assert not last_build.was(first), "nothing was built yet"
    last_build.note(first)

    (project / "logs").mkdir()
    (project / "logs" / "dbt.sql").write_text("what dbt wrote")
    assert last_build.was(built_from.fingerprint(project, "finance"))
    assert built_from.fingerprint(project, "other") != first
    (project / "models" / "one.sql").write_text("select 2")
    second = built_from.fingerprint(project, "finance")
    assert not last_build.was(second)

    assert not last_build.was(first), "what was half built since is nobody's"


def test_a_warehouse_of_an_earlier_version_is_built_before_its_next_sync(small_company: SmallCompany) -> None:
    """What no run of this version has noted is empty, and not missing."""
    small_company.raw("a")
    with duckdb.connect(str(small_company.settings.warehouse_path)) as warehouse:
        SyncState(warehouse)
        warehouse.execute("drop table sync.unread")
    invoices = "select id as sales_invoice_key, '1' as administration_id from raw.sales_invoices"
    of_unread = f"{invoices} where id not in (select resource from sync.unread)"

    report = build(small_company.settings, project=small_company.dbt_project(fct_sales_invoice=of_unread))

    assert report.to_json()["tables"]["fct_sales_invoice"] == 1


def test_new_data_make_tables_anew_and_leave_views_as_they_are(small_company: SmallCompany) -> None:
    """A view that is lost all the same, or breaks, fails one build, and the next makes everything."""
    small_company.raw("a")
    table = "select id as sales_invoice_key, '1' as administration_id from {{ ref('stg_invoices') }}"
    project = small_company.dbt_project(stg_invoices=_VIEW, fct_sales_invoice=table)
    assert build(small_company.settings, project=project).dbt.models == {"success": 4}
    small_company.raw("a", "b")
    second = build(small_company.settings, project=project)
    assert (second.dbt.models, second.dbt.tests) == ({"success": 3}, {"pass": 1})
    assert second.to_json()["tables"]["fct_sales_invoice"] == 2
    with duckdb.connect(str(small_company.settings.warehouse_path)) as warehouse:
        schema = warehouse.execute(
            "select table_schema from information_schema.tables where table_name = 'stg_invoices'"
        )
        warehouse.execute(f"drop view {schema.fetchall()[0][0]}.stg_invoices")
    with pytest.raises(GateFailedError, match="stg_invoices does not exist"):
        build(small_company.settings, project=project)
    assert build(small_company.settings, project=project).dbt.models == {"success": 4}


def test_a_killed_full_refresh_is_followed_by_a_full_one(small_company: SmallCompany) -> None:
    """Half of its tables are new and half are not, and nothing but data changed since the build before it."""
    small_company.raw("a")
    kill = small_company.settings.home / "kill"
    project = small_company.dbt_project(stg_invoices=_VIEW)
    (project / "models" / "fct_killed.py").write_text(_KILLED.format(str(kill)))
    assert build(small_company.settings, project=project).dbt.models == {"success": 5}
    assert build(small_company.settings, project=project).dbt.models == {"success": 4}, "the view stands"
    kill.touch()
    with pytest.raises(WarehouseError, match="killed from outside"):
        build(small_company.settings, full_refresh=True, project=project)
    kill.unlink()
    assert build(small_company.settings, project=project).dbt.models == {"success": 5}
