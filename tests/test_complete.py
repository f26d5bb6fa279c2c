"""Nothing is half there: every resource reaches dbt, every verb and every setting is in the README."""

from __future__ import annotations

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
from pipelines.run.tables import raw_tables
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.in_process import API_URL, transport

ROOT = Path(__file__).resolve().parents[1]
STAGING = ROOT / "dbt_project" / "models" / "staging" / "moneybird"
README = (ROOT / "README.md").read_text(encoding="utf-8")
RAW_TABLES = [shape.name for shape in raw_tables()]


def sources() -> dict[str, dict[str, Any]]:
    found = yaml.safe_load((STAGING / "_moneybird__sources.yml").read_text())
    return {table["name"]: table for source in found["sources"] for table in source["tables"]}


def models() -> dict[str, dict[str, Any]]:
    found = yaml.safe_load((STAGING / "_moneybird__models.yml").read_text())
    return {model["name"]: model for model in found["models"]}


@pytest.mark.parametrize("table", RAW_TABLES)
def test_every_raw_table_is_a_described_source(table: str) -> None:
    assert sources()[table]["description"].strip()


@pytest.mark.parametrize("table", RAW_TABLES)
def test_every_raw_table_has_a_described_staging_model(table: str) -> None:
    name = f"stg_moneybird__{table}"

    assert (STAGING / f"{name}.sql").is_file()
    assert "One row per" in models()[name]["description"]


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
