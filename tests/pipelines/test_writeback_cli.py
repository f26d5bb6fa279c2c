"""`dovecote drafts …` and `dovecote worker`, as a person and a script use them."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from pipelines.cli import app, drafts
from pipelines.errors import CommandRefusedError, ConfigurationError, WarehouseError
from pipelines.writeback.draft import DraftInvoice, DraftLine
from pipelines.writeback.kinds import KINDS
from pipelines.writeback.sources import SOURCES
from tests.pipelines.small_marts import SNAPSHOT, publish

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
            "supply": {"supply_kind": "services", "vat_class": "standard"},
        }
    ],
}
Dovecote = Callable[..., Result]


@pytest.fixture
def dovecote(clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Dovecote:
    """Runs a verb; an error is raised, as it reaches `main`."""
    publish(clean_environment)
    monkeypatch.setenv("DOVECOTE__WRITABLE_ADMINISTRATIONS", "101")

    def run(*arguments: str, **other: Any) -> Result:
        result = CliRunner().invoke(app, arguments, **other)
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


def submitted(dovecote: Dovecote, *arguments: str) -> dict[str, Any]:
    """The one command that a submit kept."""
    (command,) = json.loads(dovecote("drafts", "submit", *arguments, "--json").stdout)["commands"]
    return dict(command)


def test_a_file_is_previewed_submitted_approved_and_cancelled(dovecote: Dovecote, file: Callable[..., str]) -> None:
    (looked,) = json.loads(dovecote("drafts", "preview", file(), "--json").stdout)["requests"]
    assert looked["preview"]["total_incl_amount"] == "242.00"
    assert all(check["is_good"] for check in looked["checks"])
    assert json.loads(dovecote("drafts", "list", "--json").stdout) == {"commands": []}

    kept = submitted(dovecote, file())
    assert (kept["state"], kept["reference"]) == ("awaiting_approval", looked["preview"]["reference"])
    assert kept["origin"] == "draft.json item 1"
    assert submitted(dovecote, file())["id"] == kept["id"]

    number, seen = str(kept["id"]), kept["preview_hash"][:12]
    assert "is queued" in dovecote("drafts", "approve", number, "--seen", seen).stdout
    assert "is cancelled" in dovecote("drafts", "cancel", number).stdout
    shown = json.loads(dovecote("drafts", "show", number, "--json").stdout)
    assert shown["payload"] == looked["request"]
    assert [entry["after_state"] for entry in shown["history"]] == ["awaiting_approval", "queued", "cancelled"]


def test_people_read_a_table_and_a_story(dovecote: Dovecote, file: Callable[..., str]) -> None:
    assert "Command 1 is queued: PO 30052" in dovecote("drafts", "submit", file(), "--approve").stdout
    listed = dovecote("drafts", "list").stdout
    assert "PO 30052" in listed
    assert "242,00" in listed
    story = dovecote("drafts", "show", "1").stdout
    assert '"prices_are_incl_tax": false' in story
    assert "For Molen B.V. in administration 101." in story, "where it goes is part of what is approved"
    assert "created → awaiting_approval" in story
    assert "approved → queued" in story
    assert "--seen" not in story, "nothing waits for an approval"
    looked = dovecote("drafts", "preview", file()).stdout
    assert "ok  Molen B.V. exists" in looked
    for told in (looked, story):
        assert "VAT 42,00 over 200,00 by '21% btw'.\nTotal EUR 242,00 with VAT, 200,00 without VAT.\n" in told
    assert re.search(r"PO 30052 · \w{8}; seen as [0-9a-f]{12}\.", looked)


def test_what_another_person_asked_for_is_never_approved_in_passing(
    dovecote: Dovecote, file: Callable[..., str]
) -> None:
    """The same file again is the same command; nobody looked at it."""
    anna, bert = {"DOVECOTE__PERSON": "anna"}, {"DOVECOTE__PERSON": "bert"}
    dovecote("drafts", "submit", file(), env=anna)
    assert "Command 1 is awaiting approval" in dovecote("drafts", "submit", file(), "--approve", env=bert).stdout
    assert "Command 1 is queued" in dovecote("drafts", "submit", file(), "--approve", env=anna).stdout


def test_an_approval_names_what_was_seen(dovecote: Dovecote, file: Callable[..., str]) -> None:
    """A script without --seen is told how; what was changed since is not approved."""
    kept = submitted(dovecote, file(draft_id="A"))
    with pytest.raises(ConfigurationError, match=r"Say what was looked at: `dovecote drafts approve 1 --seen"):
        dovecote("drafts", "approve", "1")
    changed = submitted(dovecote, file(draft_id="A", customer_reference="PO 30053"))
    assert changed["id"] == kept["id"]
    with pytest.raises(CommandRefusedError, match=r"is not what was looked at .*; look at it again"):
        dovecote("drafts", "approve", "1", "--seen", kept["preview_hash"][:12])
    assert "is queued" in dovecote("drafts", "approve", "1", "--seen", changed["preview_hash"][:12]).stdout


@pytest.mark.parametrize(("answer", "state"), [("y\n", "queued"), ("n\n", "awaiting_approval")])
def test_on_a_terminal_it_shows_and_asks(
    dovecote: Dovecote, file: Callable[..., str], monkeypatch: pytest.MonkeyPatch, answer: str, state: str
) -> None:
    submitted(dovecote, file())
    monkeypatch.setattr(drafts, "_is_terminal", lambda: True)
    asked = dovecote("drafts", "approve", "1", input=answer)
    assert '"prices_are_incl_tax": false' in asked.stdout
    assert "Approve this?" in asked.stdout
    assert json.loads(dovecote("drafts", "show", "1", "--json").stdout)["state"] == state


def test_what_a_person_must_look_at_is_approved_by_nobody_in_passing(
    dovecote: Dovecote, file: Callable[..., str]
) -> None:
    """Without a word about what is supplied the rules cannot confirm the chosen rate."""
    lines = [{**DRAFT["lines"][0], "supply": None}]
    kept = submitted(dovecote, file(lines=lines), "--approve")
    assert kept["state"] == "awaiting_approval"
    seen = kept["preview_hash"][:12]
    with pytest.raises(CommandRefusedError, match=r"A person must look first: Line 1: VAT '21% btw' was chosen"):
        dovecote("drafts", "approve", "1", "--seen", seen)
    assert "LOOK Line 1" in dovecote("drafts", "show", "1").stdout
    assert "is queued" in dovecote("drafts", "approve", "1", "--seen", seen, "--reviewed").stdout


def test_the_list_can_be_narrowed_to_states(dovecote: Dovecote, file: Callable[..., str]) -> None:
    submitted(dovecote, file())
    submitted(dovecote, file(draft_id="second"), "--approve")
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
        ({"lines": []}, "draft.json item 1, lines: expected something else, found [] (0 lines; a draft has 1 to 200)"),
        ({"kind": "invoice"}, "draft.json item 1, kind: expected one of draft_invoice"),
        ({"colour": "red"}, "colour: expected another name, or nothing, found 'red' in a field nobody knows"),
    ],
)
def test_what_is_wrong_is_refused_in_a_sentence_and_not_kept(
    dovecote: Dovecote, file: Callable[..., str], changes: dict[str, Any], sentence: str
) -> None:
    told = dovecote("drafts", "submit", file(**changes))
    assert sentence in told.stdout
    assert told.stdout.startswith("NO  ")
    assert told.exit_code == 2
    assert json.loads(dovecote("drafts", "list", "--json").stdout) == {"commands": []}


def test_what_is_good_goes_on_without_the_rest_and_ends_with_3(dovecote: Dovecote, tmp_path: Path) -> None:
    path = tmp_path / "drafts.jsonl"
    rows = [{**DRAFT, "draft_id": "A"}, {**DRAFT, "draft_id": "B", "contact_id": "8"}, {**DRAFT, "due_days": 400}]
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n{")
    told = dovecote("drafts", "submit", str(path), "--json")
    found = json.loads(told.stdout)
    assert told.exit_code == 3
    assert [command["origin"] for command in found["commands"]] == ["drafts.jsonl line 1"]
    assert [each["origin"] for each in found["refused"]] == ["drafts.jsonl line 2"]
    assert [(row["where"], row["field"], row["found"]) for row in found["bad_rows"]] == [
        ("drafts.jsonl line 4", "the line", "Expecting property name enclosed in double quotes"),
        ("drafts.jsonl line 3", "due_days", "400"),
    ]


def test_a_preview_of_what_would_be_refused_says_why_and_ends_with_2(
    dovecote: Dovecote, file: Callable[..., str]
) -> None:
    looked = dovecote("drafts", "preview", file(contact_id="8"))
    assert "NO  Contact 8 does not exist" in looked.stdout
    assert looked.exit_code == 2
    assert dovecote("drafts", "preview", file(contact_id="8"), "--json").exit_code == 2


def test_a_damaged_snapshot_is_one_sentence(
    dovecote: Dovecote, file: Callable[..., str], clean_environment: Path
) -> None:
    (clean_environment / "published" / SNAPSHOT).write_text("hello")
    with pytest.raises(WarehouseError, match=r"published snapshot .* cannot be opened: .*; publish a new one"):
        dovecote("drafts", "preview", file())


def test_the_sources_name_every_field(dovecote: Dovecote) -> None:
    shown = dovecote("drafts", "sources").stdout
    assert {*DraftInvoice.model_fields, *DraftLine.model_fields, *SOURCES} <= set(re.findall(r"\w+", shown))
    as_json = json.loads(dovecote("drafts", "sources", "--json").stdout)
    quantity = next(each for each in as_json["orders"]["fields"] if each["name"] == "quantity")
    assert quantity == {
        "name": "quantity", "is_required": False, "expected": "a number such as 2 or 1.5, else 1; negative takes off"
    }  # fmt: skip
    assert as_json["schedule"]["fields"] == []
    assert as_json["requests"]["kinds"].keys() == KINDS.keys()
    assert all(f"requests, kind {kind}:" in shown for kind in KINDS)


def test_a_log_that_was_tampered_with_ends_with_4(
    dovecote: Dovecote, file: Callable[..., str], clean_environment: Path
) -> None:
    submitted(dovecote, file(), "--approve")
    whole = dovecote("drafts", "log", "--verify")
    assert whole.exit_code == 0
    assert re.search(r"The log is whole; it ends with [0-9a-f]{64}\.\n$", whole.stdout)
    assert len(json.loads(dovecote("drafts", "log", "1", "--json").stdout)["lines"]) == 2

    with sqlite3.connect(clean_environment / "operations.sqlite") as database:
        for (trigger,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            database.execute(f"drop trigger {trigger}")
        database.execute("update audit_log set who = 'someone else' where id = 2")
    database.close()

    broken = dovecote("drafts", "log", "--verify")
    assert broken.exit_code == 4
    assert "Line 2 is not what was written; restore a backup." in broken.stdout
    assert json.loads(dovecote("drafts", "log", "--verify", "--json").stdout)["broken_at"] == 2


def test_a_worker_with_nothing_to_do_says_so(dovecote: Dovecote) -> None:
    assert dovecote("worker", "--once").stdout == "Nothing was due.\n"


def test_a_file_that_is_not_there_and_a_command_that_is_not_there(dovecote: Dovecote) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.json cannot be read: No such file"):
        dovecote("drafts", "submit", "nowhere.json")
    with pytest.raises(ConfigurationError, match=r"--from knows requests, orders, .*; found 'order'"):
        dovecote("drafts", "submit", "nowhere.json", "--from", "order")
    with pytest.raises(ConfigurationError, match="orders are read from a file; name it"):
        dovecote("drafts", "submit", "--from", "orders")
    with pytest.raises(CommandRefusedError, match="There is no command 7"):
        dovecote("drafts", "show", "7")
    with pytest.raises(CommandRefusedError, match="There is no command 7"):
        dovecote("drafts", "retry", "7")


def test_a_worker_without_a_token_sends_nothing_and_says_so_on_the_command(
    dovecote: Dovecote, file: Callable[..., str]
) -> None:
    submitted(dovecote, file(), "--approve")
    assert json.loads(dovecote("worker", "--once", "--json").stdout) == {"moved": {}}
    (command,) = json.loads(dovecote("drafts", "list", "--json").stdout)["commands"]
    assert command["state"] == "queued"
    assert command["last_error"].startswith("No Moneybird token is set")
