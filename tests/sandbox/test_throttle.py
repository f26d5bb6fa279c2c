"""The rate limit and its five headers, as measured on the live service and not as the contract's text says."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pipelines.sandbox.clock import Clock
from pipelines.sandbox.throttle import Throttle


def test_remaining_is_seconds_and_the_count_has_its_own_header(throttled_desk: Any) -> None:
    answer = throttled_desk.get("Studio", "contacts.json")
    headers = answer.headers
    now = int(parsedate_to_datetime(headers["Date"]).timestamp())
    assert headers["RateLimit-Limit"] == "5"
    assert headers["RateLimit-RequestsRemaining"] == "4"
    assert int(headers["RateLimit-Reset"]) % 300 == 0
    assert int(headers["RateLimit-Remaining"]) == int(headers["RateLimit-Reset"]) - now
    assert "Retry-After" not in headers


def test_the_sixth_request_is_told_when_to_come_back(throttled_desk: Any) -> None:
    for _ in range(5):
        assert throttled_desk.get("Studio", "contacts.json").status_code == 200
    answer = throttled_desk.get("Studio", "contacts.json")
    assert (answer.status_code, answer.content) == (429, b'"Retry later"')
    assert answer.headers["Retry-After"] == answer.headers["RateLimit-Reset"]  # a moment, not a duration
    assert answer.headers["RateLimit-RequestsRemaining"] == "0"


def test_reports_are_counted_apart(throttled_desk: Any) -> None:
    for _ in range(2):
        answer = throttled_desk.get("Studio", "reports/general_ledger.json")
        assert answer.headers["RateLimit-Limit"] == "2"
    assert throttled_desk.get("Studio", "reports/general_ledger.json").status_code == 429
    assert throttled_desk.get("Studio", "contacts.json").status_code == 200


def test_every_administration_and_token_shares_the_limit(throttled_desk: Any) -> None:
    for name in ("Studio", "Holding", "Studio", "Holding", "Studio"):
        assert throttled_desk.get(name, "contacts.json").status_code == 200
    assert throttled_desk.get("Holding", "contacts.json").status_code == 429


def test_a_wrong_token_is_counted_too(throttled_desk: Any) -> None:
    for _ in range(5):
        throttled_desk.client.get("/administrations.json")
    assert throttled_desk.get("Studio", "contacts.json").status_code == 429


def test_the_window_ends_by_the_sandbox_clock(throttled_desk: Any) -> None:
    for _ in range(6):
        throttled_desk.get("Studio", "contacts.json")
    throttled_desk.event("Studio", "advance_clock", seconds=300)
    assert throttled_desk.get("Studio", "contacts.json").status_code == 200


def test_the_defaults_are_150_and_50_in_five_minutes() -> None:
    clock = Clock(source=lambda: datetime(2026, 11, 20).timestamp())  # noqa: DTZ001 - any moment will do
    throttle = Throttle()
    assert [throttle.ask(clock, "a", "general").allowed for _ in range(151)].count(True) == 150
    assert [throttle.ask(clock, "a", "reports").allowed for _ in range(51)].count(True) == 50
    assert throttle.ask(clock, "b", "general").allowed


def test_no_throttle_sends_a_limit_of_a_million(desk: Any) -> None:
    assert desk.get("Studio", "contacts.json").headers["RateLimit-Limit"] == "1000000"
