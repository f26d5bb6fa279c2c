"""Which lines are asked for: the cheapest way to what differs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pipelines.ledger.choice import Choice, Year, choose, requests_of

MARCH, APRIL, SEPTEMBER = date(2026, 3, 1), date(2026, 4, 1), date(2026, 9, 1)
IN_MARCH, IN_APRIL = (MARCH, date(2026, 3, 31)), (APRIL, date(2026, 4, 30))
WHOLE = (date(2026, 1, 1), date(2026, 12, 31))


def year(**known: object) -> Year:
    return Year(**({"number": 2026, "differing": frozenset(), "slices": None} | known))  # type: ignore[arg-type]


def test_an_account_that_was_never_read_is_asked_for_its_whole_year() -> None:
    assert choose(year(differing=frozenset({"bank"}))) == Choice(accounts=("bank",))


def test_of_a_large_account_only_the_month_that_something_moved_in_is_read() -> None:
    lines = {("bank", date(2026, month, 1)): 200 for month in range(1, 11)}

    asked = choose(year(differing=frozenset({"bank"}), due=frozenset({("", MARCH)}), lines=lines))

    assert asked == Choice(spans=(("bank", IN_MARCH),))


def test_months_of_an_account_are_asked_together_where_that_saves_a_request() -> None:
    """As on the second of a month, when payments of this one and invoices of the last came: half a page each."""
    lines = {("debtors", date(2026, month, 1)): 300 for month in range(1, 13)}
    lines |= {("debtors", MARCH): 40, ("debtors", APRIL): 50, ("debtors", SEPTEMBER): 60}
    due = frozenset(("debtors", month) for month in (MARCH, APRIL, SEPTEMBER))
    known = year(due=due, lines=lines)

    chosen = choose(known)

    assert chosen.spans == (("debtors", (MARCH, IN_APRIL[1])), ("debtors", (SEPTEMBER, date(2026, 9, 30))))
    assert requests_of(known, chosen) == 2
    assert len(choose(replace(known, by_month=True)).spans) == 3


def test_a_quiet_month_between_two_is_asked_along() -> None:
    lines = {("debtors", date(2026, month, 1)): 300 for month in range(1, 13)}
    lines |= {("debtors", MARCH): 40, ("debtors", APRIL): 10, ("debtors", date(2026, 5, 1)): 30}

    asked = choose(year(due=frozenset({("debtors", MARCH), ("debtors", date(2026, 5, 1))}), lines=lines))

    assert asked.spans == (("debtors", (MARCH, date(2026, 5, 31))),)


def test_of_a_small_account_the_year_costs_as_little_as_the_month() -> None:
    lines = {("rent", date(2026, month, 1)): 1 for month in range(1, 11)}

    assert choose(year(due=frozenset({("rent", MARCH)}), lines=lines)) == Choice(accounts=("rent",))


def test_known_months_say_exactly_which_slices_differ_whatever_documents_hint_at() -> None:
    lines = {("bank", date(2026, month, 1)): 200 for month in range(1, 11)}
    known = year(differing=frozenset(), slices=frozenset({("bank", MARCH)}), due=frozenset({("", APRIL)}), lines=lines)

    assert choose(known) == Choice(spans=(("bank", IN_MARCH),))


def test_streams_by_project_replace_many_accounts_when_there_are_few_projects() -> None:
    differing = frozenset(f"account {number}" for number in range(8))

    assert choose(year(differing=differing, projects=("a", "b", "c"))) == Choice(streams=(WHOLE,))
    assert choose(year(differing=differing, projects=tuple("abcdefg"))).accounts == tuple(sorted(differing))
    assert choose(year(differing=differing, projects=None)).accounts == tuple(sorted(differing)), "tried already"


def test_a_year_nobody_has_read_in_which_two_accounts_moved_is_one_stream() -> None:
    """As next year, over which a purchase of this one is spread."""
    differing = frozenset({"insurance", "prepaid"})

    assert choose(year(differing=differing, projects=())) == Choice(streams=(WHOLE,))
    assert choose(year(differing=differing, projects=("a",))).accounts == ("insurance", "prepaid")


def test_many_pages_of_lines_speak_for_accounts_where_there_are_many_projects() -> None:
    """Half of what lies beyond an account's first page fills pages there; in the stream without a project all does."""
    differing = frozenset(f"account {number}" for number in range(29))
    projects = tuple(f"project {number}" for number in range(26))

    assert choose(year(differing=differing, projects=projects, pages=1)) == Choice(streams=(WHOLE,))
    assert choose(year(differing=differing, projects=projects, pages=19)).accounts == tuple(sorted(differing))


def test_a_server_that_gives_one_month_at_a_time_is_asked_for_the_months_that_moved() -> None:
    slices = frozenset({("bank", MARCH), ("rent", MARCH), ("rent", APRIL)})

    asked = choose(year(differing=frozenset({"bank", "rent"}), slices=slices, by_month=True, projects=tuple("abcde")))

    assert asked == Choice(spans=(("bank", IN_MARCH), ("rent", IN_MARCH), ("rent", IN_APRIL)))


def test_of_a_month_in_which_many_accounts_moved_all_lines_are_asked_at_once() -> None:
    """As after a day of business: a dozen accounts of the month that runs, and one of March."""
    accounts = [f"account {number}" for number in range(12)]
    months = [date(2026, month, 1) for month in range(1, 12)]
    lines = {(account, month): 20 for account in accounts for month in months}
    november = date(2026, 11, 1)
    known = year(
        due=frozenset({(account, november) for account in accounts} | {("account 0", MARCH)}),
        lines=lines, projects=(), by_project={("", month): 240 for month in months},
    )  # fmt: skip

    chosen = choose(known)

    assert chosen == Choice(spans=(("account 0", IN_MARCH),), streams=((november, date(2026, 11, 30)),))
    assert requests_of(known, chosen) == 4
    many = replace(known, projects=tuple("abcdefghijklmnopqrstuvwxyz"))
    assert choose(many).streams == (), "a stream is a request even where it has no line"


def test_months_that_follow_each_other_are_one_stream_where_a_request_may_be_longer_than_a_month() -> None:
    accounts = [f"account {number}" for number in range(12)]
    lines = {(account, month): 20 for account in accounts for month in (MARCH, APRIL, SEPTEMBER)}
    known = year(
        due=frozenset((account, month) for account in accounts for month in (MARCH, APRIL)),
        lines=lines, projects=("a",),
        by_project={("", MARCH): 40, ("", APRIL): 50, ("a", APRIL): 2, ("", SEPTEMBER): 700},
    )  # fmt: skip

    assert choose(known).streams == ((MARCH, date(2026, 4, 30)),)
    assert choose(replace(known, by_month=True)).streams == (IN_MARCH, IN_APRIL)
