"""The budget waits for the server's window, by the server's clock, and never for half a century."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from pipelines.moneybird.budget import Budget

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
    return Budget(monotonic=clock.monotonic, sleep=clock.sleep, **settings)


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

    ours.spend("general")
    ours.learn("general", headers(limit=150, left=0, reset=reset))
    ours.spend("general")

    assert clock.slept == [41.0]


def test_ratelimit_remaining_holds_seconds_and_is_not_read_as_requests() -> None:
    clock = Clock()
    ours = budget(clock, general=150)

    ours.spend("general")
    ours.learn("general", headers(RateLimit_Remaining=0))
    ours.spend("general")

    assert clock.slept == []


def test_a_limit_far_above_the_settings_is_believed_too() -> None:
    clock = Clock()
    ours = budget(clock, reports=2)

    ours.spend("reports")
    ours.learn("reports", headers(limit=1_000_000, left=999_999))
    for _ in range(500):
        ours.spend("reports")

    assert clock.slept == []


def test_retry_after_is_an_epoch_and_not_a_sleep_of_56_years() -> None:
    clock = Clock()
    ours = budget(clock)
    retry = int((SERVER_NOW + timedelta(seconds=25)).timestamp())

    ours.wait_as_told("general", headers(Retry_After=retry))

    assert clock.slept == [26.0]


def test_plain_seconds_in_retry_after_are_understood_as_well() -> None:
    clock = Clock()

    budget(clock).wait_as_told("general", headers(Retry_After=25))

    assert clock.slept == [26.0]


def test_a_429_without_a_usable_moment_waits_one_window_and_an_absurd_one_two() -> None:
    clock = Clock()
    ours = budget(clock, window_seconds=300)

    ours.wait_as_told("general", {})
    ours.wait_as_told("general", headers(Retry_After=9_999_999_999))

    assert clock.slept == [301.0, 601.0]
