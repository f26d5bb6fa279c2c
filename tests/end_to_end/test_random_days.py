"""Random days: whatever happened, however often and wherever a run was killed, the warehouse ends equal to the sandbox.

Record for record and to the cent, for every resource; the ledger is proved; what is gone is a tombstone and what came
back is alive."""

from __future__ import annotations

import random

import pytest

from pipelines.run.sync_report import SyncReport
from tests.end_to_end.conftest import Group
from tests.end_to_end.days import Days, excused, half_tombstoned, lost_rows


def live_through(group: Group, seed: int, rounds: int, events: int) -> None:
    """Rounds of events, kills and syncs; every second round ends with one that ignores cadences."""
    days = Days(group, random.Random(seed))
    seen: set[tuple[str, str, str]] = set()
    for number in range(rounds):
        days.story.append(f"--- round {number} of seed {seed}")
        days.pass_by(events)
        days.come_in_between(2)
        if number % 2 == 1:
            days.kill()
        group.sync()  # things happen while it reads
        group.world.planned.clear()
        days.group.happens("advance_clock", 0, seconds=60)

        report = group.sync()
        _proved(days, report)
        found = [line for line in group.differences() if not excused(line, days.unsaid)]
        assert found == [], _told(days, found)

        if number % 2 == 1:
            days.say_everything()
            report = group.sync(full=True)
            _proved(days, report)
            _nothing(days, group.differences())
        _nothing(days, half_tombstoned(group))
        _nothing(days, lost_rows(group, seen))


def _proved(days: Days, report: SyncReport) -> None:
    _nothing(days, [f"{one['name']}: {one['error']}" for one in report.administrations.values() if one["error"]])
    _nothing(days, [f"{p.administration_id} in {p.year}: {p.reason}" for p in report.proofs if p.differences])


def _nothing(days: Days, found: list[str]) -> None:
    assert found == [], _told(days, found)


def _told(days: Days, found: list[str]) -> str:
    return "\n".join([*found[:20], f"({len(found)} in all) after:", *days.story])


def test_the_warehouse_equals_the_sandbox_after_random_days(small_group: Group) -> None:
    live_through(small_group, seed=1, rounds=2, events=30)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_the_warehouse_equals_the_sandbox_after_many_random_days(group: Group, seed: int) -> None:
    group.begin_synced()
    live_through(group, seed=100 + seed, rounds=8, events=25)
    quiet = group.sync()
    planned = (quiet.requests["planned_general"], quiet.requests["planned_reports"])
    assert (quiet.requests["general"], quiet.requests["reports"]) == planned
    assert quiet.tables == {}
