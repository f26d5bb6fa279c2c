"""The integration contract is what RESOURCES says, whole, and kept as a file."""

from __future__ import annotations

import json
import re
from pathlib import Path

from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.moneybird.resources import RESOURCES
from pipelines.moneybird.resources.not_loaded import NOT_LOADED
from pipelines.run.contract import ROW_COLUMNS, SYNC_TABLES, markdown, to_json
from pipelines.run.tables import raw_tables

PIPELINES = Path(__file__).resolve().parents[2] / "pipelines"
_SYNC_TABLE = re.compile(r"create table if not exists sync\.(\w+)")


def test_the_contract_is_kept_as_a_file() -> None:
    kept = (PIPELINES / "CONTRACT.md").read_text(encoding="utf-8")

    assert kept == markdown(), (
        "RESOURCES changed: run `dovecote contract > pipelines/CONTRACT.md` and read the difference"
    )


def test_the_verb_prints_the_contract_and_its_object() -> None:
    printed = CliRunner().invoke(app, ["contract"])
    as_json = CliRunner().invoke(app, ["contract", "--json"])

    assert (printed.exit_code, printed.stdout) == (0, markdown())
    assert (as_json.exit_code, json.loads(as_json.stdout)) == (0, to_json())


def test_every_table_stands_with_its_key_columns_and_rule() -> None:
    text = markdown()
    found = to_json()["resources"]

    assert list(found) == [resource.name for resource in RESOURCES]
    for shape in raw_tables():
        assert f"**`{shape.name}`**" in text
        (table,) = [one["tables"][shape.name] for one in found.values() if shape.name in one["tables"]]
        assert table["key"] == list(shape.key)
        assert [(column["name"], column["type"]) for column in table["columns"]] == list(shape.columns)
    for resource in RESOURCES:
        assert resource.why in " ".join(text.split())
        assert f"Reference: {resource.docs}" in text


def test_what_is_not_kept_and_not_loaded_stands_with_its_reason() -> None:
    text = " ".join(markdown().split())

    for resource in RESOURCES:
        for ignored in (resource.ignored, *(child.ignored for child in resource.children)):
            assert all(f"({reason})" in text for key, reason in ignored.items() if key not in ROW_COLUMNS)
    assert all(f"- `{path}`: {reason}" in text for path, reason in NOT_LOADED.items())


def test_every_column_that_no_endpoint_declares_is_explained() -> None:
    declared = {
        column.name
        for resource in RESOURCES
        for columns in (resource.columns, *(child.columns for child in resource.children))
        for column in columns
    } | {resource.parent_key for resource in RESOURCES}
    added = {name for shape in raw_tables() for name, _ in shape.columns} - declared

    assert added == set(ROW_COLUMNS)


def test_every_table_keeps_new_keys() -> None:
    """A nested list's are kept in the row it hangs from."""
    assert not [one.name for one in raw_tables() if not one.parent and "_unmapped" not in dict(one.columns)]


def test_every_table_about_the_sync_is_explained() -> None:
    written = {name for path in PIPELINES.rglob("*.py") for name in _SYNC_TABLE.findall(path.read_text())}

    assert written == set(SYNC_TABLES)
