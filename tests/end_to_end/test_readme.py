"""The README's examples are run: what it shows is what a newcomer sees. What the demo prints is in test_demo."""

from __future__ import annotations

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


def run(command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "target", sorted({command.split()[1] for command in commands() if command.startswith("make ")})
)
def test_every_make_target_in_the_readme_exists(target: str, project_root: Path) -> None:
    assert run(["make", "--dry-run", "--always-make", target], project_root).returncode == 0


def test_connecting_an_administration_works_as_written(published_home: Path, published_group: Group) -> None:
    """The home was made by the README's two lines with the sandbox in Moneybird's place: a token and `dovecote run`."""
    assert "export SOURCES__MONEYBIRD__TOKENS__HOLDING=…" in commands()
    assert ".venv/bin/dovecote run" in commands()
    assert [name for name in published_group.environment() if "__TOKENS__" in name] == [
        "SOURCES__MONEYBIRD__TOKENS__HOLDING"
    ]

    printed = (published_home.parent / "printed.txt").read_text()

    for administration in published_group.described["administrations"]:
        assert administration["name"] in printed
    assert published_group.settings().published_link.exists()


def test_the_query_of_the_tables_section_runs(published_group: Group) -> None:
    (where,) = re.findall(r"`where (date '[0-9-]+' between [a-z_]+ and [a-z_]+)`", README)
    query = f"select sum(open_base_amount) from marts.rpt_debtor_aging where {where}"
    link = str(published_group.settings().published_link)
    script = f"import duckdb; print(duckdb.connect({link!r}, read_only=True).sql({query!r}))"

    assert "open_base_amount" in run([sys.executable, "-c", script], published_group.home).stdout


def test_every_mart_in_the_readme_is_published_and_every_published_mart_is_in_it(project_root: Path) -> None:
    folder = project_root / "dbt_project" / "models" / "marts"
    models = {path.stem for path in folder.rglob("*.sql") if path.parent.name not in {"checks", "parts"}}
    named = set(re.findall(r"`((?:dim|fct|rpt|recon|deleted)_[a-z_]+)`", README))

    assert named == models


def test_the_picture_is_there_and_small(project_root: Path) -> None:
    (picture,) = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)

    assert 0 < (project_root / picture).stat().st_size < 200_000
