"""MARTS.md: every mart has a section with its question, its grain and a query that runs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).resolve().parents[2] / "dbt_project" / "MARTS.md"


@dataclass(frozen=True)
class Section:
    """What the page says about one mart."""

    mart: str
    text: str
    query: str

    @property
    def may_be_empty(self) -> bool:
        return "*Empty when " in self.text


def sections() -> list[Section]:
    parts = re.findall(r"^### (\S+)\n\n(.+?)\n\n```sql\n(.+?)\n```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [Section(mart, text, query) for mart, text, query in parts]


@pytest.fixture(scope="module")
def grains(warehouse: Path, target: Path) -> dict[str, str]:
    """Mart → the end of its description, "One row per …."."""
    nodes = json.loads((target / "manifest.json").read_bytes())["nodes"].values()
    marts = (node for node in nodes if node["resource_type"] == "model" and node["schema"] == "marts")
    return {mart["name"]: "One row per " + mart["description"].strip().rsplit("One row per ", 1)[-1] for mart in marts}


def test_every_mart_has_one_section(grains: dict[str, str]) -> None:
    """A mart that was added is named here until the page says what it answers; one that went, likewise."""
    assert sorted(section.mart for section in sections()) == sorted(grains)


def test_every_section_asks_a_question_and_tells_the_grain(grains: dict[str, str]) -> None:
    """The grain in the words of the mart's own description, so that neither is forgotten when it changes."""
    silent = [
        section.mart
        for section in sections()
        if "?" not in section.text
        or grains[section.mart].split()
        != section.text[section.text.find("One row per ") :].split("*Empty when ")[0].split()
    ]

    assert silent == []


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.mart)
def test_the_query_reads_its_mart_and_finds_rows(section: Section, marts: Callable[[str], list[Any]]) -> None:
    """As an analyst pastes it. Only a section that says when it is empty may find nothing."""
    assert f"marts.{section.mart} " in f"{section.query} ".replace("\n", " ")
    assert marts(section.query) or section.may_be_empty
