"""Lines against control totals: net always, sides where they can be compared."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from pipelines.ledger.comparison import Reading, Rules, Sums, compare
from pipelines.moneybird.control_totals import ControlTotal

NET_ONLY = Rules(sides=False)


def euros(debit: int, credit: int) -> Sums:
    return Decimal(debit), Decimal(credit)


def reading(before: dict[str, Sums] | None = None, **sums: tuple[int, int]) -> Reading:
    totals = tuple(ControlTotal(a, Decimal(0), *euros(*one), Decimal(0)) for a, one in sums.items())
    return Reading(date(2026, 1, 1), date(2026, 12, 31), totals, datetime(2026, 11, 22, tzinfo=UTC), before)


def test_accounts_of_the_report_without_lines_and_lines_without_report_are_compared_too() -> None:
    found = compare({"bank": euros(10, 0)}, reading(sales=(0, 10)))

    assert found.accounts == 2
    assert {one.ledger_account_id: one.net for one in found.differences} == {"bank": 10, "sales": 10}


def test_a_pair_of_lines_that_is_missing_shows_in_the_sides() -> None:
    (difference,) = compare({"bank": euros(10, 0)}, reading(bank=(15, 5))).differences

    assert (difference.net, difference.debit) == (0, -5)


def test_sides_that_cannot_be_compared_are_held_against_what_the_report_said_before() -> None:
    lines = {"sales": euros(21, 121)}

    assert not compare(lines, reading(sales=(0, 100)), NET_ONLY).differences, "nothing known of before"
    assert not compare(lines, reading({"sales": euros(0, 100)}, sales=(0, 100)), NET_ONLY).differences
    changed = reading({"sales": euros(0, 100)}, sales=(5, 105))
    assert [one.net for one in compare(lines, changed, NET_ONLY).differences] == [0]
    assert not compare(lines, changed.settled(), NET_ONLY).differences, "asked for once"
