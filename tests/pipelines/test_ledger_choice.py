"""Which lines are asked for: the cheapest way to what differs."""

from __future__ import annotations

from datetime import date

from pipelines.ledger.choice import Choice, Year, choose

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def year(**known: object) -> Year:
    return Year(**({"accounts": 10, "differing": frozenset(), "slices": None} | known))  # type: ignore[arg-type]


def test_an_account_that_was_never_read_is_asked_for_its_whole_year() -> None:
    assert choose(year(differing=frozenset({"bank"}))) == Choice(accounts=("bank",))


def test_of_a_large_account_only_the_month_that_something_moved_in_is_read() -> None:
    lines = {("bank", date(2026, month, 1)): 200 for month in range(1, 11)}

    asked = choose(year(differing=frozenset({"bank"}), due=frozenset({("", MARCH)}), lines=lines))

    assert asked == Choice(slices=(("bank", MARCH),))


def test_of_a_small_account_the_year_costs_as_little_as_the_month() -> None:
    lines = {("rent", date(2026, month, 1)): 1 for month in range(1, 11)}

    assert choose(year(due=frozenset({("rent", MARCH)}), lines=lines)) == Choice(accounts=("rent",))


def test_known_months_say_exactly_which_slices_differ_whatever_documents_hint_at() -> None:
    lines = {("bank", date(2026, month, 1)): 200 for month in range(1, 11)}
    known = year(differing=frozenset(), slices=frozenset({("bank", MARCH)}), due=frozenset({("", APRIL)}), lines=lines)

    assert choose(known) == Choice(slices=(("bank", MARCH),))


def test_streams_by_project_replace_many_accounts_when_there_are_few_projects() -> None:
    differing = frozenset(f"account {number}" for number in range(8))

    assert choose(year(differing=differing, projects=3)) == Choice(streams=True)
    assert choose(year(differing=differing, projects=7)).accounts == tuple(sorted(differing))
    assert choose(year(differing=differing, projects=None)).accounts == tuple(sorted(differing)), "tried already"


def test_streams_are_not_for_a_few_accounts_of_many() -> None:
    differing = frozenset({"bank", "rent", "wages"})

    assert choose(year(accounts=40, differing=differing, projects=0)).accounts == ("bank", "rent", "wages")


def test_a_server_that_gives_one_month_at_a_time_is_asked_for_the_months_that_moved() -> None:
    slices = frozenset({("bank", MARCH), ("rent", MARCH), ("rent", APRIL)})

    asked = choose(year(differing=frozenset({"bank", "rent"}), slices=slices, by_month=True, projects=5))

    assert asked == Choice(slices=(("bank", MARCH), ("rent", MARCH), ("rent", APRIL)))
