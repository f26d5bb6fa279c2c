"""Which months' control totals a run asks for."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pipelines.ledger.calendar import YearLines, due_months

TODAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 8, tzinfo=UTC)
MARCH, MAY = date(2026, 3, 1), date(2026, 5, 1)
CHANGED = {MARCH: datetime(2026, 11, 22, tzinfo=UTC), MAY: datetime(2026, 11, 20, tzinfo=UTC)}


def asked(*, agrees: bool, full: bool = False, reads: dict[str, datetime] | None = None) -> list[str]:
    year = YearLines(2026, date(2026, 5, 31), CHANGED, agrees)
    return [month.scope for month in due_months([year], TODAY, reads or {}, NOW, full)]


def test_of_a_year_that_agrees_only_months_with_lines_are_asked_for_a_first_time() -> None:
    """What the months with lines leave of the year's debit and credit is nothing, so the others are empty."""
    assert asked(agrees=True) == ["2026-03", "2026-05"]


def test_of_a_year_that_does_not_agree_every_month_until_today_is_asked() -> None:
    assert asked(agrees=False) == [f"2026-{month:02}" for month in range(1, 12)]


def test_a_full_run_asks_for_every_month_until_today() -> None:
    assert asked(agrees=True, full=True) == [f"2026-{month:02}" for month in range(1, 12)]


def test_a_month_that_has_become_empty_is_still_looked_at() -> None:
    read = {"2026-03": NOW, "2026-04": datetime(2026, 11, 1, tzinfo=UTC), "2026-05": NOW}

    assert asked(agrees=True, reads=read) == ["2026-04"]
