"""`dovecote demo` as a newcomer meets it: one command, invented companies, an end without leftovers."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.test_readme import blocks

DOVECOTE = [sys.executable, "-m", "pipelines"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for this module, in a clone with a space in its name."""
    return tmp_path_factory.mktemp("a clone") / ".dovecote"


@pytest.fixture(scope="module")
def first(home: Path) -> subprocess.CompletedProcess[str]:
    """The first demo of a clone, as `make demo DASHBOARD=0` starts it: nothing says where the data go."""
    environ = {name: value for name, value in os.environ.items() if name != "DOVECOTE_HOME"}
    command = [*DOVECOTE, "demo", "--no-dashboard"]
    return subprocess.run(command, cwd=home.parent, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture
def served(home: Path, first: subprocess.CompletedProcess[str]) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A demo that serves its dashboard, and what it printed until then."""
    with subprocess.Popen(
        [*DOVECOTE, "demo", "--port", "0"],
        env=_environ(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as demo:
        assert demo.stdout is not None
        printed: list[str] = []
        for line in demo.stdout:
            printed.append(line)
            if line.startswith("Dashboard"):
                break
        else:
            assert demo.stderr is not None
            pytest.fail("".join(printed) + demo.stderr.read())
        yield demo, printed
        demo.kill()


def _environ(home: Path) -> dict[str, str]:
    return {**os.environ, "DOVECOTE_HOME": str(home)}


def _dovecote(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*DOVECOTE, *arguments], env=_environ(home), capture_output=True, text=True, check=False)


def _processes(home: Path) -> list[tuple[str, str]]:
    """Command line and environment of the living processes that use this home."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environ = (process / "environ").read_bytes().decode(errors="replace")
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if f"DOVECOTE_HOME={home}\0" in environ:
            found.append((command, environ))
    return found


def test_the_summary_says_what_happened_and_where_the_data_are(
    home: Path, first: subprocess.CompletedProcess[str]
) -> None:
    assert first.returncode == 0, first.stderr
    shown = first.stdout
    assert "without throttling" in shown
    status = json.loads(_dovecote(home, "status", "--json").stdout)
    assert len(status["administrations"]) >= 4
    for known in status["administrations"]:
        assert known["name"] in shown
        assert known["sync_status"] == "ok"
    for table in ("fct_sales_invoice", "fct_ledger_entry", "rpt_debtor_aging", "recon_checks"):
        assert re.search(rf"{table} +│ +[1-9]", shown), f"{table} is empty or absent"
    assert re.search(r"Requests +\d+ general \(planned \d+\), \d+ for reports \(planned \d+\)", shown)
    assert f"snapshot {status['snapshot']['id']}" in shown
    assert str(home) in shown


def test_it_prints_what_the_readme_shows(first: subprocess.CompletedProcess[str]) -> None:
    (example,) = [block for block in blocks("text") if "Starting the sandbox" in block]
    for line in example.splitlines():
        assert line.split("…")[0].rstrip() in first.stdout, line


def test_the_query_it_prints_works(first: subprocess.CompletedProcess[str]) -> None:
    (query,) = re.findall(r"^Query +(.+)$", first.stdout, flags=re.MULTILINE)
    answer = subprocess.run(query, shell=True, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "administration_name" in answer.stdout


def test_our_copy_is_moneybirds(home: Path, first: subprocess.CompletedProcess[str]) -> None:
    checked = _dovecote(home, "check", "--json")
    assert checked.returncode == 0, checked.stdout
    classes = json.loads(checked.stdout)["classes"]
    assert classes["copy"]["ok"] > 0
    assert classes["copy"]["break"] == 0


def test_nothing_is_left_running(home: Path, first: subprocess.CompletedProcess[str]) -> None:
    assert _processes(home) == []


def test_everything_it_wrote_is_in_its_home(
    home: Path, project_root: Path, first: subprocess.CompletedProcess[str]
) -> None:
    assert home.stat().st_mode & 0o077 == 0
    assert not (project_root / "dbt_project" / "target").exists()
    assert not (project_root / "dbt_project" / "logs").exists()
    for file in home.rglob("*.log"):
        text = file.read_text(errors="replace")
        for token in re.findall(r"TOKENS__\w+=(\S+)", (home / "sandbox.env").read_text()):
            assert token not in text, f"{file} holds a token"


@pytest.mark.slow
def test_a_second_demo_while_the_first_serves_and_a_sync_beside_it(
    home: Path, served: tuple[subprocess.Popen[str], list[str]]
) -> None:
    """The second time nothing has changed; readers get the dashboard; another terminal can sync; Ctrl-C ends it all."""
    demo, printed = served
    assert re.search(r"Loaded +nothing: no record has changed", "".join(printed))
    url = printed[-1].split()[1]
    with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:
        assert answer.status == 200

    refused = _dovecote(home, "demo", "--no-dashboard")
    assert refused.returncode == 5
    assert f"pid {demo.pid} on " in refused.stderr
    assert "`dovecote demo`" in refused.stderr

    run = 'set -e; . "$0"; exec "$@"'
    beside = subprocess.run(
        ["sh", "-c", run, str(home / "sandbox.env"), *DOVECOTE, "sync", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert beside.returncode == 0, beside.stderr
    assert json.loads(beside.stdout)["tables"] == {}

    dashboard = [line for line in _processes(home) if "streamlit" in line[0]]
    assert dashboard
    assert all("TOKENS__" not in environ for _, environ in dashboard), "the dashboard was given a token"

    demo.send_signal(signal.SIGINT)
    assert demo.wait(timeout=20) == 0
    deadline = time.monotonic() + 5
    while _processes(home) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _processes(home) == []
