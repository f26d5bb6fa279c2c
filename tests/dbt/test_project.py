"""The project's own rules, read from dbt's manifest: who may read what, what is described, what is tested."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipelines.run.tables import raw_tables

MARTS = {
    "deleted_records",
    "dim_administration",
    "dim_contact",
    "dim_contact_card",
    "dim_contact_version",
    "dim_date",
    "dim_group_member",
    "dim_intercompany_contact",
    "dim_ledger_account",
    "dim_ledger_account_version",
    "dim_product",
    "dim_project",
    "dim_tax_rate",
    "dim_user",
    "fct_bank_mutation",
    "fct_estimate",
    "fct_ledger_balance",
    "fct_ledger_entry",
    "fct_payable_event",
    "fct_payment",
    "fct_purchase_invoice",
    "fct_purchase_invoice_line",
    "fct_receipt",
    "fct_receivable_event",
    "fct_recurring_invoice",
    "fct_sales_invoice",
    "fct_sales_invoice_line",
    "fct_time_entry",
    "fct_vat_line",
    "recon_checks",
    "recon_items",
    "recon_ledger_account_month",
    "rpt_balance_sheet",
    "rpt_creditor_aging",
    "rpt_creditor_aging_month_end",
    "rpt_creditor_statement",
    "rpt_days_sales_outstanding",
    "rpt_debtor_aging",
    "rpt_debtor_aging_month_end",
    "rpt_debtor_statement",
    "rpt_group_balance_sheet",
    "rpt_group_elimination",
    "rpt_group_profit_loss",
    "rpt_group_trial_balance",
    "rpt_hours_by_month",
    "rpt_icp",
    "rpt_intercompany_pair",
    "rpt_profit_loss",
    "rpt_revenue",
    "rpt_revenue_by_month",
    "rpt_trial_balance",
    "rpt_utilisation_by_month",
    "rpt_vat_return",
}


@pytest.fixture(scope="module")
def manifest(warehouse: Path, target: Path) -> dict[str, Any]:
    """What dbt understood of the project."""
    parsed: dict[str, Any] = json.loads((target / "manifest.json").read_bytes())
    return parsed


def models(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (node for node in manifest["nodes"].values() if node["resource_type"] == "model")


def kind_of(unique_id: str) -> str:
    """model, source, seed, …"""
    return unique_id.split(".")[0]


def test_only_staging_reads_sources(manifest: dict[str, Any]) -> None:
    """A raw column is renamed once; nothing else knows what Moneybird calls it."""
    readers = {
        node["name"] for node in models(manifest) if any(kind_of(on) == "source" for on in node["depends_on"]["nodes"])
    }
    staging = {node["name"] for node in models(manifest) if node["schema"] == "staging"}

    assert staging == readers


def test_floors_are_not_climbed(manifest: dict[str, Any]) -> None:
    """Staging reads no model, intermediate reads no mart; only checks are views beside the marts."""
    folder = {node["unique_id"]: node["fqn"][1] for node in models(manifest)}
    wrong = [
        (node["name"], on)
        for node in models(manifest)
        for on in node["depends_on"]["nodes"]
        if (node["fqn"][1] == "staging" and on in folder)
        or (node["fqn"][1] == "intermediate" and folder.get(on) == "marts")
    ]

    assert wrong == []


def test_every_raw_table_has_a_source_and_a_staging_model(manifest: dict[str, Any]) -> None:
    """A resource added to RESOURCES is missed here until dbt knows it."""
    tables = {shape.name for shape in raw_tables()}
    sources = {source["name"] for source in manifest["sources"].values() if source["source_name"] == "raw"}
    names = {node["name"] for node in models(manifest)}

    assert tables == sources
    assert {f"stg_moneybird__{table}" for table in tables} <= names


def test_marts_are_exactly_the_promised_ones(manifest: dict[str, Any]) -> None:
    """Readers get these tables, each with an enforced contract, and no other relation in the schema."""
    marts = [node for node in models(manifest) if node["schema"] == "marts"]

    assert {node["name"] for node in marts} == MARTS
    assert {node["config"]["materialized"] for node in marts} <= {"table", "incremental"}, "and no view"
    assert all(node["contract"]["enforced"] for node in marts)
    assert {node["schema"] for node in models(manifest)} == {"staging", "intermediate", "marts"}


def test_steps_between_marts_are_tables_nobody_is_shown(manifest: dict[str, Any]) -> None:
    """What the group's statements are made of lies beside the marts it is made from, and outside their schema."""
    steps = [node for node in models(manifest) if node["fqn"][1:-1] == ["marts", "consolidation", "parts"]]

    assert {(node["schema"], node["config"]["materialized"]) for node in steps} == {("intermediate", "table")}


def test_names_fit_postgresql(manifest: dict[str, Any]) -> None:
    """63 characters, and dbt puts 12 of its own before the input of a unit test; a longer model has an alias."""
    assert [node["name"] for node in models(manifest) if len(node["alias"]) > 51] == []


def test_expected_decimals_are_quoted(project: Path) -> None:
    """YAML reads 25.00 as the float 25.0, and PostgreSQL keeps the decimals of a number without a scale as they are."""
    expected = {
        (path.name, test["name"]): test["expect"].get("rows") or []
        for path in (project / "models").rglob("*unit_tests.yml")
        for test in yaml.safe_load(path.read_text())["unit_tests"]
    }
    floats = [
        test
        for test, rows in expected.items()
        if isinstance(rows, list)
        if any(isinstance(value, float) for row in rows for value in row.values())
    ]

    assert floats == []


def test_every_model_says_its_grain(manifest: dict[str, Any]) -> None:
    """The last sentence of a description is "One row per …."."""
    silent = [
        node["name"]
        for node in models(manifest)
        if not re.search(r"One row per [^.]*(\.|;[^.]*\.)$", node["description"].strip())
    ]

    assert silent == []


def test_every_model_has_a_key_test(manifest: dict[str, Any]) -> None:
    """Grain is tested, not only told."""
    tested = {
        on
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "is_key"
        for on in node["depends_on"]["nodes"]
    }

    assert [node["name"] for node in models(manifest) if node["unique_id"] not in tested] == []


def test_every_column_of_a_mart_is_described(manifest: dict[str, Any]) -> None:
    """An analyst finds the meaning of a column without asking."""
    silent = [
        f"{node['name']}.{name}"
        for node in models(manifest)
        if node["schema"] == "marts"
        for name, column in node["columns"].items()
        if not column["description"]
    ]

    assert silent == []


def test_exposures_name_the_views(manifest: dict[str, Any], project: Path) -> None:
    """One exposure per dashboard view, by the name of its file; fed by marts only."""
    views = {path.stem for path in (project.parent / "dashboards" / "views").glob("[!_]*.py")}
    exposures = {exposure["name"]: exposure for exposure in manifest["exposures"].values()}
    fed_by = {on.split(".")[-1] for exposure in exposures.values() for on in exposure["depends_on"]["nodes"]}

    assert views == set(exposures)
    assert fed_by <= MARTS


def test_no_report_depends_on_the_day_it_is_built(project: Path) -> None:
    """Dates are the row's or the administration's; a rebuild tomorrow gives the same figures."""
    clock = re.compile(r"current_date|current_timestamp|now\(\)|getdate|today\(\)", re.IGNORECASE)
    sql = [path for folder in ("models", "macros", "tests") for path in (project / folder).rglob("*.sql")]

    assert [path.name for path in sql if clock.search(path.read_text())] == []


def test_engine_dialect_stays_in_macros(project: Path) -> None:
    """Models and tests run on PostgreSQL too: what only DuckDB understands is a macro with a dispatch."""
    dialect = re.compile(
        r"\b(qualify|group by all|order by all|try_cast|unnest|arg_max|arg_min|count_if|asof|any_value|date_diff|"
        r"list_\w+|struct_\w+|strftime|epoch_\w+|exclude|hugeint|read_(json|csv|parquet)\w*)\b|->>|//",
        re.IGNORECASE,
    )
    sql = [path for folder in ("models", "tests") for path in (project / folder).rglob("*.sql")]

    assert [(path.name, found[0]) for path in sql if (found := dialect.search(path.read_text()))] == []


def test_telemetry_is_off(project: Path) -> None:
    """Nothing about anybody's books leaves the machine."""
    assert "send_anonymous_usage_stats: false" in (project / "dbt_project.yml").read_text()


def test_marts_keep_cents_exact(warehouse: Path) -> None:
    """No amount is a float; every one is DECIMAL(18,2)."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name, data_type from information_schema.columns where table_schema = 'marts'"
        ).fetchall()

    floats = [column for column in columns if column[2] in {"DOUBLE", "FLOAT", "HUGEINT"}]
    amounts = {column[2] for column in columns if column[1].endswith("_amount")}
    assert floats == []
    assert amounts == {"DECIMAL(18,2)"}
