"""Every rule of the books says what it rests on, and the code that follows it names it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from pipelines.sandbox import books, deferral, rules
from pipelines.sandbox.dialect import CHOICES

BOOKS = sorted(Path(books.__file__).parent.glob("*.py"))


def test_a_rule_has_a_name_of_its_own_a_row_of_the_postings_and_a_witness() -> None:
    assert not [id_ for id_, count in Counter(rule.id for rule in rules.ALL).items() if count > 1]
    questions = {name.split("_")[0].upper() for name in CHOICES}
    for rule in rules.ALL:
        assert rule.kind in rules.KINDS, rule.id
        assert re.fullmatch(r"P-\d+[bc]?", rule.posting), rule.id
        assert rule.says.endswith("."), rule.id
        assert rule.evidence, rule.id
        assert all(each.witness in rules.WITNESSES and each.place for each in rule.evidence), rule.id
        assert rule.dialect is None or rule.dialect in questions, rule.id


def test_every_row_of_the_postings_has_a_rule() -> None:
    """28 rows; P-19 is the sum of P-8, P-9 and P-9b on the account of a payment provider."""
    rows = [f"P-{number}" for number in range(1, 21)] + [
        "P-2b",
        "P-6b",
        "P-6c",
        "P-9b",
        "P-10b",
        "P-10c",
        "P-12b",
        "P-20b",
    ]
    assert len(rows) == 28
    assert set(rows) - {rule.posting for rule in rules.ALL} == {"P-19"}


def test_every_rule_is_named_by_code_that_follows_it() -> None:
    assert deferral.__name__  # its rules are named when it is imported, as those of the books are
    named = {rule for follower in rules.FOLLOWED.values() for rule in follower}
    assert not [rule.id for rule in rules.ALL if rule not in named]
    assert not [rule.id for rule in named if rule not in rules.ALL]


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_every_function_of_the_books_that_posts_names_a_rule(path: Path) -> None:
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef) and _posts(function):
            assert f"pipelines.sandbox.books.{path.stem}.{function.name}" in rules.FOLLOWED, function.name


def _posts(function: ast.FunctionDef) -> bool:
    """Whether it writes a line itself."""
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr == "move" for call in calls)


def test_the_rules_that_rest_on_no_sample_are_known() -> None:
    """Printed for whoever reads the run, and few enough to ask a real administration one by one."""
    for rule in rules.unsampled():
        witnesses = ", ".join(f"{each.witness} {each.place}" for each in rule.evidence)
        print(f"{rule.posting:5} {rule.kind:8} {rule.id}: {rule.says} [{witnesses}]")
    unproven = rules.unproven()
    assert {rule.id for rule in unproven} >= {"first-month", "reversal-side", "link-transfers", "last-month"}
    assert set(unproven) < set(rules.unsampled()) < set(rules.ALL)
    asked = {rule.dialect for rule in rules.ALL if rule.dialect}
    assert asked >= {"D2", "D3", "D4", "D5", "D6", "D7", "D8", "D12", "D16", "D18"}


def test_a_switch_stands_only_where_a_rule_is_not_shown_to_be_so() -> None:
    """What a sample or a help page settles needs no other answer; every switch names an assumption."""
    for rule in rules.ALL:
        if rule.dialect:
            assert "A" in {each.witness for each in rule.evidence}, rule.id
