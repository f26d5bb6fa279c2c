"""The budget waits for the server's window, by the server's clock, and never for half a century."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from pipelines.moneybird.budget import Budget
from pipelines.moneybird.windows import OwnCounter

SERVER_NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


class Clock:
    """Seconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def budget(clock: Clock, **settings: int) -> Budget:
    return Budget(counter=OwnCounter(clock.monotonic), sleep=clock.sleep, **settings)


def headers(**fields: object) -> dict[str, str]:
    names = {"limit": "RateLimit-Limit", "left": "RateLimit-RequestsRemaining", "reset": "RateLimit-Reset"}
    named = {names.get(key, key.replace("_", "-")): str(value) for key, value in fields.items()}
    return {"Date": format_datetime(SERVER_NOW, usegmt=True)} | named


def test_a_window_is_spent_freely_and_then_waited_for() -> None:
    clock = Clock()
    ours = budget(clock, reports=2, window_seconds=300)

    for _ in range(3):
        ours.spend("reports")

    assert clock.slept == [301.0]
    assert ours.spent == {"general": 0, "reports": 3}


def test_the_two_buckets_do_not_share() -> None:
    clock = Clock()
    ours = budget(clock, general=12, reports=1)

    ours.spend("reports")
    ours.spend("general")

    assert clock.slept == []


def test_a_sync_leaves_the_reserve_to_the_worker() -> None:
    clock = Clock()
    ours = budget(clock, general=12, write_reserve=10)

    ours.spend("general", reserve=True)
    ours.spend("general", reserve=True)
    for _ in range(10):
        ours.spend("general")
    assert clock.slept == []

    ours.spend("general", reserve=True)
    assert len(clock.slept) == 1


def test_the_server_is_believed_about_limit_requests_left_and_reset() -> None:
    clock = Clock()
    ours = budget(clock, general=150, write_reserve=0)
    reset = int((SERVER_NOW + timedelta(seconds=40)).timestamp())

    taken = ours.spend("general")
    ours.learn(taken, headers(limit=150, left=0, reset=reset))
    ours.spend("general")

    assert clock.slept == [41.0]


def test_ratelimit_remaining_holds_seconds_and_is_not_read_as_requests() -> None:
    clock = Clock()
    ours = budget(clock, general=150)

    taken = ours.spend("general")
    ours.learn(taken, headers(RateLimit_Remaining=0))
    ours.spend("general")

    assert clock.slept == []


def test_a_limit_far_above_the_settings_is_believed_too() -> None:
    clock = Clock()
    ours = budget(clock, reports=2)

    taken = ours.spend("reports")
    ours.learn(taken, headers(limit=1_000_000, left=999_999))
    for _ in range(500):
        ours.spend("reports")

    assert clock.slept == []


def test_retry_after_is_an_epoch_and_not_a_sleep_of_56_years() -> None:
    clock = Clock()
    ours = budget(clock)
    retry = int((SERVER_NOW + timedelta(seconds=25)).timestamp())

    ours.refused(ours.spend("general"), headers(Retry_After=retry))
    ours.spend("general")

    assert clock.slept == [26.0]


def test_plain_seconds_in_retry_after_are_understood_as_well() -> None:
    clock = Clock()
    ours = budget(clock)

    ours.refused(ours.spend("general"), headers(Retry_After=25))
    ours.spend("general")

    assert clock.slept == [26.0]


def test_a_429_without_a_usable_moment_waits_one_window_and_an_absurd_one_two() -> None:
    clock = Clock()
    ours = budget(clock, window_seconds=300)

    ours.refused(ours.spend("general"), {})
    ours.refused(ours.spend("general"), headers(Retry_After=9_999_999_999))
    ours.spend("general")

    assert clock.slept == [301.0, 601.0]


def test_within_one_window_the_smaller_number_counts_whatever_the_order_of_the_answers() -> None:
    clock = Clock()
    ours = budget(clock, general=150, write_reserve=0)
    first, second, third = (ours.spend("general") for _ in range(3))

    ours.learn(third, headers(limit=150, left=20, reset=reset_in(100)))
    ours.learn(first, headers(limit=150, left=149, reset=reset_in(100)))
    ours.learn(second, headers(limit=150, left=148, reset=reset_in(101)))

    assert ours.left("general") == 20


def test_an_answer_to_a_request_of_a_window_that_is_over_says_nothing_about_the_next() -> None:
    clock = Clock()
    ours = budget(clock, general=150, write_reserve=0)
    late = ours.spend("general")
    ours.learn(ours.spend("general"), headers(limit=150, left=100, reset=reset_in(5)))
    clock.now = 7

    ours.spend("general")
    ours.learn(late, headers(limit=150, left=0, reset=reset_in(5)))
    ours.refused(late, headers(Retry_After=reset_in(5)))

    assert ours.left("general") == 149
    assert clock.slept == []


def test_an_answer_that_says_what_the_window_says_is_no_second_transaction() -> None:
    clock = Clock()
    ours = budget(clock, general=12)
    changes = []

    class Watched(OwnCounter):
        def change(self, bucket: str, limit: int, change: Callable[[Any], Any]) -> Any:
            changes.append(bucket)
            return super().change(bucket, limit, change)

    ours.counter = Watched(clock.monotonic)
    for left in (11, 10, 9):
        ours.learn(ours.spend("general"), headers(limit=12, left=left, reset=reset_in(60)))
    assert len(changes) == 3 + 1, "the first answer names the window, the others agree"

    ours.learn(ours.spend("general"), headers(limit=12, left=2, reset=reset_in(60)))
    assert ours.left("general") == 0, "somebody else spends too; what is left is the reserve"
    assert len(changes) == 3 + 1 + 2 + 1


def test_a_window_the_server_began_while_a_request_was_under_way_replaces_ours() -> None:
    clock = Clock()
    ours = budget(clock, general=150, write_reserve=0)
    ours.learn(ours.spend("general"), headers(limit=150, left=3, reset=reset_in(2)))

    ours.learn(ours.spend("general"), headers(limit=150, left=149, reset=reset_in(302)))

    assert ours.left("general") == 149


def test_a_limit_that_was_lowered_takes_what_was_left_with_it() -> None:
    ours = budget(Clock(), general=150, write_reserve=0)
    ours.learn(ours.spend("general"), headers(limit=100))

    assert ours.left("general") == 99


def test_what_is_left_for_spare_work_is_without_the_reserve_and_costs_nothing() -> None:
    ours = budget(Clock(), general=12, reports=5, write_reserve=10)
    assert (ours.left("general"), ours.left("reports")) == (2, 5)
    ours.spend("general", reserve=True)
    ours.spend("general")
    ours.spend("general")

    assert (ours.left("general"), ours.left("reports")) == (0, 5)


def test_a_wait_is_told_before_it_begins_with_whom_it_is_for() -> None:
    told: list[tuple[object, ...]] = []

    class Watcher:
        def spent(self, *event: object) -> None:
            told.append(event)

        waiting = spent

    clock = Clock()
    ours = budget(clock, reports=1)
    ours.watcher = Watcher()
    ours.spend("reports", administration_id="101")
    clock.now = 100
    waited = ours.spend("reports", administration_id="202").waited

    assert told == [("reports", "101"), ("reports", 201.0, "202"), ("reports", "202")]
    assert waited == ours.seconds_waited == 201.0


def reset_in(seconds: int) -> int:
    return int(SERVER_NOW.timestamp()) + seconds


def test_what_is_in_hand_is_stored_before_a_wait_and_the_wait_is_shorter_for_it() -> None:
    clock = Clock()
    ours = budget(clock, reports=1, window_seconds=300)
    happened: list[str] = []

    def store() -> None:
        happened.append("stored")
        clock.now += 40

    with ours.stored_before_waits(store):
        ours.spend("reports")
        assert happened == []
        taken = ours.spend("reports")
    ours.spend("reports")

    assert happened == ["stored"], "before the one wait inside the block"
    assert clock.slept == [261.0, 301.0]
    assert taken.waited == 261.0


def test_storing_may_take_longer_than_the_wait_and_may_fail() -> None:
    clock = Clock()
    ours = budget(clock, reports=1, window_seconds=300)
    ours.spend("reports")

    def store() -> None:
        clock.now += 400

    with ours.stored_before_waits(store):
        ours.spend("reports")
    assert clock.slept == [0.0]

    def fail() -> None:
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space left"), ours.stored_before_waits(fail):
        ours.spend("reports")
    assert clock.slept == [0.0], "a run that cannot store what it paid for does not wait to pay more"
    ours.spend("reports")
    assert len(clock.slept) == 2, "and nobody is asked to store any longer"
