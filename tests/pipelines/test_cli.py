"""What a person and a script see of the verbs: sentences, JSON and exit codes. Every verb is a real process."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines import cli, config, operations
from pipelines.cli import dashboard
from pipelines.errors import ConfigurationError
from pipelines.operations import schema
from pipelines.run.lock import run_lock
from pipelines.run.publish import publish
from pipelines.warehouse.snapshot import current_snapshot

if TYPE_CHECKING:
    from .conftest import SmallCompany


def dovecote(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines", *arguments],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("room", "named"), [(0, "run.lock"), (4096, "operations store")])
def test_a_full_disk_is_one_sentence_wherever_it_is_met_first(room: int, named: str) -> None:
    """As many bytes as `room` fit into any file."""
    said = subprocess.run(
        [sys.executable, "-m", "pipelines", "sync"],
        env=os.environ | {"SOURCES__MONEYBIRD__TOKENS__HOLDING": "secret"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1, said.stderr
    assert said.stderr.count("\n") == 1
    assert named in said.stderr
    assert "free some space" in said.stderr


def test_help_lists_the_verbs() -> None:
    shown = dovecote("--help").stdout
    for verb in ("demo", "sandbox", "plan", "sync", "build", "run", "dashboard", "status", "check", "worker"):
        assert f" {verb} " in shown


def test_status_before_anything_was_published_says_what_to_run(clean_environment: Path) -> None:
    said = dovecote("status")
    assert said.returncode == 0
    assert "nothing yet: run `dovecote run`, or `dovecote demo` to look around first" in said.stdout
    assert not clean_environment.exists(), "asking how things stand creates nothing"
    as_json = json.loads(dovecote("status", "--json").stdout)
    assert (as_json["snapshot"], as_json["warehouse"], as_json["outbox"]) == (None, None, None)


@pytest.mark.parametrize("verb", ["check", "dashboard"])
def test_verbs_that_need_a_snapshot_say_so(verb: str) -> None:
    said = dovecote(verb)
    assert said.returncode == 2
    assert said.stdout == ""
    assert said.stderr.startswith("dovecote: Nothing has been published in ")
    assert said.stderr.count("\n") == 1


def test_status_tells_freshness_checks_and_what_waits_to_be_sent(small_company: SmallCompany) -> None:
    small_company.marts()
    published = publish(small_company.settings)
    store = operations.open_store(small_company.settings.operations_database)
    with store.write() as connection:
        connection.execute(
            schema.commands.insert(),
            [
                {"state": state, "business_key": f"k{number}", "kind": "draft", "administration_id": "1"}
                | {"payload": {}, "preview": {}, "created_by": "test", "attempts": 0}
                | {"created_at": published.published_at, "updated_at": published.published_at}
                for number, state in enumerate(["queued", "queued", "ambiguous", "verified"])
            ],
        )
    store.close()
    told = json.loads(dovecote("status", "--json").stdout)
    assert told["snapshot"]["id"] == published.snapshot.snapshot_id
    assert told["outbox"] == {"ambiguous": 1, "queued": 2}
    assert told["administrations"][0] == {
        "administration_id": "1",
        "name": "Company 1",
        "synced_at": "2026-11-20T08:00:00+00:00",
        "sync_status": "ok",
        "sync_remark": None,
        "business_date": "2026-11-20",
        "checks": {"ok": 2, "break": 1, "other": 0},
    }
    shown = dovecote("status").stdout
    assert "Outbox     1 ambiguous, 2 queued" in shown
    assert "Company 2" in shown


def test_a_killed_run_is_not_called_running(small_company: SmallCompany) -> None:
    store = operations.open_store(small_company.settings.operations_database)
    with store.write() as connection:
        operations.runs.start(connection, "killed", at=datetime.now(UTC))
    store.close()
    with run_lock(small_company.settings.lock_path, "dovecote run"):
        assert json.loads(dovecote("status", "--json").stdout)["last_run"]["status"] == "running"
    assert json.loads(dovecote("status", "--json").stdout)["last_run"]["status"] == "interrupted"


def test_check_lists_what_is_open_and_passes_without_a_copy_break(small_company: SmallCompany) -> None:
    small_company.marts()
    publish(small_company.settings)
    said = dovecote("check", "--json")
    assert said.returncode == 0, said.stderr
    told = json.loads(said.stdout)
    assert told["status"] == "ok"
    assert told["checks"] == {"ok": 2, "break": 1, "in_motion": 0, "not_computable": 0, "accepted": 0}
    assert [(found["check_id"], found["class"], found["difference"]) for found in told["open_checks"]] == [
        ("debtors_equal_control_account", "books", "1234.50")
    ]
    assert "1.234,50" in dovecote("check").stdout


def test_check_ends_with_4_on_a_copy_break(small_company: SmallCompany) -> None:
    small_company.marts(copy_status="break", copy_difference="0.01")
    publish(small_company.settings)
    said = dovecote("check", "--json")
    assert said.returncode == 4
    told = json.loads(said.stdout)
    assert told["status"] == "break"
    assert told["classes"]["copy"]["break"] == 1
    assert told["open_checks"][0]["check_id"] == "ledger_equals_report", "copy breaks come first"
    assert dovecote("check").returncode == 4


@pytest.mark.parametrize("verb", ["build", "run", "sync"])
def test_a_second_run_is_refused_and_changes_nothing(small_company: SmallCompany, verb: str) -> None:
    small_company.marts()
    before = publish(small_company.settings).snapshot
    with run_lock(small_company.settings.lock_path, "dovecote run"):
        said = dovecote(verb, "--json")
    assert said.returncode == 5
    assert said.stdout == ""
    assert said.stderr.startswith(f"dovecote: another run (pid {os.getpid()} on {socket.gethostname()} since ")
    assert said.stderr.endswith(f"`dovecote run`) holds {small_company.settings.lock_path}; wait for it or stop it.\n")
    assert current_snapshot(small_company.settings.published_link) == before


def test_a_missing_token_stops_a_run_before_it_publishes(small_company: SmallCompany) -> None:
    said = dovecote("run", "--json")
    assert said.returncode == 2
    assert said.stdout == ""
    assert said.stderr.count("\n") == 1
    assert current_snapshot(small_company.settings.published_link) is None
    assert json.loads(dovecote("status", "--json").stdout)["last_run"]["status"] == "error"


def test_the_dashboard_gets_no_token(small_company: SmallCompany) -> None:
    given = dashboard.environment(
        small_company.settings,
        {"SOURCES__MONEYBIRD__TOKENS__HOLDING": "t", "sources__moneybird__tokens__low": "t", "PATH": "/bin"},
    )
    assert not [name for name in given if "TOKENS" in name.upper()]
    assert given["DOVECOTE_PUBLISHED"] == str(small_company.settings.published_link)
    assert given["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] == "false"


@pytest.mark.parametrize("verb", ["run", "sync", "build"])
def test_an_interrupted_verb_says_what_became_of_it(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(config, "load", interrupted)
    monkeypatch.setattr(sys, "argv", ["dovecote", verb])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 130
    assert capsys.readouterr().err.startswith("dovecote: interrupted; what was published before still is")


def test_a_port_in_use_is_named() -> None:
    with socket.socket() as taken:
        taken.bind((dashboard.ADDRESS, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {port} on 127.0.0.1 cannot be used: .* --port"):
            dashboard.choose_port(port)
    assert dashboard.choose_port(0) > 0
