"""Nothing is half there, and what is missing is named: every endpoint of the contract is read or left out for a reason,
every resource has a sandbox route, a source, a staging model and a place in the contract, every verb and setting is in
the README. `tests/outside/test_official_rows.py` holds each row against the contract's answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from typer.main import get_command

from pipelines.cli import app
from pipelines.config import Budget, Settings
from pipelines.moneybird.resources import RESOURCES, Feed, Resource
from pipelines.moneybird.resources.not_loaded import NOT_LOADED
from pipelines.run.contract import ROW_COLUMNS
from pipelines.run.tables import raw_tables
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.in_process import API_URL, transport
from pipelines.warehouse.raw import TableShape
from tests.sandbox.contract import MISSING, load

ROOT = Path(__file__).resolve().parents[1]
STAGING = ROOT / "dbt_project" / "models" / "staging" / "moneybird"
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRACT = (ROOT / "pipelines" / "CONTRACT.md").read_text(encoding="utf-8")
# A feed, one record by its id or by another key of its own: the collection they belong to is what counts.
_SINGLE = r"{}/(synchronization|\{{\w+\}}|(customer_id|find_by_\w+|identifier)/\{{\w+\}})"
_PAYMENT = ("invoice_id",)  # the parent's id again, except below a bank transaction
# "Now" values that nothing is computed from: as-of figures come from dated events.
NOT_STAGED = {
    "sales_invoices": ("paid_at", "total_unpaid", "total_unpaid_base"),
    "external_sales_invoices": ("paid_at", "total_unpaid", "total_unpaid_base"),
    "sales_invoices__payments": _PAYMENT,
    "external_sales_invoices__payments": _PAYMENT,
    "purchase_invoices__payments": _PAYMENT,
    "receipts__payments": _PAYMENT,
}
_RECORDS = {Feed.ROOT, Feed.VERSIONS, Feed.LIST}
STAGED = dict(  # macros that are whole staging models: name → SQL
    re.findall(
        r"{% macro (\w+)\(.*?-%}(.*?){%- endmacro %}", (STAGING.parents[2] / "macros/staging.sql").read_text(), re.S
    )
)
RAW_TABLES = [shape.name for shape in raw_tables()]


def sources() -> dict[str, dict[str, Any]]:
    found = yaml.safe_load((STAGING / "_moneybird__sources.yml").read_text())
    return {table["name"]: table for source in found["sources"] for table in source["tables"]}


def models() -> dict[str, dict[str, Any]]:
    found = yaml.safe_load((STAGING / "_moneybird__models.yml").read_text())
    return {model["name"]: model for model in found["models"]}


@pytest.mark.parametrize("table", RAW_TABLES)
def test_every_raw_table_is_a_described_source(table: str) -> None:
    assert "One row per" in sources().get(table, {"description": "no source"})["description"]


@pytest.mark.parametrize("table", RAW_TABLES)
def test_every_raw_table_has_a_described_staging_model(table: str) -> None:
    name = f"stg_moneybird__{table}"

    assert (STAGING / f"{name}.sql").is_file(), f"{name}.sql is missing"
    assert "One row per" in models().get(name, {"description": "not described"})["description"]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[httpx.Client]:
    world = build_group(years=1, administrations=1)
    (token,) = world.tokens.values()
    headers = {"Authorization": f"Bearer {token.secret}"}
    with (
        transport(create_app(world)) as wire,
        httpx.Client(transport=wire, base_url=API_URL, headers=headers) as client,
    ):
        yield client


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_every_resource_has_a_route_in_the_sandbox(sandbox: httpx.Client, resource: Resource) -> None:
    (administration,) = sandbox.get("/administrations.json").json()
    prefix = "" if resource.feed is Feed.ROOT else f"/{administration['id']}"
    paths = [resource.path, f"{resource.path}/synchronization"] if resource.feed is Feed.VERSIONS else [resource.path]
    needed = {"contact_id": "null"} if resource.feed is Feed.LEDGER_LINES else {}

    for path in paths:
        answer = sandbox.get(f"{prefix}/{path}.json", params=dict(resource.query) | needed)
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("table", RAW_TABLES)
def test_every_raw_table_is_in_the_integration_contract(table: str) -> None:
    assert f"**`{table}`**" in CONTRACT


@pytest.mark.parametrize("shape", raw_tables(), ids=lambda shape: shape.name)
def test_every_raw_column_reaches_staging(shape: TableShape) -> None:
    """Renamed there, or left out on purpose below."""
    model = STAGING / f"stg_moneybird__{shape.name}.sql"
    sql = model.read_text() if model.is_file() else ""
    if called := re.search(r"^{{ (staged_\w+)\('\w+', '(\w+)'\) }}\s*\Z", sql, re.MULTILINE):
        sql = STAGED[called[1]].replace("{{ entity }}", called[2])
    declared = [name for name, _ in shape.columns if name not in ROW_COLUMNS]

    assert [name for name in declared if not re.search(rf"\b{name}\b", sql)] == list(NOT_STAGED.get(shape.name, ()))


@pytest.mark.parametrize("resource", [row for row in RESOURCES if row.feed in _RECORDS], ids=lambda row: row.name)
def test_every_kind_of_record_is_in_the_list_of_tombstones(resource: Resource) -> None:
    listed = (STAGING.parents[1] / "intermediate" / "core" / "int_tombstones_listed.sql").read_text()

    assert re.search(rf"'[a-z ]+': \(\s*'{resource.table}',", listed)


def documented_gets() -> list[str]:
    """Paths of the contract's JSON answers, without feeds and without one record by its id of what is read."""
    contract = load()
    if contract is None:
        return []
    paths = [
        operation.path
        for operation in contract.operations
        if operation.method == "GET" and "application/json" in (operation.response(200) or {}).get("content", {})
    ]
    read = {resource.path for resource in RESOURCES}
    return [path for path in paths if not any(re.fullmatch(_SINGLE.format(re.escape(base)), path) for base in read)]


@pytest.mark.parametrize("path", documented_gets() or [pytest.param("", marks=pytest.mark.skip(MISSING))])
def test_every_endpoint_of_the_contract_is_read_or_left_out_for_a_reason(path: str) -> None:
    """A path in neither place is a new row of RESOURCES, or a line in resources/not_loaded.py."""
    assert (path in {resource.path for resource in RESOURCES}) != (path in NOT_LOADED)


def test_nothing_is_left_out_that_the_contract_does_not_have() -> None:
    if load() is None:
        pytest.skip(MISSING)
    assert NOT_LOADED.keys() <= set(documented_gets())


def test_no_source_or_staging_model_without_a_raw_table() -> None:
    assert sources().keys() == set(RAW_TABLES)
    assert {path.stem.removeprefix("stg_moneybird__") for path in STAGING.glob("*.sql")} == set(RAW_TABLES)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_every_row_says_why_and_where_it_is_documented(resource: Resource) -> None:
    assert resource.why.endswith(".")
    assert resource.docs.startswith("https://developer.moneybird.com/")
    assert resource.scopes or resource.name == "administrations"


def test_no_resource_keeps_what_it_ignores() -> None:
    for resource in RESOURCES:
        assert not {column.source[0] for column in resource.columns} & resource.ignored.keys(), resource.name


def test_no_secret_is_ever_a_column() -> None:
    """A capability URL or payment card in the warehouse would be a deliberate act: it has to change this test."""
    never = {"url", "payment_url", "sales_invoices_url", "public_view_code", "credit_card_number", "token", "secret"}
    for shape in raw_tables():
        assert not never & {name for name, _ in shape.columns}, shape.name


def verbs() -> Iterator[str]:
    def walk(command: Any, prefix: str) -> Iterator[str]:
        subcommands = getattr(command, "commands", None)
        if not subcommands:
            yield prefix.strip()
        for name, sub in (subcommands or {}).items():
            yield from walk(sub, f"{prefix} {name}")

    yield from walk(get_command(app), "")


@pytest.mark.parametrize("verb", list(verbs()))
def test_every_verb_is_in_the_readme(verb: str) -> None:
    assert f"dovecote {verb}" in README


def settings() -> Iterator[str]:
    of_moneybird = {"api_url", "tokens", "administrations"}
    for name in Settings.model_fields:
        if name == "home":
            yield "DOVECOTE_HOME"
        elif name == "budget":
            yield from (f"dovecote.budget.{part}" for part in Budget.model_fields)
        else:
            yield f"sources.moneybird.{name}" if name in of_moneybird else f"dovecote.{name}"


@pytest.mark.parametrize("setting", list(settings()))
def test_every_setting_is_in_the_readme(setting: str) -> None:
    assert f"`{setting}" in README
