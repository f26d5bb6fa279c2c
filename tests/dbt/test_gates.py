"""A gate is about our own work: when it fails, dbt fails, and the build is not published."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import duckdb

Dbt = Callable[..., CompletedProcess[str]]


def test_a_doubled_record_fails_the_build(dbt: Dbt, warehouse: Path, target: Path, tmp_path: Path) -> None:
    """The same invoice twice is our mistake, not a difference to be reported."""
    doubled = tmp_path / "doubled.duckdb"
    shutil.copy(warehouse, doubled)
    with duckdb.connect(str(doubled)) as connection:
        connection.execute("insert into raw.sales_invoices from raw.sales_invoices where id = 'i1'")
    # finance's own folder takes the place of the examples
    finance = tmp_path / "finance"
    shutil.copytree(Path(__file__).resolve().parents[2] / "dbt_project" / "seeds", finance)

    selected = ("--select", "control_account_roles", "stg_moneybird__sales_invoices", "int_receivables_linked")
    outcome = dbt(doubled, "build", *selected, environment={"DOVECOTE_FINANCE": str(finance)})
    results = json.loads((target / "run_results.json").read_bytes())["results"]

    assert outcome.returncode == 1
    assert {result["unique_id"].split(".")[2] for result in results if result["status"] == "fail"} == {
        "is_key_stg_moneybird__sales_invoices_administration_id__sales_invoice_id"
    }
    assert "seed.dovecote.control_account_roles" in {r["unique_id"] for r in results if r["status"] == "success"}
