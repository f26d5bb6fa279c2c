"""`dovecote probe` as a process against a sandbox on a port: what it prints, writes, and ends with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines.sandbox.company import build_group
from pipelines.sandbox.serve import start


@dataclass
class Probing:
    """A running sandbox, throttled as Moneybird is, and a home without a warehouse."""

    described: dict[str, Any]
    home: Path

    def id(self, kind: str) -> str:
        return next(str(a["id"]) for a in self.described["administrations"] if kind in a["name"])

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        tokens = {f"SOURCES__MONEYBIRD__TOKENS__{n.upper()}": t["token"] for n, t in self.described["tokens"].items()}
        ours = {"DOVECOTE_HOME": str(self.home), "SOURCES__MONEYBIRD__API_URL": self.described["api_url"]}
        command = [sys.executable, "-m", "pipelines", "probe", *arguments]
        environment = {**os.environ, **tokens, **ours}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def probing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probing]:
    with start(build_group(years=1)) as sandbox:
        yield Probing(sandbox.describe(), tmp_path_factory.mktemp("probe") / "home")


def test_the_answers_are_printed_and_a_file_is_written_that_can_be_sent(probing: Probing, tmp_path: Path) -> None:
    output = tmp_path / "to-send.json"
    done = probing.run("--administration", probing.id("Studio"), "--output", str(output))

    assert done.returncode == 0, done.stderr
    assert "D1 " in done.stdout
    assert "nothing personal is in it" in done.stdout
    sent = json.loads(output.read_text(encoding="utf-8"))
    kept = json.loads((probing.home / "probes" / f"{probing.id('Studio')}.json").read_text(encoding="utf-8"))
    assert sent == kept
    assert sent["summary"]["refuted"] == sent["summary"]["not_asked"] == 0
    assert sent["summary"]["confirmed"] >= 20
    assert output.stat().st_mode & 0o777 == 0o600
    assert not (probing.home / "warehouse.duckdb").exists()


def test_json_is_one_object_and_nothing_else(probing: Probing) -> None:
    done = probing.run("--administration", probing.id("Vastgoed"), "--json")

    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert found["summary"] == {"confirmed": 0, "refuted": 0, "no_example": 32, "not_asked": 0}
    assert Path(found["file"]).is_file()


@pytest.mark.parametrize("administration", ["12", "Duivenhof Studio B.V."])
def test_an_administration_that_is_not_there_ends_with_2(probing: Probing, administration: str) -> None:
    done = probing.run("--administration", administration)

    assert done.returncode == 2
    assert done.stdout == ""
    assert "administration" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_written_is_said(probing: Probing) -> None:
    done = probing.run("--administration", probing.id("Vastgoed"), "--output", "/proc/none/probe.json")

    assert done.returncode == 2
    assert "cannot be written" in done.stderr
