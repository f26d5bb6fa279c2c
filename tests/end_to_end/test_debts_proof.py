"""Debtors and creditors by contact against the lines of the control account, in whichever way the report means it."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import Group

STUDIO = 1
BOTH = "('report_debtors', 'report_creditors')"


@pytest.mark.parametrize(
    ("new_group", "answer"),
    [("default", "balance_at_end"), ("D9", "movement")],
    indirect=["new_group"],
)
def test_what_the_debtors_report_means_is_learned_and_every_period_is_proved(new_group: Group, answer: str) -> None:
    new_group.sync()

    learned = new_group.query("select distinct answer from sync.dialects where question = 'D9 report_debtors'")
    assert learned == [(answer,)]
    states = new_group.query(f"select distinct state from sync.dimension_proof where dimension in {BOTH}")
    assert states == [("proved",)]
    assert new_group.query(f"select sum(members) > 20 from sync.dimension_proof where dimension in {BOTH}") == [(True,)]


def test_a_report_that_is_too_high_for_one_customer_differs_by_one(new_group: Group) -> None:
    new_group.fault("debtors_report_off", administration_id=new_group.id(STUDIO))

    new_group.sync()

    rows = new_group.query(
        f"""select administration_id, differences, reason from sync.dimension_proof
            where dimension in {BOTH} and state <> 'proved'"""
    )
    assert {(row[0], row[1]) for row in rows} == {(new_group.id(STUDIO), 1)}
    assert all("contacts differ from the lines of 13011 Debiteuren" in row[2] for row in rows)
