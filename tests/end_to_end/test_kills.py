"""SIGKILL anywhere: readers keep a whole snapshot, the next plain run repairs, and at most one slice is read again.

Real processes die at points of the code (`killer`), and at moments by the clock in `test_kills_at_random`."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.end_to_end import killer
from tests.end_to_end.aftermath import SLICE, Before, marts_that_differ, much_happens, nothing_left
from tests.end_to_end.conftest import Group

EVERYWHERE = [
    ("parse", 1), ("parse", 6),
    ("load", 2),
    ("staged", 7), ("merge", 4), ("merged", 1), ("merged", 5),
    ("loaded", 1), ("loaded", 3),
    ("stamp", 1), ("stamp", 3),
    ("stamped", 2),
    ("ledger_load", 1), ("ledger_merged", 1), ("ledger_loaded", 1),
    ("synced", 1),
    ("dbt_parent", 1), ("dbt_parent", 30),
    ("snapshot", 1), ("switch", 1), ("switched", 1),
]  # fmt: skip


def killed(group: Group, point: str, nth: int, *verb: str) -> subprocess.CompletedProcess[str]:
    """A verb that ends itself there. Fails when the point was never reached: the test would prove nothing."""
    command = [sys.executable, killer.__file__, point, str(nth), str(SLICE), *verb]
    result = subprocess.run(command, env=group.environment(), capture_output=True, text=True, check=False)
    assert result.returncode == -signal.SIGKILL, f"{point} was not passed {nth} times: {result.stderr[-500:]}"
    return result


@pytest.mark.parametrize(
    ("point", "nth"),
    [("merged", 5), *(pytest.param(*one, marks=pytest.mark.slow) for one in (("stamp", 3), ("ledger_loaded", 1)))],
)
def test_a_sync_killed_between_two_tables_or_in_its_notes_is_repaired_by_the_next(
    published_group: Group, point: str, nth: int
) -> None:
    much_happens(published_group)
    before = Before.of(published_group)
    assert before.due > 2 * SLICE, "one slice would be everything"

    killed(published_group, point, nth, "sync")
    before.readers_see_a_whole_snapshot()
    report = published_group.sync()

    assert report.status == "ok"
    assert report.ledger_proof["differences"] == 0
    assert published_group.differences() == []
    before.one_slice_at_most_was_fetched_again()
    assert nothing_left(published_group.sync().to_json())


@pytest.mark.parametrize(("point", "is_new"), [("snapshot", False), ("switch", False), ("switched", True)])
def test_a_kill_around_the_switch_leaves_readers_the_old_snapshot_or_the_new_one(
    published_group: Group, point: str, is_new: bool
) -> None:
    link = published_group.settings().published_link
    before = Before.of(published_group)

    killed(published_group, point, 1, "publish")

    before.readers_see_a_whole_snapshot()
    assert (link.resolve() != before.snapshot.path) == is_new
    killed(published_group, "switched", 1, "publish")
    assert marts_that_differ(published_group.settings().warehouse_path, link.resolve()) == []
    assert [path.name for path in link.parent.iterdir() if path.name.startswith(".")] == []


@pytest.mark.slow
@pytest.mark.parametrize(("point", "nth"), EVERYWHERE)
def test_a_run_killed_anywhere_is_repaired_by_the_next(published_group: Group, point: str, nth: int) -> None:
    much_happens(published_group)
    before = Before.of(published_group)

    killed(published_group, point, nth, "run")

    before.readers_see_a_whole_snapshot()
    before.the_next_run_repairs()


@pytest.mark.slow
def test_a_dbt_that_is_killed_publishes_nothing_and_says_so(published_group: Group) -> None:
    """As the system does to the largest process when memory runs out: the run itself lives to tell."""
    much_happens(published_group)
    before = Before.of(published_group)
    command = [sys.executable, killer.__file__, "dbt_child", "30", str(SLICE), "run"]
    result = subprocess.run(command, env=published_group.environment(), capture_output=True, text=True, check=False)

    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    sentence = result.stderr.strip().splitlines()[-1]
    assert "killed from outside (SIGKILL)" in sentence
    assert "What was published before still is." in sentence
    before.readers_see_a_whole_snapshot()
    before.the_next_run_repairs()
