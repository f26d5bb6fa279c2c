"""QUIRKS.md, every numbered line: a test of the sandbox names it, or it stands here with the reason why none can.

Tests name their line at the start of their docstring, `QUIRKS 12: …`. Those that other modules had already are listed.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.sandbox.office import SHARED

QUIRKS = SHARED / "moneybird" / "QUIRKS.md"
HERE = Path(__file__).parent
LINES = range(1, 71)

NOT_A_SERVERS = {
    14: "a Singer tap that is no model for anybody: about its code, not about the API",
    39: "a list of todo types that grows: no server's answer shows it, and the sandbox's notes have no type, as the "
    "contract's examples have none; that enums are not validated strictly is for a client to keep",
    68: "an earlier format of the OpenAPI document; that scopes follow its sentences is tested in test_contract",
}

ELSEWHERE = {
    22: ("test_throttle", "test_every_administration_and_token_shares_the_limit"),
    23: ("test_throttle", "test_the_sixth_request_is_told_when_to_come_back"),
    24: ("test_throttle", "test_remaining_is_seconds_and_the_count_has_its_own_header"),
    62: ("test_webhooks", "test_a_duplicate_comes_later_with_the_same_key"),
    64: ("test_webhooks", "test_a_push_is_signed_and_holds_the_record_as_the_api_gives_it"),
    65: ("test_webhooks", "test_registration_calls_the_address_without_a_signature"),
}


def docstrings_of(module: str) -> dict[str, str]:
    """Docstrings by name of every test in a module."""
    tree = ast.parse((HERE / f"{module}.py").read_text(encoding="utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    return {node.name: ast.get_docstring(node) or "" for node in functions if node.name.startswith("test_")}


def lines_tested() -> dict[int, list[str]]:
    """Line of QUIRKS.md → the tests that name it."""
    found: dict[int, list[str]] = {}
    for file in sorted(HERE.glob("test_quirks*.py")):
        for name, text in docstrings_of(file.stem).items():
            for number in re.findall(r"\d+", (re.match(r"QUIRKS ([\d, ]+):", text) or [""])[0]):
                found.setdefault(int(number), []).append(f"{file.stem}.{name}")
    return found


def test_every_line_is_tested_or_not_a_servers() -> None:
    named = lines_tested().keys() | ELSEWHERE.keys()
    assert sorted(named | NOT_A_SERVERS.keys()) == list(LINES)
    assert not named & NOT_A_SERVERS.keys()


@pytest.mark.parametrize("number", ELSEWHERE)
def test_a_test_that_stands_elsewhere_is_there(number: int) -> None:
    module, name = ELSEWHERE[number]
    assert name in docstrings_of(module)


def test_these_are_the_lines_of_the_document() -> None:
    if not QUIRKS.is_file():
        pytest.skip(f"QUIRKS.md is not in {QUIRKS.parent}; set DOVECOTE_SHARED to where it is")
    numbers = re.findall(r"^(\d+)\. ", QUIRKS.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(number) for number in numbers] == list(LINES)
