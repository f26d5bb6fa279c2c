"""Which periods of a report are read: once, where the ledger moved, and one month a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from pipelines.moneybird.report_rows import Period
from pipelines.moneybird.resources import BY_NAME, RESOURCES
from pipelines.run.report_calendar import (
    STALE_A_RUN,
    Books,
    Held,
    due_periods,
    is_swept,
    requests_for,
    stale_periods,
)
from pipelines.warehouse.report_periods import TAXED, Ledger, ReadPeriod

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SUMS, AT_END, LISTED = BY_NAME["report_tax"], BY_NAME["report_balance_sheet"], BY_NAME["report_revenue_by_contact"]
MOVES = {date(year, month, 1): 100 * year + month for year in (2024, 2025) for month in range(1, 13)}
MOVES |= {date(2026, month, 1): 7 * month for month in range(1, 12)}
BOOKS = Books(2024, date(2026, 11, 22), NOW, Ledger(MOVES))


def year(number: int) -> Period:
    return Period.of_year(number)


def month(number: int, of: int = 2026) -> Period:
    return Period.of_month(date(of, number, 1))


def read_all(resource=SUMS, books: Books = BOOKS, held: Held | None = None) -> Held:  # type: ignore[no-untyped-def]
    """As after a run at `books.now` that read what was due."""
    held = held or Held(takes="twelve_months", checked_at=books.now)
    for period in due_periods(resource, books, held):
        parts = period.months() if held.takes == "granularity" and not period.is_month else [period]
        for part in parts:
            if not (resource.report.as_of and part > Period.of_month(books.today)):
                held.periods[part] = ReadPeriod(books.now, 3, books.fingerprint(resource, part))
    if is_swept(resource, held, books):
        held.swept_at = books.now
    return held


def later(books: Books, by: timedelta, **moved: int) -> Books:
    """The same books some time on; `moved` are months like `m2025_03` with another fingerprint."""
    changed = {date(int(name[1:5]), int(name[6:]), 1): value for name, value in moved.items()}
    now = books.now + by
    return replace(books, now=now, today=now.date(), ledger=Ledger({**books.ledger.moves, **changed}))


def test_a_first_load_reads_whole_years_for_the_month_that_runs_is_in_its_year() -> None:
    assert due_periods(SUMS, BOOKS, Held()) == [year(2026), year(2025), year(2024)]
    begun = Held({year(2026): ReadPeriod(NOW, 3, BOOKS.fingerprint(SUMS, year(2026)))}, "twelve_months", NOW)
    assert due_periods(SUMS, BOOKS, begun) == [year(2025), year(2024)], "no month of the day yet"


def test_what_stands_at_an_end_is_read_for_years_that_have_ended_and_now() -> None:
    assert due_periods(AT_END, BOOKS, Held()) == [month(11), year(2025), year(2024)]


def test_sums_reach_as_far_as_the_lines_do() -> None:
    spread = replace(BOOKS, ledger=Ledger({**MOVES, date(2028, 2, 1): 5}))

    assert due_periods(SUMS, spread, Held())[:2] == [year(2028), year(2026)], "a year without lines has no sums"
    assert due_periods(AT_END, spread, Held())[0] == month(11)


def test_nothing_is_asked_again_on_the_same_day() -> None:
    held = read_all()

    assert due_periods(SUMS, later(BOOKS, HOUR), held) == []
    assert due_periods(SUMS, later(BOOKS, HOUR, m2026_03=1), held) == [], "what moved waits for its day …"
    assert stale_periods(SUMS, later(BOOKS, HOUR, m2026_03=1), held) == {year(2026)}, "… and is marked"


def test_a_moved_month_is_read_again_and_an_unmoved_one_is_not() -> None:
    held = read_all()
    held.periods |= {month(n): ReadPeriod(NOW, 3, BOOKS.fingerprint(SUMS, month(n))) for n in (2, 3, 4)}
    held.swept_at = NOW + DAY

    assert due_periods(SUMS, later(BOOKS, DAY, m2026_03=1), held) == [year(2026), month(3)]
    assert due_periods(SUMS, later(BOOKS, DAY), held) == []


def test_a_run_at_the_same_hour_every_day_reads_every_day() -> None:
    held = read_all()
    held.swept_at = NOW + DAY

    assert due_periods(SUMS, later(BOOKS, DAY - timedelta(minutes=20), m2026_11=1), held) == [year(2026)]


def test_what_stands_at_an_end_moves_with_every_month_before_it() -> None:
    held = read_all(AT_END)
    held.swept_at = NOW + DAY

    assert due_periods(AT_END, later(BOOKS, DAY, m2025_03=1), held) == [month(11), year(2025)]


def test_a_back_dated_booking_is_paid_in_parts_newest_first_and_the_rest_stays_marked() -> None:
    held = read_all(AT_END)
    for number in range(1, 13):
        held.periods[month(number, 2025)] = ReadPeriod(NOW, 3, BOOKS.fingerprint(AT_END, month(number, 2025)))
    tomorrow = later(BOOKS, DAY, m2025_01=1)
    held.swept_at = tomorrow.now

    first = due_periods(AT_END, tomorrow, held)
    assert len(first) == STALE_A_RUN
    assert first[0] == month(11)
    held = read_all(AT_END, tomorrow, held)
    assert len(stale_periods(AT_END, tomorrow, held)) == 14 - STALE_A_RUN
    for hours in range(1, 4):
        held = read_all(AT_END, later(tomorrow, hours * HOUR), held)
    assert stale_periods(AT_END, tomorrow, held) == set()


def test_every_month_of_this_year_and_the_last_is_read_once_a_month_one_a_day() -> None:
    """A rate's box can change without a ledger line; after a month at most the report has been asked again."""
    held, books = read_all(), BOOKS
    read: dict[Period, list[datetime]] = {}
    for _ in range(75):
        books = later(books, DAY)
        due = [period for period in due_periods(SUMS, books, held) if period.is_month]
        assert len(due) <= 1, "the month of the day"
        for period in due:
            read.setdefault(period, []).append(books.now)
        held = read_all(SUMS, books, held)

    assert read.keys() >= {*year(2025).months(), *(month(n) for n in range(1, 13))}
    for moments in read.values():
        assert all(timedelta(days=30) <= after - before <= timedelta(days=35) for before, after in pairwise(moments))


def test_what_only_the_ledger_moves_is_swept_on_a_day_of_its_own_and_as_a_year() -> None:
    turns: dict[date, list[str]] = {}
    for resource in (one for one in RESOURCES if one.report and not one.report.swept_daily):
        held, books = read_all(resource), BOOKS
        for _ in range(38):  # a new year would be news
            books = later(books, DAY)
            for period in due_periods(resource, books, held):
                if period != Period.of_month(books.today):
                    turns.setdefault(books.today, []).append(resource.name)
            held = read_all(resource, books, held)
        assert held.periods[year(2025)].read_at > NOW + timedelta(days=20), resource.name
        assert len([period for period in held.periods if period.is_month]) >= 2, "months that were never read"

    assert max(map(len, turns.values())) <= 2, "eight reports, seven days"


def test_a_report_moves_with_the_accounts_it_adds_up() -> None:
    ledger = Ledger(MOVES, {"revenue": MOVES, "current_assets": MOVES, TAXED: MOVES})
    books = replace(BOOKS, ledger=ledger)
    paid = replace(ledger, parts={**ledger.parts, "current_assets": {**MOVES, date(2026, 11, 1): 1}})
    tomorrow = replace(later(books, DAY), ledger=paid)

    for resource, due in ((SUMS, []), (LISTED, []), (BY_NAME["report_debtors"], [month(11)])):
        held = read_all(resource, books)
        held.swept_at = tomorrow.now
        assert due_periods(resource, tomorrow, held) == due, resource.name


def test_with_months_in_the_answer_a_year_is_one_request() -> None:
    held = Held(takes="granularity", checked_at=NOW)

    assert due_periods(SUMS, BOOKS, held) == [year(2026), year(2025), year(2024)]
    assert due_periods(AT_END, BOOKS, held) == [year(2026), year(2025), year(2024)]
    assert requests_for(LISTED, held, year(2026)) == 1
    held = read_all(AT_END, BOOKS, held)
    assert due_periods(AT_END, later(BOOKS, DAY), held) == []
    assert due_periods(AT_END, later(BOOKS, DAY, m2025_03=1), held) == [year(2026), year(2025)]
    assert due_periods(AT_END, later(BOOKS, timedelta(days=9)), held) == [year(2026)], "a month has begun"
    assert due_periods(AT_END, later(BOOKS, timedelta(days=31)), held) == [year(2026), year(2025)], "once a month"


def test_one_month_at_a_time_the_open_year_comes_first_and_older_months_one_a_day() -> None:
    held = Held(takes="one_month", checked_at=NOW)

    assert due_periods(SUMS, BOOKS, held) == [month(n) for n in range(11, 0, -1)]
    held = read_all(SUMS, BOOKS, held)
    assert due_periods(SUMS, later(BOOKS, DAY), held) == [month(12, 2025)]
    assert due_periods(AT_END, BOOKS, Held(takes="one_month"))[1] == year(2025), "always took twelve months"
    assert due_periods(SUMS, later(BOOKS, timedelta(days=31)), held)[0] == year(2026), "the server may have learned"


def test_a_full_run_reads_every_month_of_every_year() -> None:
    books, begun = replace(BOOKS, full=True), 12 + 12 + 11
    held = read_all()

    assert len(due_periods(SUMS, books, held)) == begun + 3
    assert len(due_periods(AT_END, books, read_all(AT_END))) == begun + 2
    assert len(due_periods(SUMS, books, Held(takes="one_month", checked_at=NOW))) == 1 + begun
    assert len(due_periods(SUMS, books, Held(takes="granularity", checked_at=NOW))) == 3


@pytest.mark.parametrize("full", [False, True])
def test_a_refused_report_is_tried_once_a_day(full: bool) -> None:
    held = Held(refused="No access to bank", refused_at=NOW)

    assert due_periods(SUMS, replace(later(BOOKS, HOUR), full=full), held) == ([month(11)] if full else [])
    assert due_periods(SUMS, replace(later(BOOKS, DAY), full=full), held) == [month(11)]


def test_without_a_ledger_what_runs_is_read_every_day() -> None:
    """A token that may read debtors but no ledger would otherwise show debtors of last month."""
    blind = replace(BOOKS, ledger=Ledger())
    for resource, runs in ((SUMS, year(2026)), (AT_END, month(11))):
        held = read_all(resource, blind)
        held.swept_at = NOW + DAY

        assert due_periods(resource, later(blind, DAY), held) == [runs]
        assert due_periods(resource, replace(BOOKS, ledger=Ledger(is_seen=True), now=NOW + DAY), held) == [], "empty"


def test_a_long_list_costs_its_pages() -> None:
    held = Held({month(11): ReadPeriod(NOW, 250, 0)}, "twelve_months", NOW)

    assert requests_for(LISTED, held, month(11)) == 3
    assert requests_for(SUMS, held, month(11)) == 1
