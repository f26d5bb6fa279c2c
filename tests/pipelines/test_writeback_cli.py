"""`dovecote drafts …` and `dovecote worker`, as a person and a script use them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

from pipelines.cli import app
from pipelines.errors import CommandRefusedError, ConfigurationError, WarehouseError
from pipelines.writeback.draft import DraftInvoice, DraftLine

MARTS = """
    create schema marts;
    create table marts.dim_administration as select '101' as administration_id, 'Duif' as administration_name,
        'EUR' as currency_code, date '2026-09-30' as period_locked_until_date, false as is_suspended;
    create table marts.dim_contact as select '101' as administration_id, '7' as contact_id,
        'Molen B.V.' as contact_name, false as is_archived, false as is_deleted, false as is_unknown;
    create table marts.dim_tax_rate as select '101' as administration_id, '21' as tax_rate_id,
        '21% btw' as tax_rate_name, 21::decimal(18, 6) as percentage, 'sales_invoice' as tax_rate_type,
        true as is_active, null::varchar as country_code;
    create table marts.dim_ledger_account as select '101' as administration_id, '8000' as ledger_account_id,
        'Omzet' as account_name, '80000' as account_number, true as is_active, true as is_sales_invoice_allowed;
    create table marts.dim_project as select '101' as administration_id, '5' as project_id, 'Kade' as project_name,
        'active' as project_state, false as is_deleted;
"""
SNAPSHOT = "marts-20261120T080000Z-ab12.duckdb"
DRAFT = {
    "administration_id": "101",
    "contact_id": "7",
    "customer_reference": "PO 30052",
    "lines": [
        {
            "description": "Advies",
            "quantity": "2",
            "unit_price": "100.00",
            "tax_rate_id": "21",
            "ledger_account_id": "8000",
            "project_id": "5",
        }
    ],
}
Dovecote = Callable[..., Result]


@pytest.fixture
def dovecote(clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Dovecote:
    """Runs a verb; an error is raised, as it reaches `main`."""
    published = clean_environment / "published"
    published.mkdir(parents=True)
    with duckdb.connect(str(published / SNAPSHOT)) as connection:
        connection.execute(MARTS)
    (published / "marts.duckdb").symlink_to(SNAPSHOT)
    monkeypatch.setenv("DOVECOTE__WRITABLE_ADMINISTRATIONS", "101")

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(app, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    def write(**changes: Any) -> str:
        path = tmp_path / "draft.json"
        path.write_text(json.dumps({**DRAFT, **changes}))
        return str(path)

    return write


def test_a_file_is_previewed_added_approved_and_cancelled(dovecote: Dovecote, file: Callable[..., str]) -> None:
    looked = json.loads(dovecote("drafts", "add", file(), "--preview", "--json").stdout)
    assert looked["preview"]["total_incl_amount"] == "242.00"
    assert all(check["is_good"] for check in looked["checks"])
    assert json.loads(dovecote("drafts", "list", "--json").stdout) == {"commands": []}

    added = json.loads(dovecote("drafts", "add", file(), "--json").stdout)
    assert (added["state"], added["reference"]) == ("awaiting_approval", looked["preview"]["reference"])
    assert json.loads(dovecote("drafts", "add", file(), "--json").stdout)["id"] == added["id"]

    assert "is queued" in dovecote("drafts", "approve", str(added["id"])).stdout
    assert "is cancelled" in dovecote("drafts", "cancel", str(added["id"])).stdout
    shown = json.loads(dovecote("drafts", "show", str(added["id"]), "--json").stdout)
    assert shown["payload"] == looked["request"]
    assert [entry["after_state"] for entry in shown["history"]] == ["awaiting_approval", "queued", "cancelled"]


def test_people_read_a_table_and_a_story(dovecote: Dovecote, file: Callable[..., str]) -> None:
    dovecote("drafts", "add", file(), "--approve")
    listed = dovecote("drafts", "list").stdout
    assert "PO 30052" in listed
    assert "242,00" in listed
    story = dovecote("drafts", "show", "1").stdout
    assert '"prices_are_incl_tax": false' in story
    assert "created → queued" in story
    assert "ok  Molen B.V. exists" in dovecote("drafts", "add", file(), "--preview").stdout


def test_the_list_can_be_narrowed_to_states(dovecote: Dovecote, file: Callable[..., str]) -> None:
    dovecote("drafts", "add", file())
    dovecote("drafts", "add", file(draft_id="second"), "--approve")
    found = json.loads(dovecote("drafts", "list", "--state", "queued", "--json").stdout)["commands"]
    assert [command["id"] for command in found] == [2]
    with pytest.raises(ConfigurationError, match="--state knows draft, awaiting_approval"):
        dovecote("drafts", "list", "--state", "lost")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"invoice_date": "2026-09-30"}, "books are locked until 30-09-2026"),
        ({"contact_id": "8"}, "Contact 8 does not exist"),
        ({"administration_id": "999"}, "999 may not be written to"),
        ({"lines": []}, "lines: 0 lines; a draft has 1 to 200"),
    ],
)
def test_what_is_wrong_is_refused_in_a_sentence_and_not_kept(
    dovecote: Dovecote, file: Callable[..., str], changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CommandRefusedError, match=sentence):
        dovecote("drafts", "add", file(**changes))
    assert json.loads(dovecote("drafts", "list", "--json").stdout) == {"commands": []}


def test_a_preview_of_what_would_be_refused_says_why_and_ends_with_2(
    dovecote: Dovecote, file: Callable[..., str]
) -> None:
    looked = dovecote("drafts", "add", file(contact_id="8"), "--preview")
    assert "NO  Contact 8 does not exist" in looked.stdout
    assert looked.exit_code == 2
    assert dovecote("drafts", "add", file(contact_id="8"), "--preview", "--json").exit_code == 2


def test_a_damaged_snapshot_is_one_sentence(
    dovecote: Dovecote, file: Callable[..., str], clean_environment: Path
) -> None:
    (clean_environment / "published" / SNAPSHOT).write_text("hello")
    with pytest.raises(WarehouseError, match=r"published snapshot .* cannot be opened: .*; publish a new one"):
        dovecote("drafts", "add", file(), "--preview")


def test_the_help_of_add_names_every_field(dovecote: Dovecote) -> None:
    shown = dovecote("drafts", "add", "--help").stdout
    assert {*DraftInvoice.model_fields, *DraftLine.model_fields} <= set(re.findall(r"\w+", shown))


def test_a_worker_with_nothing_to_do_says_so(dovecote: Dovecote) -> None:
    assert dovecote("worker", "--once").stdout == "Nothing was due.\n"


def test_a_file_that_is_not_there_and_a_command_that_is_not_there(dovecote: Dovecote) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.json cannot be read: No such file"):
        dovecote("drafts", "add", "nowhere.json")
    with pytest.raises(CommandRefusedError, match="There is no command 7"):
        dovecote("drafts", "show", "7")
    with pytest.raises(CommandRefusedError, match="There is no command 7"):
        dovecote("drafts", "retry", "7")


def test_a_worker_without_a_token_sends_nothing_and_says_so_on_the_command(
    dovecote: Dovecote, file: Callable[..., str]
) -> None:
    dovecote("drafts", "add", file(), "--approve")
    assert json.loads(dovecote("worker", "--once", "--json").stdout) == {"moved": {}}
    (command,) = json.loads(dovecote("drafts", "list", "--json").stdout)["commands"]
    assert command["state"] == "queued"
    assert command["last_error"].startswith("No Moneybird token is set")
