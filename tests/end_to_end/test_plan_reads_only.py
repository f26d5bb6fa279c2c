"""`dovecote plan` asks nobody, writes nothing, and says why it cannot plan."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import ConfigurationError
from pipelines.run.lock import run_lock
from tests.end_to_end.conftest import Group

STUDIO, WEBSHOP = 1, 3


def plan(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipelines", "plan", *arguments]
    return subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, check=False)


def test_without_a_token_there_is_nothing_to_plan(clean_environment: Path) -> None:
    said = plan()
    assert (said.returncode, said.stdout) == (2, "")
    assert "No Moneybird token is set" in said.stderr

    empty = plan(SOURCES__MONEYBIRD__TOKENS__HOLDING="")
    assert (empty.returncode, empty.stdout) == (2, "")
    assert "token 'holding' is empty; copy it from Moneybird, or take the setting away" in empty.stderr
    assert not clean_environment.exists()


def test_a_first_load_is_planned_without_making_a_file(clean_environment: Path) -> None:
    said = plan("--json", SOURCES__MONEYBIRD__TOKENS__HOLDING="secret")
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["requests"]["general"] == 1
    assert not clean_environment.exists()


def test_the_warehouse_is_only_read_and_not_at_all_while_a_run_writes_it(group: Group) -> None:
    group.begin_synced()
    warehouse = group.settings().warehouse_path
    before = hashlib.sha256(warehouse.read_bytes()).hexdigest()
    files = sorted(path.name for path in group.home.iterdir())

    planned = group.dovecote("plan", "--json")

    assert planned.returncode == 0, planned.stderr
    assert len(json.loads(planned.stdout)["administrations"]) == 4
    assert hashlib.sha256(warehouse.read_bytes()).hexdigest() == before
    assert sorted(path.name for path in group.home.iterdir()) == files
    with run_lock(group.settings().lock_path, "dovecote run"):
        refused = group.dovecote("plan")
    assert refused.returncode == 5
    assert f"another run (pid {os.getpid()} on " in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_warehouse_without_its_tables_is_named(group: Group) -> None:
    """As a sync leaves it that was killed at its very beginning."""
    group.home.mkdir()
    duckdb.connect(str(group.settings().warehouse_path)).close()

    said = group.dovecote("plan")

    assert said.returncode == 2
    assert "lacks tables" in said.stderr
    assert "run `dovecote sync`" in said.stderr


def test_an_administration_that_no_token_reaches_is_not_planned(group: Group) -> None:
    group.begin_synced()
    holding = {name: one["token"] for name, one in group.described["tokens"].items() if name == "holding"}
    report = group.sync(tokens=holding)
    assert (report.status, report.exit_code) == ("partly", 3)
    assert report.administrations[group.id(WEBSHOP)]["error"] == "No token reaches it any more."
    chosen = (group.id(STUDIO), group.id(WEBSHOP))
    assert group.sync(tokens=holding, administrations=chosen).exit_code == 3, "it was reached once: no wrong setting"
    with pytest.raises(ConfigurationError, match="Administration 123 is set in"):
        group.sync(tokens=holding, administrations=("123",))

    planned = json.loads(group.dovecote("plan", "--json").stdout)

    assert group.id(WEBSHOP) not in planned["administrations"]
    assert group.id(STUDIO) in planned["administrations"]
    assert planned["unreached"] == [group.described["administrations"][WEBSHOP]["name"]]
    assert "no token reached it in the last sync" in group.dovecote("plan").stdout

    assert group.sync().status == "ok"
    assert group.id(WEBSHOP) in json.loads(group.dovecote("plan", "--json").stdout)["administrations"]
