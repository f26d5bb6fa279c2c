"""The README's examples are run: what it shows is what a newcomer sees."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Group

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def commands() -> list[str]:
    return [line.removeprefix("$ ").split("#")[0].strip() for block in blocks("console") for line in block.splitlines()]


def run(command: list[str], cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DOVECOTE_HOME"} | environ
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_the_demo_prints_what_the_readme_shows(tmp_path: Path, project_root: Path) -> None:
    """`make demo DASHBOARD=0` calls exactly this; run in the working directory, as the README's output was."""
    demo = run([sys.executable, "-m", "pipelines", "demo", "--no-dashboard"], tmp_path)

    assert demo.returncode == 0, demo.stderr
    shown = demo.stdout
    (example,) = [block for block in blocks("text") if "Starting the sandbox" in block]
    for line in example.splitlines():
        assert line.split("…")[0].rstrip() in shown, line


@pytest.mark.parametrize(
    "target", sorted({command.split()[1] for command in commands() if command.startswith("make ")})
)
def test_every_make_target_in_the_readme_exists(target: str, project_root: Path) -> None:
    assert run(["make", "--dry-run", "--always-make", target], project_root).returncode == 0


def test_connecting_an_administration_works_as_written(group: Group) -> None:
    """The README's two lines with the sandbox in Moneybird's place: export a token, `dovecote run`."""
    assert "export SOURCES__MONEYBIRD__TOKENS__HOLDING=…" in commands()
    assert ".venv/bin/dovecote run" in commands()
    group.begin_synced()

    done = run(
        [sys.executable, "-m", "pipelines", "run"],
        group.home.parent,
        SOURCES__MONEYBIRD__TOKENS__HOLDING=group.described["tokens"]["holding"]["token"],
        SOURCES__MONEYBIRD__API_URL=group.described["api_url"],
        DOVECOTE_HOME=str(group.home),
    )

    assert done.returncode == 3, done.stderr  # the webshop has a token of its own, which was not exported
    assert "No token reaches it any more." in done.stdout
    assert group.settings().published_link.exists()


def test_the_query_of_the_tables_section_runs(group: Group) -> None:
    (where,) = re.findall(r"`where (date '[0-9-]+' between [a-z_]+ and [a-z_]+)`", README)
    group.begin_synced()
    done = run(
        [sys.executable, "-m", "pipelines", "build"],
        group.home.parent,
        SOURCES__MONEYBIRD__API_URL=group.described["api_url"],
        DOVECOTE_HOME=str(group.home),
    )
    assert done.returncode == 0, done.stderr

    query = f"select sum(open_base_amount) from marts.rpt_debtor_aging where {where}"
    script = (
        f"import duckdb; print(duckdb.connect({str(group.settings().published_link)!r}, read_only=True).sql({query!r}))"
    )
    assert "open_base_amount" in run([sys.executable, "-c", script], group.home).stdout


def test_every_mart_in_the_readme_is_published_and_every_published_mart_is_in_it(project_root: Path) -> None:
    folder = project_root / "dbt_project" / "models" / "marts"
    models = {path.stem for path in folder.rglob("*.sql") if path.parent.name not in {"checks", "parts"}}
    named = set(re.findall(r"`((?:dim|fct|rpt|recon|deleted)_[a-z_]+)`", README))

    assert named == models


def test_the_picture_is_there_and_small(project_root: Path) -> None:
    (picture,) = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)

    assert 0 < (project_root / picture).stat().st_size < 200_000
