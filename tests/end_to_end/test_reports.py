"""Moneybird's own reports in the warehouse: equal to what it answers, and asked only where something moved."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from pipelines.moneybird.report_rows import Period
from pipelines.run.report_plan import REPORTS
from tests.end_to_end.conftest import Group
from tests.end_to_end.report_room import Reading, ReportRoom

HOLDING, STUDIO = 0, 1
NAMES = {resource.name.removeprefix("report_") for resource in REPORTS}
MONTH = Period.of_month(date(2026, 11, 1))
DAY = 24 * 60 * 60


@pytest.fixture
def room(small_group: Group) -> ReportRoom:
    room = ReportRoom(small_group)
    room.begin()
    return room


def planned(reading: Reading) -> Counter[tuple[str, str]]:
    return Counter(
        {(a, n.removeprefix("report_")): c for a, reports in reading.planned.items() for n, c in reports.items() if c}
    )


def asked(reading: Reading) -> Counter[tuple[str, str]]:
    return Counter((administration_id, name) for administration_id, name, _ in reading.asked)


@pytest.mark.parametrize("small_group", ["default", pytest.param("D9=movement", marks=pytest.mark.slow)], indirect=True)
def test_every_row_of_every_report_is_what_the_sandbox_answers_for_that_period(room: ReportRoom) -> None:
    first = room.read()

    assert first.errors == []
    assert first.reader.drift == ()
    assert room.differences() == []
    held = room.held()
    administrations = {one["id"] for one in room.group.described["administrations"]}
    assert {(a, name) for a, name, _, _ in held} == {(str(a), name) for a in administrations for name in NAMES}
    assert {name for (_, name, _, _), rows in held.items() if len(rows) > 1} == NAMES
    assert all((end - start).days in {27, 28, 29, 30, 364, 365} for _, _, start, end in held)


def test_a_plan_made_before_is_the_log_after(room: ReportRoom) -> None:
    for days in (0, 0, 1, 1, 30):
        room.group.happens("advance_clock", STUDIO, seconds=days * DAY)
        reading = room.read()
        assert planned(reading) == asked(reading), days


def test_administrations_take_turns(room: ReportRoom) -> None:
    order = [administration_id for administration_id, _, _ in room.read().asked]

    assert len(set(order)) == 2
    assert all(order[2 * turn] != order[2 * turn + 1] for turn in range(10))


@pytest.mark.parametrize("small_group", ["D11=granularity"], indirect=True)
def test_where_months_come_along_a_year_is_one_request_and_the_months_are_the_same(room: ReportRoom) -> None:
    first = room.read()

    assert room.differences() == [], "asked by hand one month at a time"
    assert all(start.month == end.month for _, _, start, end in room.periods())
    years = Counter((administration_id, name) for administration_id, name, _ in first.asked)
    assert set(years.values()) <= {3, 4}, "2024 to 2026, and 2027 for what was sold ahead"
    learned = room.group.query("select distinct answer from sync.dialects where question like 'D11 report_%'")
    assert learned == [("granularity",)]
    assert room.read().asked == []


@pytest.mark.slow
@pytest.mark.parametrize("small_group", ["D11=one_month"], indirect=True)
def test_where_a_month_is_the_longest_period_the_open_year_comes_first(room: ReportRoom) -> None:
    first = room.read()

    assert first.errors == []
    assert room.differences() == []
    months = {(name, start) for _, name, start, end in room.periods() if start.month == end.month}
    assert months >= {
        (name, date(2026, m, 1)) for name in NAMES - {"balance_sheet", "profit_loss"} for m in range(1, 12)
    }
    refused = [period for _, _, period in first.asked if period in {"20260101..20261231", "20270101..20271231"}]
    by_report = Counter((a, n) for a, n, p in first.asked if p in refused and n not in {"balance_sheet", "profit_loss"})
    assert max(by_report.values()) == 1
    assert {n for _, n in by_report} == {"tax"}, "one report learns it for the others"
    second = room.read()
    assert second.asked == []
    room.group.happens("advance_clock", STUDIO, seconds=DAY)
    assert {p for _, n, p in room.read().asked if n == "tax"} <= {"20261201..20261231", "20251201..20251231"}


def test_months_that_come_along_replace_the_years_read_before(room: ReportRoom) -> None:
    room.only = (STUDIO,)
    room.read()
    assert any((end - start).days > 31 for _, _, start, end in room.periods())

    room.speak("granularity")
    room.read(full=True)

    assert room.differences() == []
    assert all((end - start).days <= 31 for _, _, start, end in room.periods())
    years = " union all ".join(
        f"select period_start_date as s, period_end_date as e from raw.{resource.table}" for resource in REPORTS
    )
    assert room.group.query(f"select count(*) from ({years}) where e - s > 31") == [(0,)]


def test_a_moved_month_is_read_again_a_day_later_and_nothing_else_is(room: ReportRoom) -> None:
    room.read()
    studio = room.group.id(STUDIO)
    with room.lines_moved(studio, MONTH.start):
        same_day = room.read()
        assert same_day.asked == []
        stale = room.group.query(
            "select distinct administration_id, period_end_date from sync.report_periods where is_stale order by 2"
        )
        assert stale == [(studio, MONTH.end), (studio, date(2026, 12, 31))]

        room.group.happens("advance_clock", STUDIO, seconds=DAY)
        next_day = room.read()

    assert planned(next_day) == asked(next_day)
    moved = Counter(p for a, _, p in next_day.asked if a == studio and p in {MONTH.words, "20260101..20261231"})
    assert moved == {MONTH.words: 3, "20260101..20261231": 6}, "of sums the year holds the month that runs"
    others = {p for a, _, p in next_day.asked if a != studio}
    assert MONTH.words not in others
    assert "20260101..20261231" not in others
    assert room.group.query("select count(*) from sync.report_periods where is_stale") == [(0,)]


def test_reports_that_were_put_off_after_faults_are_known_to_be_of_older_books(room: ReportRoom) -> None:
    room.read()
    studio = room.group.id(STUDIO)
    room.group.happens("advance_clock", STUDIO, seconds=DAY)
    for name in ("tax", "debtors", "creditors"):
        room.group.fault("status", status=503, match=f"{studio}/reports/{name}", times=99)
    with room.lines_moved(studio, MONTH.start):
        failed = room.read()

    assert [target.stopped for target in failed.targets if target.administration_id == studio] == [True]
    assert {name for a, name, _ in failed.asked if a == studio} == {"tax", "debtors", "creditors"}
    stale = room.group.query(
        "select distinct administration_id, replace(resource, 'report_', '') from sync.report_periods where is_stale"
    )
    assert {(studio, "balance_sheet"), (studio, "profit_loss"), (studio, "tax")} <= set(stale)


def test_a_report_of_a_changed_period_has_its_new_rows_and_only_those(room: ReportRoom) -> None:
    room.read()
    room.group.happens("create_and_send_invoice", STUDIO)
    room.group.happens("empty_payments", STUDIO)
    assert room.differences(), "the sandbox answers something else now"

    changed = room.read(again=[(a, f"report_{name}", start, end) for a, name, start, end in room.periods()])

    assert room.differences() == []
    assert set(changed.reader.rows) == {room.group.id(STUDIO)}, "what is the same is not written again"


def test_a_report_that_does_not_fit_keeps_its_last_good_rows_and_is_asked_again(room: ReportRoom) -> None:
    room.only = (STUDIO, HOLDING)
    room.read()
    studio, before = room.group.id(STUDIO), room.held()
    room.group.fault("status", status=200, body={"cebtors": []}, match=f"{studio}/reports/debtors", times=100)

    periods = [(studio, "report_debtors", start, end) for a, n, start, end in before if (a, n) == (studio, "debtors")]
    spoiled = room.read(again=periods)

    (target,) = [target for target in spoiled.targets if target.errors]
    assert target.administration_id == studio
    assert all("Expected debtors in report_debtors" in str(error) for error in target.errors)
    assert any(
        f"of administration {studio}, from {MONTH.start} to {MONTH.end}" in str(error) for error in target.errors
    )
    assert room.held() == before
    room.group.control.delete("/_sandbox/faults")
    assert room.read(again=periods).errors == []


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (
            401,
            {"error": "No access to sales_invoices"},
            "Token 'holding' lacks scope `sales_invoices`, so it may not read {}; put one that has it in "
            "SOURCES__MONEYBIRD__TOKENS__HOLDING.",
        ),
        (402, {"error": "Plan limit reached"}, "The plan does not allow {}: Plan limit reached; choose a plan in "),
        (402, {}, "The plan does not allow {}; choose a plan in "),
        (403, {"error": "Forbidden"}, "Moneybird forbids {} to token 'holding' (403: Forbidden); it does so for a "),
    ],
)
def test_a_report_that_may_not_be_read_is_named_once_and_the_others_go_on(
    room: ReportRoom, status: int, body: dict[str, str], said: str
) -> None:
    studio = room.group.id(STUDIO)
    for name in ("debtors", "revenue_by_contact"):
        room.group.fault("status", status=status, body=body, match=f"{studio}/reports/{name}", times=100)

    first = room.read()

    whose = "debtors report and revenue by contact report of Duivenhof Studio B.V."
    (error,) = first.errors
    assert error.startswith(said.format(whose))
    refused = {"debtors", "revenue_by_contact"}
    assert {n for a, n, _, _ in room.periods() if a == studio} == NAMES - refused
    assert Counter(n for a, n, _ in first.asked if a == studio and n in refused) == dict.fromkeys(refused, 1)

    again = room.read()
    assert again.asked == []
    assert again.errors == first.errors, "still so, without a request"

    room.group.control.delete("/_sandbox/faults")
    room.group.happens("advance_clock", STUDIO, seconds=DAY)
    allowed = room.read()
    assert allowed.errors == []
    assert {n for a, n, _, _ in room.periods() if a == studio} == NAMES


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("status", {"status": 503}),
        pytest.param("html", {}, marks=pytest.mark.slow),
        pytest.param("truncated", {}, marks=pytest.mark.slow),
    ],
)
def test_a_report_that_fails_stops_neither_the_others_nor_another_administration(
    room: ReportRoom, kind: str, fields: dict[str, int]
) -> None:
    studio = room.group.id(STUDIO)
    room.group.fault(kind, match=f"{studio}/reports/tax", times=100, **fields)

    failed = room.read()

    assert {t.administration_id for t in failed.targets if t.errors} == {studio}
    assert all("tax report of Duivenhof Studio B.V." in error for error in failed.errors)
    assert {n for a, n, _, _ in room.periods() if a == studio} == NAMES - {"tax"}
    room.group.control.delete("/_sandbox/faults")
    assert {n for a, n, _ in room.read().asked if a == studio} == {"tax"}
    assert room.differences() == []


def test_a_kill_between_load_and_note_costs_the_requests_and_nothing_else(room: ReportRoom) -> None:
    with pytest.raises(KeyboardInterrupt):
        room.read(killed=True)
    assert room.group.query("select count(*) > 0 from raw.report_tax") == [(True,)]
    assert room.periods() == []

    room.read()

    assert room.differences() == []


def test_a_new_key_is_kept_beside_its_row_and_noted_as_drift(room: ReportRoom) -> None:
    room.only = (STUDIO,)
    body = {"debtors": [{"contact_id": "1", "amount": "1.00", "credit_limit": "5000.0"}]}
    room.group.fault("status", status=200, body=body, match="reports/debtors", times=100)

    assert room.read().errors == []

    assert room.group.query("select distinct _unmapped from raw.report_debtors") == [('{"credit_limit":"5000.0"}',)]
    assert room.group.query("select resource, path, type from sync.drift where resource = 'report_debtors'") == [
        ("report_debtors", "debtors[].credit_limit", "string")
    ]


def test_periods_that_differ_from_lines_can_be_read_once_more(room: ReportRoom) -> None:
    room.read()
    again = (room.group.id(STUDIO), "report_revenue_by_contact", MONTH.start, MONTH.end)

    assert room.read(again=[again]).asked == [(again[0], "revenue_by_contact", MONTH.words)]
    assert room.read().asked == [], "it is of today now"
