"""What dbt is told that pages read is what they read, followed from a page to the questions it asks.

Not followed: which of the catalogue's questions a draft comes to. Approvals show every kind and ask all.
"""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path
from types import CodeType, FunctionType

import pytest
import yaml

from pipelines.writeback.catalogue import MartsCatalogue

QUESTIONS = "dashboards.queries"
CATALOGUE = "pipelines.writeback.catalogue"
WRITING = {"draft_invoice", "approvals"}


@pytest.fixture(scope="module")
def marts(project: Path) -> set[str]:
    """Names of models of marts; a page asks for snapshot_info too, which publishing makes."""
    return {path.stem for path in (project / "models" / "marts").rglob("*.sql")}


@pytest.fixture(scope="module")
def exposed(project: Path) -> dict[str, set[str]]:
    """Marts per exposure, as they are written down."""
    exposures = yaml.safe_load((project / "models" / "marts" / "_exposures.yml").read_text())["exposures"]
    return {one["name"]: {on.removeprefix("ref('").removesuffix("')") for on in one["depends_on"]} for one in exposures}


def named(found: object, package: str, seen: set[int]) -> set[str]:
    """Every `marts.<name>` in a text, a function or a class, and in what these name of their own package."""
    if isinstance(found, str):
        return set(re.findall(r"\bmarts\.(\w+)", found))
    if id(found) in seen:
        return set()
    seen.add(id(found))
    inside: list[object] = []
    if isinstance(found, dict):
        inside = list(found.values())
    elif isinstance(found, tuple):
        inside = list(found)
    elif isinstance(found, CodeType):
        inside = list(found.co_consts)
    elif isinstance(found, FunctionType) and found.__module__.startswith(package):
        known = found.__globals__
        inside = [found.__code__, *(known[name] for name in spoken(found.__code__) if name in known)]
    elif isinstance(found, type) and found.__module__.startswith(package):
        inside = [*vars(found).values(), *found.__bases__]
    return {name for each in inside for name in named(each, package, seen)}


def spoken(code: CodeType) -> set[str]:
    """Names a function and those inside it use."""
    return set(code.co_names).union(*(spoken(each) for each in code.co_consts if isinstance(each, CodeType)))


def asked(page: Path) -> set[str]:
    """Marts in the questions that a page names, as in `debtors.totals`."""
    tree = ast.parse(page.read_text())
    modules = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == QUESTIONS
        for alias in node.names
    }
    questions = [
        getattr(importlib.import_module(f"{QUESTIONS}.{node.value.id}"), node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules
    ]
    return {name for question in questions for name in named(question, QUESTIONS, set())}


def test_pages_that_show_figures_are_fed_by_what_they_ask(
    project_root: Path, exposed: dict[str, set[str]], marts: set[str]
) -> None:
    """Their own questions and those of the strip above every page; nothing is named that no page asks."""
    dashboards = project_root / "dashboards"
    shown = exposed.keys() - WRITING
    strip = asked(dashboards / "app.py")

    found = {view: (strip | asked(dashboards / "views" / f"{view}.py")) & marts for view in shown}

    assert found == {view: exposed[view] for view in shown}


def test_pages_that_write_are_fed_by_the_catalogue(
    project_root: Path, exposed: dict[str, set[str]], marts: set[str]
) -> None:
    dashboards = project_root / "dashboards"
    strip = asked(dashboards / "app.py") & marts
    catalogue = named(MartsCatalogue, CATALOGUE, set()) & marts
    offered = asked(dashboards / "views" / "draft_invoice.py") & marts

    assert {"dim_contact_card", "fct_receipt", "fct_time_entry"} < catalogue  # every base is looked into
    assert exposed["approvals"] == strip | catalogue
    assert strip | offered <= exposed["draft_invoice"] <= strip | offered | catalogue
