"""Of books that are right every copy equals Moneybird's to the cent, and every book is explained to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.sandbox.company import build_group
from pipelines.sandbox.dialect import CHOICES, parse
from pipelines.sandbox.serve import start
from pipelines.sandbox.throttle import Throttle
from tests.end_to_end.conftest import Group

CHECKED = "select administration_id, check_id, period, status, difference from marts.recon_checks where class"
STRICT = f"{CHECKED} in ('copy', 'books')"
DIALECTS = [f"D{n}={choice}" for n, choices in enumerate(CHOICES.values(), 1) for choice in choices[1:]]

# Where a line names its contact on control accounts only, no line says who bought or sold.
WITHOUT_CONTACTS = {"revenue_by_contact_equals_report", "expenses_by_contact_equals_report"}
NOT_COMPUTABLE = {"D5=control": WITHOUT_CONTACTS}


@contextmanager
def group_of(home: Path, **made: Any) -> Iterator[Group]:
    """A group that was synced and built in `home`."""
    world = build_group(**made)
    with start(world, throttle=Throttle.off()) as sandbox, httpx.Client(base_url=sandbox.url) as control:
        group = Group(world, sandbox.describe(), control, home, home)
        assert group.sync().status == "ok"
        built = group.dovecote("build")
        assert built.returncode == 0, built.stdout + built.stderr
        yield group


def is_proved(group: Group, not_computable: frozenset[str] | set[str] = frozenset()) -> None:
    """No strict check breaks or waits, none is left out but for a reason, and no document is unexplained."""
    found = group.query(STRICT)
    assert [row for row in found if row[3] not in {"ok", "not_computable"}] == []
    assert {row[1] for row in found if row[3] == "not_computable"} == not_computable
    unexplained = "select * from marts.recon_items where not is_explained and check_id in (select check_id from"
    assert group.query(f"{unexplained} marts.recon_checks where class in ('copy', 'books'))") == []
    every_administration_and_month_is_checked(group)


def every_administration_and_month_is_checked(group: Group) -> None:
    checks = group.query("select check_id, count(distinct administration_id) from marts.recon_checks group by all")
    assert {count for _, count in checks} == {len(group.world.administrations)}
    booked = {
        (str(id_), f"{line.day:%Y-%m}")
        for id_, administration in group.world.administrations.items()
        for line in administration.ledger.every_line()
    }
    for check in ("ledger_balanced", "ledger_equals_report"):
        assert booked <= {(row[0], row[2]) for row in group.query(f"{STRICT} and check_id = '{check}'")}, check


def test_two_companies_are_proved(published_group: Group) -> None:
    is_proved(published_group)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_demo_group_is_proved(tmp_path: Path, seed: int) -> None:
    with group_of(tmp_path / "home", seed=seed) as group:
        is_proved(group)


@pytest.mark.slow
def test_companies_of_twenty_times_the_size_are_proved(tmp_path: Path) -> None:
    with group_of(tmp_path / "home", scale=20, years=1, administrations=4) as group:
        is_proved(group)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_other_meaning_of_an_answer_ends_proved(tmp_path: Path, dialect: str) -> None:
    with group_of(tmp_path / "home", years=1, dialect=parse(dialect)) as group:
        is_proved(group, NOT_COMPUTABLE.get(dialect, frozenset()))
