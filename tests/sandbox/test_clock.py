"""One clock: it only goes forward, and everything reads it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipelines.sandbox.clock import Clock, iso, local_date, moment


def test_it_starts_at_nine_in_amsterdam_and_runs_with_real_time() -> None:
    now = [1_000.0]
    clock = Clock.starting_at(date(2026, 11, 20), lambda: now[0])
    assert iso(clock.milliseconds()) == "2026-11-20T08:00:00.000Z"
    now[0] += 61.5
    assert iso(clock.milliseconds()) == "2026-11-20T08:01:01.500Z"


def test_it_never_goes_back() -> None:
    with pytest.raises(ValueError, match="only goes forward"):
        Clock().advance(timedelta(seconds=-1))


def test_it_stops_before_dates_do() -> None:
    clock = Clock.starting_at(date(2026, 11, 20), lambda: 0.0)
    clock.advance(timedelta(days=365 * 170))
    for days in (366 * 10, 99_999_999):
        with pytest.raises(ValueError, match="the sandbox's clock stops in 2199"):
            clock.advance(timedelta(days=days))
    assert clock.today().year == 2196


def test_a_day_is_a_day_in_amsterdam() -> None:
    assert iso(moment(date(2026, 7, 1))) == "2026-06-30T22:00:00.000Z"
    assert local_date(moment(date(2026, 7, 1))) == date(2026, 7, 1)
    assert local_date(moment(date(2026, 7, 1)) - 1) == date(2026, 6, 30)
