"""What goes wrong is one clear sentence with what to do, a documented exit code, nothing published and nothing lost."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.errors import DovecoteError
from pipelines.moneybird.budget import Budget
from pipelines.sandbox.world import Token
from tests.end_to_end.conftest import Group

STUDIO, WEBSHOP = 1, 3


def dovecote(
    group: Group, *arguments: str, tokens: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DOVECOTE_HOME": str(group.home),
        "SOURCES__MONEYBIRD__API_URL": options.pop("api_url", group.described["api_url"]),
    }
    if tokens is None:
        tokens = {name: one["token"] for name, one in group.described["tokens"].items()}
    environment |= {f"SOURCES__MONEYBIRD__TOKENS__{name.upper()}": token for name, token in tokens.items()}
    environment |= options.pop("environment", {})
    return subprocess.run(
        [sys.executable, "-m", "pipelines", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def sentence(result: subprocess.CompletedProcess[str]) -> str:
    """The last line on stderr: what the user is told."""
    assert "Traceback" not in result.stderr
    return result.stderr.strip().splitlines()[-1]


def test_without_a_token_the_user_is_told_where_to_put_one(new_group: Group) -> None:
    result = dovecote(new_group, "sync", tokens={}, api_url="https://moneybird.com/api/v2")

    assert result.returncode == 2
    assert "SOURCES__MONEYBIRD__TOKENS__<NAME>" in sentence(result)
    assert new_group.sync().status == "ok", "a home that holds nothing yet belongs to no API"


def test_a_wrong_token_is_named_and_not_shown(new_group: Group) -> None:
    result = dovecote(new_group, "sync", tokens={"holding": "no-such-secret"})

    assert result.returncode == 2
    assert "refuses token 'holding'" in sentence(result)
    assert "no-such-secret" not in result.stderr + result.stdout


def test_an_unknown_administration_is_answered_with_those_there_are(new_group: Group) -> None:
    result = dovecote(new_group, "sync", environment={"SOURCES__MONEYBIRD__ADMINISTRATIONS": "123456"})

    assert result.returncode == 2
    assert "Administration 123456" in sentence(result)
    assert new_group.id(STUDIO) in sentence(result)


def test_an_address_that_is_not_the_api_is_named(new_group: Group) -> None:
    result = dovecote(new_group, "sync", api_url=new_group.described["url"])

    assert result.returncode == 2
    assert "set sources.moneybird.api_url to its whole address" in sentence(result)


def test_a_damaged_warehouse_says_what_to_do(new_group: Group) -> None:
    new_group.home.mkdir()
    new_group.settings().warehouse_path.write_text("rubbish" * 4000)

    result = dovecote(new_group, "sync")

    assert result.returncode == 1
    assert "move it away and run `dovecote run`" in sentence(result)


def test_an_unreachable_host_is_named(new_group: Group) -> None:
    """In this process, where nobody waits between the attempts."""
    with pytest.raises(DovecoteError, match=r"127\.0\.0\.1 cannot be reached") as refusal:
        new_group.sync(api_url="http://127.0.0.1:9/api/v2")

    assert refusal.value.exit_code == 3


@pytest.mark.parametrize(
    ("kind", "match", "words"),
    [
        pytest.param("html", "sales_invoices", "found an HTML page", marks=pytest.mark.slow),
        pytest.param("truncated", "contacts/synchronization", "cut off or not JSON", marks=pytest.mark.slow),
        ("truncated", "time_entries", "cut off or not JSON"),
        pytest.param("html", "reports/general_ledger", "found an HTML page", marks=pytest.mark.slow),
    ],
)
def test_an_answer_that_is_not_json_stops_that_read_and_no_other(
    new_group: Group, kind: str, match: str, words: str
) -> None:
    new_group.fault(kind, match=f"{new_group.id(STUDIO)}/{match}", times=99, status=200)

    report = new_group.sync()

    assert report.status == "partly"
    assert words in str(report.administrations[new_group.id(STUDIO)]["error"])
    assert {one["status"] for i, one in report.administrations.items() if i != new_group.id(STUDIO)} == {"ok"}
    assert new_group.query(
        f"select count(*) > 0 from raw.ledger_accounts where administration_id = '{new_group.id(STUDIO)}'"
    ) == [(True,)]

    new_group.control.delete("/_sandbox/faults")
    assert new_group.sync().status == "ok"
    assert new_group.differences() == []


def test_faults_that_pass_are_only_retries(new_group: Group) -> None:
    """In a feed, a list and a report."""
    for match in ("sales_invoices/synchronization", "projects", "reports/journal_entries"):
        new_group.fault("status", status=502, match=match, times=2)

    assert new_group.sync().status == "ok"
    log = new_group.control.get("/_sandbox/requests").json()
    assert sum(line["status"] == 502 for line in log) == 6


def test_a_server_error_that_stays_is_named_and_the_others_go_on(new_group: Group) -> None:
    new_group.fault("status", status=500, match=f"{new_group.id(STUDIO)}/sales_invoices", times=99)

    report = new_group.sync()

    assert report.status == "partly"
    error = report.administrations[new_group.id(STUDIO)]["error"]
    assert "answers 500 for sales invoices of Duivenhof Studio B.V.; a fault on their side" in str(error)


def test_a_429_with_an_epoch_retry_after_is_waited_for_and_not_for_half_a_century(new_group: Group) -> None:
    new_group.fault("throttle", match="contacts", times=1)
    slept: list[float] = []
    budget = Budget(sleep=slept.append)

    report = new_group.sync(budget=budget)

    assert report.status == "ok"
    assert len(slept) == 1
    assert 0 < slept[0] <= 302, "until the window the server named, by its own Date"


def test_a_dead_token_stops_only_its_own_administrations(group: Group) -> None:
    group.begin_synced()
    tokens = {name: one["token"] for name, one in group.described["tokens"].items()} | {"webshop": "revoked"}

    result = dovecote(group, "sync", "--json", tokens=tokens)

    assert result.returncode == 3
    assert "refuses token 'webshop'" in json.loads(result.stdout)["failed_tokens"]["webshop"]
    administrations = json.loads(result.stdout)["administrations"]
    assert administrations[group.id(WEBSHOP)]["status"] == "failed"
    assert "refuses token 'webshop'" in administrations[group.id(WEBSHOP)]["error"]
    assert administrations[group.id(STUDIO)]["status"] == "ok"


def test_a_missing_scope_is_named_and_everything_else_is_read(new_group: Group) -> None:
    scopes = frozenset({"sales_invoices", "documents", "estimates", "bank", "time_entries"})
    token = Token("narrow", "narrow-secret", (int(new_group.id(STUDIO)),), scopes)
    new_group.world.add_token(token)

    result = dovecote(new_group, "sync", "--json", tokens={"narrow": "narrow-secret"})

    assert result.returncode == 3
    (one,) = json.loads(result.stdout)["administrations"].values()
    assert one["status"] == "partly"
    assert "Token 'narrow' lacks scope `settings`, so it may not read financial accounts, projects" in one["error"]
    assert one["error"].count("put one that has it in SOURCES__MONEYBIRD__TOKENS__NARROW.") == 1, (
        "one cause is one sentence"
    )
    assert {"projects", "users", "tax_rates"} & set(one["not_read"]) == {"projects", "users"}
    assert new_group.query("select count(*) > 0 from raw.sales_invoices") == [(True,)]


def test_a_locked_warehouse_names_the_process_that_holds_it(new_group: Group) -> None:
    new_group.home.mkdir()
    hold = (
        "import duckdb, sys, time; held = duckdb.connect(sys.argv[1]); "
        "held.execute('create table x (a int)'); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(new_group.settings().warehouse_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        result = dovecote(new_group, "sync")
        holder.kill()

    assert result.returncode == 1
    assert f"locked by process {holder.pid}" in sentence(result)


def _file_limit(megabytes: int) -> Callable[[], None]:
    """A disk that is full after `megabytes` in one file."""

    def limit() -> None:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (megabytes << 20, megabytes << 20))

    return limit


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [1, 2])
def test_a_full_disk_is_said_and_the_next_sync_repairs(new_group: Group, megabytes: int) -> None:
    result = dovecote(new_group, "sync", preexec_fn=_file_limit(megabytes))

    assert result.returncode == 1, result.stderr
    assert "disk is full" in sentence(result)
    assert not new_group.settings().published_link.exists()

    assert new_group.sync().status == "ok"
    assert new_group.differences() == []


def test_a_warehouse_of_another_api_is_not_mixed(small_group: Group) -> None:
    with duckdb.connect(str(small_group.settings().warehouse_path)) as warehouse:
        warehouse.execute("update sync.meta set value = 'moneybird.com' where key = 'origin'")

    result = dovecote(small_group, "sync")

    assert result.returncode == 2
    assert "set DOVECOTE_HOME to another directory" in sentence(result)


def test_a_second_run_is_refused_and_the_first_is_named(new_group: Group, tmp_path: Path) -> None:
    new_group.fault("throttle", match="contacts", times=1)
    with subprocess.Popen(
        [sys.executable, "-m", "pipelines", "run"], env=new_group.environment(), stderr=subprocess.PIPE, text=True
    ) as first:
        assert first.stderr is not None
        first.stderr.readline()  # it says that it waits
        second = dovecote(new_group, "run")
        first.kill()

    assert second.returncode == 5
    assert str(first.pid) in sentence(second)
