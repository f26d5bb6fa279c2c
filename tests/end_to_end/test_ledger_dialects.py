"""Whatever Moneybird means by its answers, the ledger ends proved, and an unchanged sync costs the floor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from pipelines.run.planning import make_plan
from pipelines.sandbox.company import build_group
from pipelines.sandbox.dialect import parse
from pipelines.sandbox.model import Project
from pipelines.sandbox.serve import start
from pipelines.sandbox.throttle import Throttle
from tests.end_to_end.conftest import Group

STUDIO = 1
ALL = (
    "default", "D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D11=one_month", "D11=granularity", "D12", "D13", "D14",
    "D15", "D16",
)  # fmt: skip
LEARNED = {
    "D1": ("D1", "natural_side"),
    "D2": ("D2", "same_side_negative"),
    "D11=one_month": ("D11 lines", "one_month"),
    "D11=granularity": ("D11 granularity", "answered"),
    "D15": ("D15", "excluded"),
}


@contextmanager
def company(home: Path, dialect: str, administrations: int = 2) -> Iterator[Group]:
    """A holding and its trading companies whose Moneybird speaks `dialect`."""
    world = build_group(years=1, administrations=administrations, dialect=parse(dialect))
    with start(world, throttle=Throttle.off()) as sandbox, httpx.Client(base_url=sandbox.url) as control:
        yield Group(world, sandbox.describe(), control, home, home)


def is_proved_and_costs_the_floor(group: Group, dialect: str) -> None:
    first = group.sync()
    assert first.status == "ok", first.administrations
    assert {proof.state for proof in first.proofs} == {"proved"}, [proof.reason for proof in first.proofs]
    assert first.ledger_proof["details"] == []
    if dialect in LEARNED:
        assert LEARNED[dialect] in group.query("select question, answer from sync.dialects")

    plan = make_plan(group.settings()).to_json()["requests"]
    group.forget_requests()
    unchanged = group.sync()
    asked = Counter(bucket for (_, bucket), count in group.requests().items() for _ in range(count))
    assert dict(asked) == {"general": plan["planned_general"], "reports": plan["planned_reports"]}
    assert unchanged.tables == {}
    assert {proof.state for proof in unchanged.proofs} == {"proved"}
    years = group.query("select count(*) from sync.ledger_proof")[0][0]
    totals = [one["path"] for one in group.control.get("/_sandbox/requests").json() if "general_ledger" in one["path"]]
    assert len(totals) == years, "one request a year"


def balances_are_those_of_the_books(group: Group) -> None:
    """What is stored is debit positive, whatever was served."""
    told = group.truth(STUDIO)
    stored = dict(
        group.query(
            f"""select ledger_account_id, sum(amount) from raw.journal_entries
                where administration_id = '{group.id(STUDIO)}' and date <= '{told["as_of"]}' group by all"""
        )
    )
    for account, balance in told["balances"].items():
        assert stored.get(account, Decimal(0)) == Decimal(balance), account


@pytest.mark.parametrize("dialect", ["D1", pytest.param("D2", marks=pytest.mark.slow)])
def test_each_way_of_meaning_an_answer_ends_proved(tmp_path: Path, dialect: str) -> None:
    with company(tmp_path / "home", dialect) as group:
        is_proved_and_costs_the_floor(group, dialect)
        balances_are_those_of_the_books(group)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ALL)
def test_the_whole_group_is_proved_in_every_dialect(tmp_path: Path, dialect: str) -> None:
    with company(tmp_path / "home", dialect, administrations=4) as group:
        is_proved_and_costs_the_floor(group, dialect)
        balances_are_those_of_the_books(group)


CHANGES = ("create_and_send_invoice", "change_invoice_line", "pay_invoice", "delete_invoice", "mark_uncollectible")


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["D11=granularity,D13,D15", "D1", "D2,D3,D12"])
def test_changed_documents_are_proved_in_dialects_that_are_learned_already(tmp_path: Path, dialect: str) -> None:
    with company(tmp_path / "home", dialect) as group:
        group.sync()
        group.happens("advance_clock", STUDIO, seconds=60)
        for kind in CHANGES:
            group.happens(kind, STUDIO)

        report = group.sync()

        assert {proof.state for proof in report.proofs} == {"proved"}, [proof.reason for proof in report.proofs]
        balances_are_those_of_the_books(group)
        assert group.sync().tables == {}  # looks again at lines that were stored before their sign was known
        unchanged = group.sync()
        assert unchanged.tables == {}
        assert unchanged.requests["reports"] == unchanged.requests["planned_reports"]


def test_a_server_that_refuses_granularity_is_not_asked_again(tmp_path: Path) -> None:
    with company(tmp_path / "home", "default") as group:
        path = f"{group.id(STUDIO)}/reports/general_ledger"
        group.fault("status", status=400, body={"error": "granularity is not allowed"}, match=path)
        report = group.sync(administrations=(group.id(STUDIO),))
        assert report.ledger_proof["differences"] == 0
        group.forget_requests()

        group.sync(administrations=(group.id(STUDIO),))

        asked = [one for one in group.control.get("/_sandbox/requests").json() if "general_ledger" in one["path"]]
        assert asked
        assert not any("granularity" in str(one) for one in asked)


def test_lines_of_accounts_below_a_parent_are_left_out_and_learned(tmp_path: Path) -> None:
    """D13: two accounts that move become children of a third; asked for the parent, all three come."""
    with company(tmp_path / "home", "D13") as group:
        administration = group.world.administrations[int(group.id(STUDIO))]
        moving = [one for one in administration.accounts.values() if any(administration.ledger.months(one.id))]
        parent, *children = [one for one in moving if one.parent_id is None][:3]
        for child in children:
            child.parent_id = parent.id
        for number in range(60):  # more projects than accounts, so that lines are asked for by account
            administration.projects[number] = Project(number, f"Project {number}", "active", None)
        report = group.sync(administrations=(group.id(STUDIO),))

        assert {proof.state for proof in report.proofs} == {"proved"}, [proof.reason for proof in report.proofs]
        assert group.query("select answer from sync.dialects where question = 'D13'") == [("with_children",)]
