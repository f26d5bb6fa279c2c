"""Administrations take turns, so that a large one does not keep the small ones waiting."""

from __future__ import annotations

import pytest

from pipelines.moneybird.turns import Turns, take_turns


def work(name: str, steps: int, done: list[str]) -> Turns:
    for step in range(steps):
        done.append(f"{name}{step}")
        yield


def test_each_gets_one_step_before_any_gets_a_second() -> None:
    done: list[str] = []

    take_turns([work("a", 3, done), work("b", 1, done), work("c", 2, done)])

    assert done == ["a0", "b0", "c0", "a1", "c1", "a2"]


def test_what_is_not_caught_inside_ends_all() -> None:
    def broken() -> Turns:
        yield
        raise ValueError("lost")

    done: list[str] = []
    with pytest.raises(ValueError, match="lost"):
        take_turns([broken(), work("b", 3, done)])
    assert done == ["b0"]
