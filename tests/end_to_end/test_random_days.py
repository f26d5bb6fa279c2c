"""Random business days: whatever happened and however often, the warehouse ends equal to the sandbox."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.end_to_end.conftest import Group

pytestmark = pytest.mark.slow

ROUNDS = 6
EVENTS_A_ROUND = 8
KINDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("remove_invoice_line", {}),
    ("change_invoice_line", {}),
    ("empty_payments", {}),
    ("delete_invoice", {}),
    ("restore_invoice", {}),
    ("pay_invoice", {}),
    ("pay_invoice", {"amount": "50.00"}),
    ("create_and_send_invoice", {}),
    ("create_and_send_invoice", {"invoice_date": "2025-03-10"}),
    ("create_and_send_invoice", {"period": "20261101..20270131"}),
    ("mark_uncollectible", {}),
    ("book_on_control_account", {}),
    ("change_contact", {}),
    ("archive_contact", {}),
    ("delete_contact", {}),
    ("move_time_entry", {}),
    ("delete_time_entry", {}),
    ("stop_time_entry", {}),
    ("advance_clock", {"seconds": 7}),
    ("advance_clock", {"hours": 30}),
)


@pytest.mark.parametrize("seed", range(5))
def test_the_warehouse_equals_the_sandbox_after_random_days(group: Group, seed: int) -> None:
    chance = random.Random(seed)
    group.begin_synced()
    for round_ in range(ROUNDS):
        for _ in range(EVENTS_A_ROUND):
            kind, fields = chance.choice(KINDS)
            body = {"administration_id": group.id(chance.randrange(4)), "type": kind} | fields
            answer = group.control.post("/_sandbox/events", json=body)
            assert answer.status_code in {200, 400}, answer.text  # 400: nothing there that the event fits

        report = group.sync()

        assert report.status == "ok"
        assert report.ledger_proof["differences"] == 0, (seed, round_)
        assert group.differences() == [], (seed, round_)
        unchanged = group.sync()
        assert unchanged.requests["general"] == unchanged.requests["planned_general"], (seed, round_)
        assert unchanged.requests["reports"] == unchanged.requests["planned_reports"], (seed, round_)
        assert unchanged.tables == {}, (seed, round_)
