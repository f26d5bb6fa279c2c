"""The parts of the demo: it keeps away from the real API and leaves no process behind. The whole runs end to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from pipelines import config
from pipelines.cli import demo
from pipelines.cli.children import children
from pipelines.errors import DovecoteError

SANDBOX = {
    "api_url": "http://127.0.0.1:4010/api/v2",
    "tokens": {"holding": {"token": "invented", "administrations": ["1"]}},
    "administrations": [{"id": "1", "name": "Company 1"}],
}

_PARENT = """
import os, sys
from pathlib import Path
from pipelines.cli.children import children
here = Path.cwd()
with children() as family:
    child = family.start("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], os.environ, here, here)
    family.serve(child, lambda: print(child.pid, flush=True))
print("ended", flush=True)
"""


def _gone(pid: int) -> bool:
    """True once the process is gone, waiting up to ten seconds for the kernel and its parent to notice."""
    for _ in range(200):
        try:
            if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_however_the_demo_is_stopped_its_children_end_and_it_ends_well(ending: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(ending)
        assert parent.stdout.readline() == "ended\n"
        assert parent.wait() == 0
    assert _gone(child)


@pytest.mark.parametrize("name", ["plain", "it's a home", 'a "quoted" $HOME'])
def test_the_query_can_be_pasted_whatever_the_home_is_called(tmp_path: Path, name: str) -> None:
    link = tmp_path / name / "snapshot.duckdb"
    link.parent.mkdir()
    with duckdb.connect(str(link)) as connection:
        connection.execute(
            "create schema marts;"
            "create table marts.rpt_revenue_by_month as select 1 as administration_id, 12.5 as revenue_amount;"
            "create table marts.dim_administration as select 1 as administration_id, 'Duif' as administration_name"
        )
    shown = subprocess.run(["sh", "-c", demo.query_command(link)], capture_output=True, text=True, check=True)
    assert "12.5" in shown.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_even_a_killed_demo_leaves_no_worker_behind() -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    assert _gone(child)


def test_a_child_that_ends_early_is_named_with_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no port left')"]
    with children() as family, pytest.raises(DovecoteError, match=r"The sandbox ended with code 1; see .*sandbox\.log"):
        family.first_line("sandbox", family.start("sandbox", command, os.environ, tmp_path, tmp_path, talks=True))
    assert (tmp_path / "sandbox.log").read_text() == "no port left\n"


def test_a_child_that_ignores_the_request_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.cli.children.STOP_SECONDS", 0.1)
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    with children() as family:
        child = family.start("deaf", [sys.executable, "-c", deaf], os.environ, tmp_path, tmp_path, talks=True)
        family.first_line("deaf", child)
    assert child.returncode == -signal.SIGKILL


def test_the_demo_uses_no_real_token_nor_any_file_that_may_hold_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("SOURCES__MONEYBIRD__TOKENS__REAL", "not-for-the-sandbox")
    monkeypatch.setenv("SOURCES__MONEYBIRD__ADMINISTRATIONS", "42")
    monkeypatch.setenv("DOVECOTE__WRITABLE_ADMINISTRATIONS", "42")
    (tmp_path / ".dlt").mkdir()
    (tmp_path / ".dlt" / "secrets.toml").write_text('[sources.moneybird.tokens]\nfiled = "not-for-the-sandbox"\n')
    settings = config.load(demo.environment(SANDBOX, home), home)
    assert settings.tokens == {"holding": "invented"}
    assert settings.api_url == SANDBOX["api_url"]
    assert settings.administrations == ()
    assert settings.may_write("1")
    assert settings.home == home


def test_another_terminal_can_source_the_sandbox(tmp_path: Path) -> None:
    home = tmp_path / "a home"
    home.mkdir()
    file = demo.write_environment(home, SANDBOX)
    assert file.stat().st_mode & 0o077 == 0
    script = '. "$0"; echo "$SOURCES__MONEYBIRD__API_URL $SOURCES__MONEYBIRD__TOKENS__HOLDING $DOVECOTE_HOME"'
    shown = subprocess.run(["sh", "-c", script, str(file)], capture_output=True, text=True, check=True).stdout
    assert shown == f"{SANDBOX['api_url']} invented {home}\n"
