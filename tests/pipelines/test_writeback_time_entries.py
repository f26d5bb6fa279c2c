"""Hours into Moneybird: an entry stands there exactly once, whatever breaks, and nobody's own entry is taken for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from pipelines.errors import CommandRefusedError
from pipelines.operations import Command, State
from pipelines.sandbox.actions import hours as by_hand
from pipelines.sandbox.model import TimeEntry
from pipelines.writeback import Office, Policy, Tables, approve, cancel, examine, retry, submit
from pipelines.writeback.catalogue.hours import Named, User, WorkedHours
from pipelines.writeback.sources.hours import HoursOfATool
from pipelines.writeback.sources.source import Asked, Taken
from pipelines.writeback.time_entry import NewTimeEntry
from tests.pipelines.writeback_bench import (
    ANYBODY,
    SETTLE,
    Bench,
    Fault,
    Killed,
    Moneybird,
    MortalStore,
    acted_but_answered,
    acted_then,
    answered,
    instead,
    opened,
)

MORNING = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)  # 09:00 in Amsterdam
LOST = httpx.ReadTimeout("no answer")


class Agency(Moneybird):
    """The agency of the group, with people; its catalogue answers from the books themselves."""

    def __init__(self) -> None:
        super().__init__()
        people = self.books.users.values()
        self.user_id = next(str(each.id) for each in people if each.kind == "employee")
        self.gone_id = next(str(each.id) for each in people if each.kind == "deleted_end_user")

    def user(self, _administration_id: str, user_id: str) -> User | None:
        found = self.books.users.get(int(user_id))
        return User(user_id, found.name, not found.kind.startswith("deleted")) if found else None

    def named(self, _administration_id: str, what: Named, text: str) -> tuple[str, ...]:
        if what != "user":
            return (text,) if text.isdigit() else ()
        return tuple(str(each.id) for each in self.books.users.values() if text in (each.name, str(each.id)))

    def time_zone(self, _administration_id: str) -> str:
        return "Europe/Amsterdam"

    def worked(
        self, _administration_id: str, user_id: str, after: datetime, before: datetime
    ) -> tuple[WorkedHours, ...]:
        found = (_worked(each) for each in self.books.time_entries.values() if str(each.user_id) == user_id)
        return tuple(each for each in found if each.started_at < before and (each.ended_at or before) > after)

    def billing_states(self, _administration_id: str, time_entry_ids: Sequence[str]) -> dict[str, str]:
        return {each: "unbilled" for each in time_entry_ids if int(each) in self.books.time_entries}

    def entries(self, description: str) -> list[TimeEntry]:
        return [each for each in self.books.time_entries.values() if each.description == description]

    def by_hand(self, request: NewTimeEntry) -> TimeEntry:
        """The same entry, made by a person in Moneybird itself."""
        start, end = (int(each.timestamp() * 1000) for each in (request.started_at, request.ended_at))
        blank = TimeEntry(
            0, int(request.user_id), None, None, None, start, end, request.description, request.paused_seconds,
            request.billable, 0, 0,
        )  # fmt: skip
        return by_hand.create(self.books, blank)


def _worked(entry: TimeEntry) -> WorkedHours:
    moments = [
        None if each is None else datetime.fromtimestamp(each / 1000, UTC) for each in (entry.started, entry.ended)
    ]
    assert moments[0] is not None
    return WorkedHours(str(entry.id), moments[0], moments[1], entry.description)


class HourBench(Bench):
    """A bench that notes hours."""

    moneybird: Agency

    def hours(self, draft_id: str = "T-1", **other: Any) -> NewTimeEntry:
        given = {
            "administration_id": self.moneybird.administration_id, "draft_id": draft_id,
            "user_id": self.moneybird.user_id, "started_at": MORNING, "ended_at": MORNING + timedelta(minutes=67),
            "description": "Uitzoekwerk",
        }  # fmt: skip
        return NewTimeEntry.model_validate(given | other)

    def office(self) -> Office:
        return Office(self.moneybird, Tables(), Policy(lambda _: True), self.clock(), self.store)  # type: ignore[arg-type]

    def note(self, request: NewTimeEntry) -> Command:
        """Asked for and approved, as reviewed where that is needed."""
        command = submit(self.store, request, self.office(), who="anna")
        return approve(
            self.store, command.id, self.office(), who="anna", seen=command.preview_hash, reviewed=True
        )  # fmt: skip

    def work(self, passes: int = 1) -> None:
        for _ in range(passes):
            self.worker().pass_once()
            self.clock.pass_by(SETTLE)

    def made(self, description: str = "Uitzoekwerk") -> int:
        return len(self.moneybird.entries(description))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[HourBench]:
    yield from _benches(tmp_path)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HourBench]:
    """One bench for what is only looked at or refused: it makes nothing."""
    yield from _benches(tmp_path_factory.mktemp("desk"))


def _benches(directory: Path) -> Iterator[HourBench]:
    with opened(HourBench, directory, Agency()) as made:
        yield made


# The straight road


def test_an_entry_is_looked_up_made_and_verified(bench: HourBench) -> None:
    contact = bench.moneybird.contact_id
    command = bench.note(bench.hours(contact_id=contact, paused_seconds=600, billable=False))
    bench.work()
    after = bench.now(command)
    assert (after.state, after.last_error) == (State.VERIFIED, None)
    assert bench.wire.seen == ["GET", "POST"]
    [entry] = bench.moneybird.entries("Uitzoekwerk")
    assert (str(entry.id), str(entry.contact_id), entry.paused, entry.billable) == (
        after.remote_id,
        contact,
        600,
        False,
    )
    assert entry.ended is not None
    assert (entry.ended - entry.started) // 60_000 == 67


def test_times_are_cut_to_whole_minutes_before_a_person_sees_them(bench: HourBench) -> None:
    """What is sent is what will stand there, so what came back can be compared with what was approved."""
    request = bench.hours(
        started_at="2026-11-19T09:00:59.500+01:00", ended_at="2026-11-19T10:07:31+01:00", paused_seconds=61
    )
    assert (request.started_at, request.ended_at) == (MORNING, MORNING + timedelta(minutes=67))
    assert request.minutes == 65
    bench.note(request)
    bench.work()
    assert bench.made() == 1


def test_two_entries_of_the_tool_that_are_alike_are_two_entries(bench: HourBench) -> None:
    first, second = bench.note(bench.hours("T-1")), bench.note(bench.hours("T-2"))
    assert "overlaps command" in second.preview["reviews"][0]
    bench.work()
    assert {bench.now(each).state for each in (first, second)} == {State.VERIFIED}
    assert bench.now(first).remote_id != bench.now(second).remote_id
    assert bench.made() == 2


# What breaks


@pytest.mark.parametrize(
    "fault",
    [acted_then(LOST), instead(LOST), acted_but_answered(502, b""), acted_but_answered(201, b"{}"), answered(503)],
    ids=["acted, no answer", "no answer", "acted, 502", "acted, nonsense", "503"],
)
def test_a_lost_answer_leaves_exactly_one_entry(bench: HourBench, fault: Fault) -> None:
    command = bench.note(bench.hours())
    bench.wire.posts.append(fault)
    bench.work(passes=8)
    assert bench.now(command).state is State.VERIFIED
    assert bench.made() == 1


def test_two_alike_whose_answers_were_both_lost_find_one_each(bench: HourBench) -> None:
    commands = [bench.note(bench.hours(f"T-{number}")) for number in (1, 2)]
    bench.wire.posts += [acted_then(LOST), acted_then(LOST)]
    for _ in range(12):
        bench.work()
        for each in commands:  # one of them may have met the other's before it was sent itself: a person puts it back
            if bench.now(each).state is State.FAILED:
                retry(bench.store, each.id, ANYBODY, who="anna", at=bench.clock())
    assert {bench.now(each).state for each in commands} == {State.VERIFIED}
    assert bench.made() == 2


@pytest.mark.parametrize("after_commit", [False, True])
@pytest.mark.parametrize("nth", [1, 2])
def test_killed_around_any_commit_there_is_one_entry_in_the_end(bench: HourBench, nth: int, after_commit: bool) -> None:
    """Before the request is the commit of `sending`, after it that of the outcome."""
    command = bench.note(bench.hours())
    mortal = MortalStore(bench.store.engine, [nth], after_commit)
    with pytest.raises(Killed):
        replace(bench.worker(), store=mortal).pass_once()
    bench.work(passes=4)
    assert bench.now(command).state is State.VERIFIED
    assert bench.made() == 1


def test_killed_during_the_request_there_is_one_entry_in_the_end(bench: HourBench) -> None:
    command = bench.note(bench.hours())
    bench.wire.posts.append(acted_then(Killed()))
    with pytest.raises(Killed):
        bench.worker().pass_once()
    bench.work(passes=4)
    assert bench.now(command).state is State.VERIFIED
    assert bench.made() == 1


def test_an_entry_on_a_full_first_page_or_near_midnight_is_found(bench: HourBench) -> None:
    """A hundred others of that day come first; and a day in UTC is not the same day in Amsterdam."""
    start = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    request = bench.hours(started_at=start, ended_at=start + timedelta(minutes=45))
    command = bench.note(request)
    bench.wire.posts.append(acted_then(LOST))
    bench.worker().pass_once()
    for number in range(105):
        other = {"description": f"Ander werk {number}", "started_at": start + timedelta(minutes=10)}
        bench.moneybird.by_hand(request.model_copy(update=other))
    bench.work(passes=2)
    assert bench.now(command).state is State.VERIFIED
    assert bench.made() == 1
    assert bench.wire.seen == ["GET", "POST", "GET", "GET"]


# A person's own


def test_what_a_person_noted_already_is_not_noted_again_and_not_taken_for_ours(bench: HourBench) -> None:
    command = bench.note(bench.hours())
    own = bench.moneybird.by_hand(bench.hours())
    bench.work()
    after = bench.now(command)
    assert (after.state, after.remote_id) == (State.FAILED, None)
    assert f"Time entry {own.id} stands in Moneybird with the same person, times and words" in (after.last_error or "")
    assert bench.made() == 1


def test_what_was_seen_beside_a_persons_own_is_noted_too(bench: HourBench) -> None:
    """The preview named the other entry, and whoever approved it said that both are right."""
    own = bench.moneybird.by_hand(bench.hours())
    command = bench.note(bench.hours())
    assert command.preview["reviews"] == [
        f"It overlaps time entry {own.id} of the same person, 19-11-2026 09:00 to 10:07."
    ]
    bench.wire.posts.append(acted_then(LOST))
    bench.work(passes=3)
    assert bench.now(command).state is State.VERIFIED
    assert bench.now(command).remote_id != str(own.id)
    assert bench.made() == 2


def test_what_differs_is_flagged_and_left_and_a_retry_makes_no_second(bench: HourBench) -> None:
    command = bench.note(bench.hours())
    bench.wire.posts.append(_longer)
    bench.work()
    flagged = bench.now(command)
    assert flagged.state is State.FAILED
    assert "ended at: expected 2026-11-19T09:07:00Z, found 2026-11-19T10:07:00.000Z" in (flagged.last_error or "")
    retry(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    bench.work(passes=2)
    assert bench.now(command).state is State.FAILED
    assert bench.made() == 1


def _longer(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """Moneybird notes an hour more than was asked."""
    body = json.loads(request.content)
    body["time_entry"]["ended_at"] = "2026-11-19T10:07:00Z"
    headers = {key: value for key, value in request.headers.items() if key != "content-length"}
    return inner.handle_request(httpx.Request("POST", request.url, json=body, headers=headers))


# The checklist


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ended_at": MORNING}, "ends within the minute it starts in"),
        ({"ended_at": MORNING - timedelta(hours=1)}, "ends within the minute it starts in, or before"),
        ({"ended_at": MORNING + timedelta(days=1)}, "is a day or longer; split it at midnight"),
        ({"paused_seconds": 4020}, "has a pause of 67 minutes, which leaves nothing"),
        (
            {"started_at": MORNING + timedelta(days=1), "ended_at": MORNING + timedelta(days=1, minutes=16)},
            "has not ended yet",
        ),
        ({"user_id": "77"}, "User 77 does not exist there"),
        ({"project_id": "78"}, "Project 78 does not exist there"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(desk: HourBench, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CommandRefusedError, match=sentence):
        desk.note(desk.hours(**changes))


def test_who_left_gets_no_hours(desk: HourBench) -> None:
    with pytest.raises(CommandRefusedError, match="Vertrokken Medewerker is no longer active"):
        desk.note(desk.hours(user_id=desk.moneybird.gone_id))


@pytest.mark.parametrize("field", ["started_at", "ended_at"])
def test_a_moment_says_where_it_is(desk: HourBench, field: str) -> None:
    with pytest.raises(ValidationError, match="timezone"):
        desk.hours(**{field: "2026-11-19T09:00"})


@pytest.mark.parametrize(
    ("from_minute", "to_minute", "meets"),
    [(-60, 0, False), (-60, 1, True), (10, 20, True), (66, 90, True), (67, 90, False), (-600, 600, True)],
)
def test_overlaps_are_said_and_neighbours_are_not(
    bench: HourBench, from_minute: int, to_minute: int, meets: bool
) -> None:
    """Whether the other is a command that waits or an entry that stands."""
    between = {
        "started_at": MORNING + timedelta(minutes=from_minute), "ended_at": MORNING + timedelta(minutes=to_minute)
    }  # fmt: skip
    other, request = bench.hours("T-2", description="Ander werk", **between), bench.hours()
    waiting = submit(bench.store, other, bench.office(), who="anna")
    assert (
        _reviews(bench, request)
        == [f"It overlaps command {waiting.id} of the same person, to be sent or just made."][: int(meets)]
    )
    cancel(bench.store, waiting.id, ANYBODY, who="anna", at=bench.clock())
    assert _reviews(bench, request) == []
    bench.moneybird.by_hand(other)
    assert len(_reviews(bench, request)) == int(meets)


def test_what_came_of_a_request_is_no_overlap_of_it(bench: HourBench) -> None:
    bench.note(bench.hours())
    bench.work()
    assert _reviews(bench, bench.hours()) == []


def _reviews(bench: HourBench, request: NewTimeEntry) -> list[str]:
    shown = examine(request, bench.office()).preview
    assert shown is not None
    return list(shown.reviews)


# The tool's file

HEADER = "tool_id,user,contact,project,started_at,ended_at,day,minutes,paused_minutes,description,billable"


def _taken(bench: HourBench, *lines: str) -> Taken:
    text = "\n".join((HEADER, *lines)).replace("USER", bench.moneybird.user_id)
    asked = Asked(text.encode(), "hours.csv", bench.moneybird.administration_id)
    return HoursOfATool().take(asked, bench.office())


def _only(taken: Taken) -> NewTimeEntry:
    [(_, request)] = taken.requests
    assert isinstance(request, NewTimeEntry)
    return request


def test_a_row_is_an_entry_on_the_administrations_own_clock(desk: HourBench) -> None:
    entry = _only(_taken(desk, "T-1,USER,,,2026-07-01 09:00,2026-07-01 10:07,,,5,Uitzoekwerk,false"))
    assert (entry.started_at, entry.minutes) == (datetime(2026, 7, 1, 7, 0, tzinfo=UTC), 62)
    assert (entry.draft_id, entry.billable, entry.is_clocked) == ("hours:T-1", False, True)


def test_a_row_with_a_day_and_minutes_starts_at_nine_and_overlaps_nothing(bench: HourBench) -> None:
    first, second = (_only(_taken(bench, f"T-{number},USER,,,,,2026-11-17,90,,Werk {number},")) for number in (1, 2))
    assert (first.started_at, first.minutes) == (datetime(2026, 11, 17, 8, 0, tzinfo=UTC), 90)
    for each in (first, second):
        assert bench.note(each).preview["reviews"] == []
    bench.work()
    assert (bench.made("Werk 1"), bench.made("Werk 2")) == (1, 1)


def test_a_corrected_row_takes_the_place_of_the_one_that_waits(bench: HourBench) -> None:
    rows = [f"T-1,USER,,,2026-11-17 09:00,2026-11-17 {end},,,,Uitzoekwerk," for end in ("10:00", "11:00")]
    first, second = (submit(bench.store, _only(_taken(bench, row)), bench.office(), who="anna") for row in rows)
    assert first.id == second.id
    assert second.payload["body"]["time_entry"]["ended_at"] == "2026-11-17T10:00:00Z"


@pytest.mark.parametrize(
    ("row", "sentences"),
    [
        (
            "T-1,Nobody,,,,,2026-11-17,90,,Werk,",
            ["line 2, user: expected the id or name of one user of administration"],
        ),
        ("T-1,USER,,,,,2026-11-17,90,,,", ["line 2, description: expected what was done, found nothing"]),
        (
            "T-1,USER,,,2026-11-17 09:00,,,,,Werk,",
            ["line 2, started_at: expected either start and end, or day and minutes, found started_at;"],
        ),
        (
            "T-1,USER,,,20261117,2026-11-17 09:00,,,,Werk,",
            ["line 2, started_at: expected start, such as 2026-11-20 09:00"],
        ),
        (
            "T-1,USER,,,,,2026-11-17,0,,Werk,misschien",
            ["line 2, minutes: expected", "line 2, billable: expected true or"],
        ),
        (
            "T-1,USER,,,2026-10-25 02:30,2026-10-25 04:00,,,,Werk,",
            ["its zone with it, such as 2026-10-25T02:30:00+01:00, as Europe/Amsterdam moves the clock then"],
        ),
        ("T-1,USER,,,2026-03-29 02:30,2026-03-29 04:00,,,,Werk,", ["as Europe/Amsterdam moves the clock then"]),
    ],
)
def test_a_bad_row_is_named_with_line_field_found_and_expected(desk: HourBench, row: str, sentences: list[str]) -> None:
    taken = _taken(desk, row, "T-9,USER,,,,,2026-11-17,90,,Werk,")
    assert [request.draft_id for _, request in taken.requests] == ["hours:T-9"]
    assert len(taken.bad) == len(sentences)
    for bad, sentence in zip(taken.bad, sentences, strict=True):
        assert sentence in bad.sentence


def test_an_id_that_comes_twice_is_named(desk: HourBench) -> None:
    taken = _taken(desk, *["T-1,USER,,,,,2026-11-17,90,,Werk,"] * 2)
    assert len(taken.requests) == 1
    assert [bad.sentence for bad in taken.bad] == [
        "hours.csv line 3, tool_id: expected one row per id, found 'T-1' again, as on hours.csv line 2; "
        "correct it and submit again."
    ]
