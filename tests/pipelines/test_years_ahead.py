"""The years of the ledger that are read after the last one anything we hold reaches."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.ledger.calendar import YEARS_AHEAD, next_year_is_asked

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("year", "moved", "asked"),
    [
        (2026, True, True),
        (2026, False, False),  # an administration that has hardly begun pays nothing for it
        (2027, True, True),  # a contract over three years goes on
        (2026 + YEARS_AHEAD - 1, True, True),
        (2026 + YEARS_AHEAD, True, False),  # a server that answers every year alike is not asked for ever
    ],
)
def test_one_more_year_is_read_while_the_one_before_it_moved(year: int, moved: bool, asked: bool) -> None:
    assert next_year_is_asked(year, moved, TODAY) is asked
