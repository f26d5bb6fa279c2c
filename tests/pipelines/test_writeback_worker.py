"""The worker against Moneybird's stand-in: nothing twice, nothing blind, whatever breaks and wherever it is killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import CommandRefusedError, ConfigurationError
from pipelines.moneybird.client import Client
from pipelines.operations import Command, State, audit, commands
from pipelines.sandbox.faults.requests import Fault as Plan
from pipelines.writeback import cancel, retry, submit
from pipelines.writeback.courier import (
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    LOOK_AGAIN_SECONDS,
    MAXIMUM_ATTEMPTS,
)
from pipelines.writeback.kinds import Remote, documents
from pipelines.writeback.kinds.draft_invoice import DraftInvoiceKind
from pipelines.writeback.worker import AT_A_TIME, Worker
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
    dearer,
    instead,
    office,
    opened,
    straight,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with opened(Bench, tmp_path, Moneybird()) as made:
        yield made


# The straight road


def test_a_draft_is_looked_up_created_and_verified_in_two_requests(bench: Bench) -> None:
    command = bench.press()
    assert bench.worker().pass_once() == {State.VERIFIED: 1}
    after = bench.now(command)
    assert bench.wire.seen == ["look up", "POST"]
    assert (after.state, after.attempts, after.last_error) == (State.VERIFIED, 1, None)
    assert after.remote_at is not None
    assert abs(after.remote_at.timestamp() - bench.moneybird.world.clock.seconds()) < 300  # by its clock, not by ours
    assert after.remote_totals is not None
    assert after.remote_totals["state"] == "draft"
    assert Decimal(after.remote_totals["total_incl_amount"]) == Decimal("121.00")
    assert list(map(Decimal, after.remote_totals["tax_amounts"].values())) == [Decimal("21.00")]
    assert bench.history(command) == [State.AWAITING_APPROVAL, State.QUEUED, State.SENDING, State.VERIFIED]


def test_pressing_twice_makes_one_command_and_one_invoice(bench: Bench) -> None:
    first, second = bench.press(), bench.press()
    bench.worker().pass_once()
    third = bench.press()
    bench.worker().pass_once()
    assert first.id == second.id == third.id
    assert bench.made_for(first) == 1


def test_the_same_content_from_another_form_is_another_invoice(bench: Bench) -> None:
    first, second = bench.press(bench.draft("form-1")), bench.press(bench.draft("form-2"))
    assert bench.worker().pass_once() == {State.VERIFIED: 2}
    assert (bench.made_for(first), bench.made_for(second)) == (1, 1)


@pytest.mark.parametrize("reference", ["PO 30052", "Order.2026.17", "50 pct & méér", "a+b=c; d:e|f,g"])
def test_every_reference_that_may_be_typed_is_found_again(bench: Bench, reference: str) -> None:
    command = bench.press(bench.draft(customer_reference=reference))
    bench.wire.posts = [acted_then(httpx.ReadTimeout("no answer"))]
    bench.worker().pass_once()
    bench.worker().pass_once()
    assert bench.now(command).state is State.VERIFIED
    assert bench.made_for(command) == 1


def test_what_waits_for_approval_is_not_sent_until_a_person_approves(bench: Bench) -> None:
    command = bench.press(approve=False)
    assert bench.worker().pass_once() == {}
    assert bench.wire.seen == []
    bench.approve(command, who="bert")
    bench.worker().pass_once()
    after = bench.now(command)
    assert (after.state, after.created_by, after.approved_by) == (State.VERIFIED, "anna", "bert")


def test_what_was_cancelled_is_never_sent(bench: Bench) -> None:
    command = bench.press()
    cancel(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    assert bench.worker().pass_once() == {}
    assert bench.made_for(command) == 0


# Unknown outcomes


LOST_ANSWERS = {
    "timeout": acted_then(httpx.ReadTimeout("no answer")),
    "connection broke": acted_then(httpx.RemoteProtocolError("server disconnected")),
    "502": acted_but_answered(502, b"<html>Bad gateway</html>"),
    "cut off": acted_but_answered(201, b'{"id": "49608'),
    "not an invoice": acted_but_answered(201, b"200"),
    "an error nobody foresaw": acted_then(RuntimeError("surprise")),
}


@pytest.mark.parametrize("fault", LOST_ANSWERS.values(), ids=LOST_ANSWERS)
def test_an_answer_that_was_lost_is_looked_up_and_found_not_sent_again(bench: Bench, fault: Fault) -> None:
    command = bench.press()
    bench.wire.posts = [fault]
    bench.worker().pass_once()
    assert bench.now(command).state is State.AMBIGUOUS
    assert "looks it up before anything else" in str(bench.now(command).last_error)
    assert "try again" not in str(bench.now(command).last_error)
    bench.worker().pass_once()
    assert bench.now(command).state is State.VERIFIED
    assert bench.wire.seen == ["look up", "POST", "look up"]
    assert bench.made_for(command) == 1


def test_the_sandboxs_own_timeout_is_looked_up_and_found(bench: Bench) -> None:
    command = bench.press()
    bench.moneybird.world.faults.add(Plan("timeout", match="sales_invoices", method="POST"))
    bench.worker().pass_once()
    assert bench.now(command).state is State.AMBIGUOUS
    bench.worker().pass_once()
    assert bench.now(command).state is State.VERIFIED
    assert bench.made_for(command) == 1


def test_a_request_that_was_lost_is_sent_again_only_after_it_can_no_longer_arrive(bench: Bench) -> None:
    command = bench.press()
    bench.wire.posts = [instead(httpx.ReadTimeout("no answer"))]
    worker = bench.worker()
    worker.pass_once()
    waited = 0.0
    while waited < SETTLE - LOOK_AGAIN_SECONDS:
        worker.pass_once()
        assert bench.now(command).state is State.AMBIGUOUS
        bench.clock.pass_by(LOOK_AGAIN_SECONDS)
        waited += LOOK_AGAIN_SECONDS
    assert bench.wire.seen.count("POST") == 1
    bench.clock.pass_by(LOOK_AGAIN_SECONDS)
    worker.pass_once()
    assert bench.now(command).state is State.VERIFIED
    assert bench.wire.seen.count("POST") == 2
    assert bench.made_for(command) == 1


def test_a_request_that_arrives_late_is_found_before_another_is_sent(bench: Bench) -> None:
    command = bench.press()
    held_up: list[httpx.Request] = []

    def hold(_inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        held_up.append(request)
        raise httpx.ReadTimeout("no answer")

    bench.wire.posts = [hold]
    bench.worker().pass_once()
    bench.worker().pass_once()  # looks: not there yet
    bench.wire.inner.handle_request(held_up[0])
    bench.clock.pass_by(SETTLE)
    bench.worker().pass_once()
    assert bench.now(command).state is State.VERIFIED
    assert bench.made_for(command) == 1


def test_pressing_retry_on_an_unknown_outcome_does_not_shorten_the_wait(bench: Bench) -> None:
    command = bench.press()
    bench.wire.posts = [instead(httpx.ReadTimeout("no answer"))]
    bench.worker().pass_once()
    retry(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    bench.worker().pass_once()
    assert bench.wire.seen.count("POST") == 1


def test_after_some_requests_without_an_answer_a_person_must_look(bench: Bench) -> None:
    command = bench.press()
    bench.wire.posts = [instead(httpx.ReadTimeout("no answer")) for _ in range(MAXIMUM_ATTEMPTS)]
    worker = bench.worker()
    for _ in range(MAXIMUM_ATTEMPTS + 1):
        worker.pass_once()
        bench.clock.pass_by(SETTLE)
    after = bench.now(command)
    assert (after.state, after.attempts) == (State.FAILED, MAXIMUM_ATTEMPTS)
    assert "was asked 5 times without an answer" in str(after.last_error)


def test_a_request_that_waited_for_quota_first_settles_from_when_it_left(bench: Bench) -> None:
    """Of two requests of one attempt the first is throttled for five minutes; the second may still arrive."""
    command = bench.press()
    held_up: list[httpx.Request] = []

    def hold(_inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        held_up.append(request)
        raise httpx.ReadTimeout("no answer")

    bench.wire.posts = [answered(429, b"Retry later"), hold]
    bench.worker().pass_once()
    bench.worker().pass_once()
    assert bench.wire.seen == ["look up", "POST", "POST", "look up"]
    bench.wire.inner.handle_request(held_up[0])
    bench.clock.pass_by(SETTLE)
    bench.worker().pass_once()
    assert (bench.now(command).state, bench.made_for(command)) == (State.VERIFIED, 1)


# Killed


@pytest.mark.parametrize("made_before", [True, False])
def test_a_worker_killed_during_the_request_leaves_a_command_that_is_looked_up(bench: Bench, made_before: bool) -> None:
    command = bench.press()
    bench.wire.posts = [acted_then(Killed()) if made_before else instead(Killed())]
    with pytest.raises(Killed):
        bench.worker().pass_once()
    assert bench.now(command).state is State.SENDING
    for _ in range(3):
        bench.worker().pass_once()
        bench.clock.pass_by(SETTLE)
    assert bench.now(command).state is State.VERIFIED
    assert bench.made_for(command) == 1
    assert bench.history(command)[2:4] == [State.SENDING, State.AMBIGUOUS]


def test_a_worker_killed_during_the_look_up_has_changed_nothing(bench: Bench) -> None:
    command = bench.press()
    bench.wire.gets = [instead(Killed())]
    with pytest.raises(Killed):
        bench.worker().pass_once()
    assert bench.now(command).state is State.QUEUED
    bench.worker().pass_once()
    assert bench.made_for(command) == 1


@pytest.mark.parametrize("after_commit", [False, True])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_killed_around_any_commit_there_is_one_invoice_in_the_end(bench: Bench, nth: int, after_commit: bool) -> None:
    """Two commands make four commits; a worker that restarts finds both, whichever of them it died at."""
    pressed = [bench.press(bench.draft("form-1")), bench.press(bench.draft("form-2"))]
    mortal = MortalStore(bench.store.engine, [nth], after_commit)
    with pytest.raises(Killed):
        replace(bench.worker(), store=mortal).pass_once()
    for _ in range(3):
        bench.worker().pass_once()
        bench.clock.pass_by(SETTLE)
    assert [bench.now(command).state for command in pressed] == [State.VERIFIED, State.VERIFIED]
    assert [bench.made_for(command) for command in pressed] == [1, 1]


def test_while_one_worker_writes_another_leaves_the_administration_alone(bench: Bench) -> None:
    command = bench.press()

    def meanwhile(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        assert bench.worker().pass_once() == {}
        assert bench.now(command).state is State.SENDING
        return inner.handle_request(request)

    bench.wire.posts = [meanwhile]
    bench.worker().pass_once()
    assert bench.now(command).state is State.VERIFIED
    assert bench.made_for(command) == 1


def test_no_transaction_is_open_during_a_request(bench: Bench) -> None:
    bench.press()

    def write_meanwhile(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        with bench.store.write() as connection:
            audit.record(connection, at=bench.clock(), who="anna", what="wrote during the request")
        return inner.handle_request(request)

    bench.wire.gets, bench.wire.posts = [write_meanwhile], [write_meanwhile]
    assert bench.worker().pass_once() == {State.VERIFIED: 1}


def test_a_worker_that_is_told_to_stop_finishes_the_command_at_hand(bench: Bench) -> None:
    first, second = bench.press(bench.draft("form-1")), bench.press(bench.draft("form-2"))
    told: list[bool] = []

    def tell(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        told.append(True)
        return inner.handle_request(request)

    bench.wire.posts = [tell]
    moved = bench.worker(stop=lambda: bool(told)).run(sleep=bench.clock.pass_by, interval=1)
    assert moved == {State.VERIFIED: 1}
    assert (bench.now(first).state, bench.now(second).state) == (State.VERIFIED, State.QUEUED)


# A person is faster than the worker


def test_what_is_cancelled_while_it_is_looked_up_is_not_sent(bench: Bench) -> None:
    command, other = bench.press(bench.draft("form-1")), bench.press(bench.draft("form-2"))

    def cancelled(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        cancel(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
        return inner.handle_request(request)

    bench.wire.gets = [cancelled]
    assert bench.worker().pass_once() == {State.VERIFIED: 1}
    assert (bench.now(command).state, bench.made_for(command), bench.made_for(other)) == (State.CANCELLED, 0, 1)


@pytest.mark.parametrize("approved", [False, True])
def test_what_is_corrected_while_it_is_looked_up_is_not_sent_as_it_was(bench: Bench, approved: bool) -> None:
    """Also when the correction is approved at once: the worker read the old content."""
    command = bench.press()

    def corrected(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        bench.press(bench.draft(price="250"), approve=approved)
        return inner.handle_request(request)

    bench.wire.gets = [corrected]
    assert bench.worker().pass_once() == {}
    assert bench.wire.seen == ["look up"]
    bench.worker().pass_once()
    after = bench.now(command)
    if approved:
        assert after.remote_totals is not None
        assert Decimal(after.remote_totals["total_excl_amount"]) == Decimal(250)
    else:
        assert (after.state, bench.made_for(command)) == (State.AWAITING_APPROVAL, 0)


# One does not keep the others waiting


def test_every_administration_has_its_turn_before_one_of_them_is_done(bench: Bench) -> None:
    other = next(each for each in bench.moneybird.world.administrations.values() if each is not bench.moneybird.books)
    for number in range(2 * AT_A_TIME):
        bench.press(bench.draft(f"form-{number}"))
    alone = bench.press(bench.draft("alone", administration_id=str(other.id)))
    worker = bench.worker()
    worker.pass_once()
    assert bench.now(alone).state is State.REJECTED  # the contact is the other company's; what counts is its turn
    assert worker.pass_once() == {State.VERIFIED: AT_A_TIME}


SPOILED_LOOK_UPS = {
    "a scope is missing": answered(401, b'{"error":"No access to sales_invoices"}'),
    "an error of theirs": answered(500),
    "an error of ours": instead(RuntimeError("surprise")),
}


@pytest.mark.parametrize("fault", SPOILED_LOOK_UPS.values(), ids=SPOILED_LOOK_UPS)
def test_what_cannot_be_looked_up_never_keeps_the_others_waiting(bench: Bench, fault: Fault) -> None:
    first, second = bench.press(bench.draft("form-1")), bench.press(bench.draft("form-2"))

    def spoiled(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        return (fault if first.business_key in request.url.path else straight)(inner, request)

    bench.wire.gets = [spoiled] * 50
    worker = bench.worker()
    for _ in range(3):
        worker.pass_once()
        bench.clock.pass_by(FIRST_PAUSE_SECONDS)
    assert bench.now(second).state is State.VERIFIED
    assert bench.now(first).state is State.QUEUED
    assert bench.now(first).last_error


def test_what_surprises_the_worker_each_time_is_given_up_and_said(bench: Bench) -> None:
    command = bench.press()
    worker = bench.worker()
    for _ in range(MAXIMUM_ATTEMPTS):
        bench.wire.gets = [instead(RuntimeError("surprise"))]
        worker.pass_once()
        bench.clock.pass_by(LONGEST_PAUSE_SECONDS)
    after = bench.now(command)
    assert after.state is State.FAILED
    assert after.last_error == (
        "Unexpected RuntimeError; the worker's log has more. That was attempt 5; look there, then retry."
    )


# No, not now, not here


def test_moneybirds_no_is_kept_in_its_own_words_and_the_next_command_goes_on(bench: Bench) -> None:
    bad_line = {**bench.draft().lines[0].model_dump(), "tax_rate_id": "99"}  # deleted since the last snapshot
    refused = bench.press(bench.draft("form-1", lines=[bad_line]))
    other = bench.press(bench.draft("form-2"))
    assert bench.worker().pass_once() == {State.REJECTED: 1, State.VERIFIED: 1}
    after = bench.now(refused)
    assert after.state is State.REJECTED
    assert "details.tax_rate_id is not found" in str(after.last_error)
    assert bench.worker().pass_once() == {}
    assert bench.now(other).state is State.VERIFIED


def test_a_rejected_command_can_be_put_back_and_is_looked_up_first(bench: Bench) -> None:
    command = bench.press()
    bench.wire.posts = [answered(402, b'{"error":"creating sales invoices is limited"}')]
    bench.worker().pass_once()
    assert "creating sales invoices is limited" in str(bench.now(command).last_error)
    retry(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    bench.worker().pass_once()
    assert bench.wire.seen == ["look up", "POST", "look up", "POST"]
    assert bench.made_for(command) == 1


def test_an_administration_that_may_not_be_written_to_is_refused_by_the_worker_itself(bench: Bench) -> None:
    command = bench.press()  # the form was allowed; the setting changed since, or the form was not ours
    assert bench.worker(may_write=False).pass_once() == {State.FAILED: 1}
    assert bench.wire.seen == []
    assert "may not be written to" in str(bench.now(command).last_error)


def test_what_is_refused_after_a_request_without_an_answer_says_so(bench: Bench) -> None:
    command = bench.press()
    bench.wire.posts = [acted_then(httpx.ReadTimeout("no answer"))]
    bench.worker().pass_once()
    bench.worker(may_write=False).pass_once()
    assert bench.now(command).state is State.FAILED
    assert "An earlier request of it had no answer; look in Moneybird" in str(bench.now(command).last_error)


def test_a_kind_that_this_version_does_not_know_is_refused_and_keeps_nobody_waiting(bench: Bench) -> None:
    command = bench.press()
    assert bench.worker(kinds={}).pass_once() == {State.FAILED: 1}
    assert "cannot send a draft invoice; update it, then retry" in str(bench.now(command).last_error)
    retry(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    assert bench.worker().pass_once() == {State.VERIFIED: 1}


def test_an_administration_that_may_not_be_written_to_never_reaches_the_outbox(bench: Bench) -> None:
    with pytest.raises(CommandRefusedError, match="may not be written to"):
        submit(
            bench.store, bench.draft(), office(bench.moneybird, bench.clock(), may_write=lambda _: False), who="anna"
        )
    with bench.store.read() as connection:
        assert commands.recent(connection, limit=10) == []


def test_a_request_that_never_left_is_queued_again_and_not_counted(bench: Bench) -> None:
    command = bench.press()
    bench.wire.posts = [instead(httpx.ConnectError("refused"))]
    worker = bench.worker()
    worker.pass_once()
    after = bench.now(command)
    assert (after.state, after.attempts, after.sent_at) == (State.QUEUED, 0, None)
    assert "cannot be reached" in str(after.last_error)
    bench.clock.pass_by(FIRST_PAUSE_SECONDS)
    worker.pass_once()
    assert bench.now(command).state is State.VERIFIED


@pytest.mark.parametrize(("times", "state", "posts"), [(1, State.VERIFIED, 2), (3, State.QUEUED, 3)])
def test_a_throttled_request_was_not_acted_upon(bench: Bench, times: int, state: State, posts: int) -> None:
    command = bench.press()
    bench.moneybird.world.faults.add(Plan("throttle", match="sales_invoices", method="POST", times=times))
    bench.worker().pass_once()
    after = bench.now(command)
    assert (after.state, bench.wire.seen.count("POST")) == (state, posts)
    assert (after.sent_at is None) == (state is State.QUEUED)
    bench.clock.pass_by(FIRST_PAUSE_SECONDS)
    bench.worker().pass_once()
    assert bench.now(command).state is State.VERIFIED
    assert bench.made_for(command) == 1


def test_a_look_up_that_fails_creates_nothing_and_pauses_that_administration(bench: Bench) -> None:
    command, other = bench.press(bench.draft("form-1")), bench.press(bench.draft("form-2"))
    bench.wire.gets = [answered(503)] * 4  # as often as the client asks
    worker = bench.worker()
    worker.pass_once()
    assert worker.pass_once() == {}
    assert bench.wire.seen == ["look up"] * 4
    assert (bench.now(command).state, bench.now(other).state) == (State.QUEUED, State.QUEUED)
    assert "503" in str(bench.now(command).last_error)
    bench.clock.pass_by(FIRST_PAUSE_SECONDS)
    assert worker.pass_once() == {State.VERIFIED: 2}


def test_a_404_that_does_not_speak_of_the_reference_proves_nothing(bench: Bench) -> None:
    """A path that a proxy or router does not know answers 404 too; taken for absence, it would double an invoice."""
    command = bench.press()
    bench.wire.gets = [answered(404, b"<html>The page you were looking for doesn't exist</html>")]
    bench.worker().pass_once()
    assert bench.wire.seen == ["look up"]
    assert bench.now(command).state is State.QUEUED
    assert "nothing is created" in str(bench.now(command).last_error)


LOOK_UPS_REFUSED = {
    "refused": (answered(400, b'{"error":"no"}'), "400"),
    "no scope": (
        answered(401, b'{"error":"No access to documents"}'),
        "A draft invoice needs the scope `sales_invoices`.",
    ),
}


@pytest.mark.parametrize(("fault", "said"), LOOK_UPS_REFUSED.values(), ids=LOOK_UPS_REFUSED)
@pytest.mark.parametrize("is_sent", [False, True])
def test_a_look_up_that_is_refused_for_ever_ends_with_a_person(
    bench: Bench, fault: Fault, said: str, is_sent: bool
) -> None:
    command = bench.press()
    if is_sent:
        bench.wire.posts = [instead(httpx.ReadTimeout("no answer"))]
        bench.worker().pass_once()
        assert bench.now(command).state is State.AMBIGUOUS
    bench.wire.gets = [fault] * 20
    for _ in range(MAXIMUM_ATTEMPTS):
        bench.worker().pass_once()
        bench.clock.pass_by(LONGEST_PAUSE_SECONDS)
    after = bench.now(command)
    assert (after.state, after.attempts, after.sent_at is not None) == (State.FAILED, MAXIMUM_ATTEMPTS, is_sent)
    assert said in str(after.last_error)
    assert f"That was attempt {MAXIMUM_ATTEMPTS}; look there, then retry." in str(after.last_error)

    bench.wire.gets = []
    retry(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    bench.worker().pass_once()
    assert (bench.now(command).state, bench.made_for(command)) == (State.VERIFIED, 1)


def test_what_the_look_up_was_refused_for_may_be_cancelled(bench: Bench) -> None:
    command = bench.press()
    bench.wire.posts, bench.wire.gets = [instead(httpx.ReadTimeout("no answer"))], [straight, *[answered(400)] * 20]
    for _ in range(MAXIMUM_ATTEMPTS + 1):
        bench.worker().pass_once()
        bench.clock.pass_by(LONGEST_PAUSE_SECONDS)
    assert cancel(bench.store, command.id, ANYBODY, who="anna", at=bench.clock()).state is State.CANCELLED


@pytest.mark.parametrize("where", ["posts", "gets"])
def test_a_surprise_is_one_line_and_its_trace_is_for_debugging(
    bench: Bench, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    caplog.set_level("DEBUG")
    bench.press()
    setattr(bench.wire, where, [instead(RuntimeError("of Jansen, NL91ABNA0417164300"))])
    bench.worker().pass_once()
    told = [record for record in caplog.records if record.getMessage().startswith("worker.unexpected")]
    assert [(record.levelname, record.exc_info is None) for record in told] == [("ERROR", True), ("DEBUG", False)]
    assert told[0].getMessage() == "worker.unexpected command=1 cause=RuntimeError"


@pytest.mark.usefixtures("clean_environment")
@pytest.mark.parametrize(
    ("api_url", "settle", "is_refused"),
    [
        ("https://moneybird.com/api/v2", "0", True),
        ("https://moneybird.com/api/v2", "89", True),
        ("https://moneybird.com/api/v2", "90", False),
        ("http://127.0.0.1:9/api/v2", "0", False),
    ],
)
def test_the_wait_after_a_lost_answer_is_shortened_for_a_sandbox_only(
    monkeypatch: pytest.MonkeyPatch, api_url: str, settle: str, is_refused: bool
) -> None:
    monkeypatch.setenv("SOURCES__MONEYBIRD__API_URL", api_url)
    monkeypatch.setenv("SOURCES__MONEYBIRD__TOKENS__OURS", "made-up-token")
    arguments = ["worker", "--once", "--settle", settle]
    if not is_refused:
        assert CliRunner().invoke(app, arguments).exit_code == 0
        return
    found = CliRunner().invoke(app, arguments).exception
    assert isinstance(found, ConfigurationError)
    assert str(found) == (
        f"--settle {settle} is shorter than the 90 seconds in which a request without an answer may still be acted "
        "upon, so it could be sent twice; leave it out, or make it longer."
    )
    assert found.exit_code == 2


def test_no_token_for_an_administration_is_said_on_the_command(bench: Bench) -> None:
    command = bench.press()

    def none(administration_id: str) -> Client:
        raise ConfigurationError(f"No token reaches administration {administration_id}.")

    assert bench.worker(client_for=none).pass_once() == {}
    assert bench.now(command).last_error == f"No token reaches administration {command.administration_id}."


# Verification


def test_what_differs_from_the_preview_is_flagged_and_taken_back_where_nobody_touched_it(bench: Bench) -> None:
    command = bench.press()
    bench.wire.posts = [dearer]
    assert bench.worker().pass_once() == {State.FAILED: 1}
    after = bench.now(command)
    assert "is not what was approved: total without VAT: expected 100.00, found 100.02" in str(after.last_error)
    assert "so it was deleted again" in str(after.last_error)
    assert (after.remote_id, bench.made_for(command)) == (None, 0)
    retry(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    bench.worker().pass_once()
    assert (bench.now(command).state, bench.made_for(command)) == (State.VERIFIED, 1)


def test_what_differs_and_was_touched_by_a_person_is_flagged_and_left(bench: Bench) -> None:
    command = bench.press()
    bench.wire.posts = [dearer]

    def touched_first(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        reference = command.payload["body"]["sales_invoice"]["reference"]
        made = next(each for each in bench.moneybird.books.invoices.values() if each.reference == reference)
        made.updated += 60_000  # milliseconds
        return inner.handle_request(request)

    bench.wire.gets = [lambda inner, request: inner.handle_request(request), touched_first]
    assert bench.worker().pass_once() == {State.FAILED: 1}
    after = bench.now(command)
    assert "Nothing was deleted; look at it there." in str(after.last_error)
    assert after.remote_id
    assert bench.made_for(command) == 1


def test_what_was_deleted_again_may_be_corrected_under_its_own_id(bench: Bench) -> None:
    command = bench.press()
    bench.wire.posts = [dearer]
    bench.worker().pass_once()
    corrected = bench.press(bench.draft(price="250"))
    bench.worker().pass_once()
    assert corrected.id == command.id
    assert (bench.now(command).state, bench.made_for(corrected)) == (State.VERIFIED, 1)


TAKING_BACK = {
    "killed before": (instead(Killed()), "Look at it there.", 1),
    "killed after": (acted_then(Killed()), "Look at it there.", 0),
    "no answer": (acted_then(httpx.ReadTimeout("no answer")), "Deleting it again had no certain end", 0),
    "refused": (answered(400, b'{"error":"no"}'), "Deleting it again had no certain end", 1),
}


@pytest.mark.parametrize(("fault", "said", "left"), TAKING_BACK.values(), ids=TAKING_BACK)
def test_whatever_happens_while_it_is_deleted_it_stays_flagged(
    bench: Bench, fault: Fault, said: str, left: int
) -> None:
    command = bench.press()
    bench.wire.posts, bench.wire.gets = [dearer], [straight, straight, fault]  # look-up, reading again, deleting
    with suppress(Killed):
        bench.worker().pass_once()
    assert bench.worker().pass_once() == {}
    after = bench.now(command)
    assert (after.state, bench.made_for(command)) == (State.FAILED, left)
    assert said in str(after.last_error)
    assert after.remote_id
    retry(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    bench.clock.pass_by(SETTLE)
    bench.worker().pass_once()
    if left:  # found again, still another than what was approved, and now deleted
        assert "so it was deleted again" in str(bench.now(command).last_error)
    else:
        assert (bench.now(command).state, bench.made_for(command)) == (State.VERIFIED, 1)


# In two requests


class TwoRequests(DraftInvoiceKind):
    """A draft whose text before the lines is set by a second request, as some documents can only be made."""

    def finish(self, client: Any, command: Command, remote: Remote) -> Remote:
        body = {"sales_invoice": {"payment_conditions": "Betaling binnen 14 dagen"}}
        answer = client.patch(command.administration_id, f"sales_invoices/{remote.id}", body)
        return documents.read(answer.json(), command.administration_id, "a sales invoice")


@pytest.fixture
def finisher(bench: Bench) -> Callable[[], Worker]:
    return lambda: bench.worker(kinds={"draft_invoice": TwoRequests()})


UNFINISHED = {
    "killed before": instead(Killed()),
    "killed after": acted_then(Killed()),
    "no answer": acted_then(httpx.ReadTimeout("no answer")),
    "an error of theirs": answered(502),
    "throttled": answered(429),
}


@pytest.mark.parametrize("fault", UNFINISHED.values(), ids=UNFINISHED)
@pytest.mark.parametrize("found", [False, True])
def test_what_was_made_and_not_finished_is_found_and_finished(
    bench: Bench, finisher: Callable[[], Worker], fault: Fault, found: bool
) -> None:
    command = bench.press()
    if found:  # made already, and put back in the queue by a person
        bench.wire.posts = [acted_but_answered(400, b'{"error":"a proxy\'s own"}')]
        finisher().pass_once()
        retry(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    bench.wire.gets = [straight, *[fault] * (3 if fault is UNFINISHED["throttled"] else 1)]
    with suppress(Killed):
        finisher().pass_once()
    assert bench.now(command).state is not State.VERIFIED
    for _ in range(3):
        bench.clock.pass_by(LONGEST_PAUSE_SECONDS)
        finisher().pass_once()
    assert (bench.now(command).state, bench.made_for(command)) == (State.VERIFIED, 1)
    made = next(
        each for each in bench.moneybird.books.invoices.values() if str(each.id) == bench.now(command).remote_id
    )
    assert made.payment_conditions == "Betaling binnen 14 dagen"
    assert bench.wire.seen.count("POST") == 1


def test_what_can_never_be_finished_is_given_up_and_said(bench: Bench, finisher: Callable[[], Worker]) -> None:
    command = bench.press()
    for _ in range(MAXIMUM_ATTEMPTS + 2):
        bench.wire.gets = [straight, answered(502)]
        finisher().pass_once()
        bench.clock.pass_by(LONGEST_PAUSE_SECONDS)
    after = bench.now(command)
    assert after.state is State.FAILED
    assert f"Moneybird holds {after.remote_id}, which could not be finished" in str(after.last_error)
    assert bench.wire.seen.count("PATCH") == MAXIMUM_ATTEMPTS
    assert bench.made_for(command) == 1


def test_what_moneybird_refuses_to_finish_is_a_persons_at_once(bench: Bench, finisher: Callable[[], Worker]) -> None:
    command = bench.press()
    bench.wire.gets = [straight, answered(422, b'{"error":"payment_conditions is too long"}')]
    assert finisher().pass_once() == {State.FAILED: 1}
    after = bench.now(command)
    assert "payment_conditions is too long" in str(after.last_error)
    assert (bool(after.remote_id), bench.made_for(command)) == (True, 1)


def test_what_somebody_deleted_before_it_was_finished_is_not_made_again_unasked(
    bench: Bench, finisher: Callable[[], Worker]
) -> None:
    command = bench.press()
    bench.wire.gets = [straight, answered(502)]
    finisher().pass_once()
    bench.client("").delete(command.administration_id, f"sales_invoices/{bench.now(command).remote_id}")
    bench.clock.pass_by(LONGEST_PAUSE_SECONDS)
    assert finisher().pass_once() == {State.FAILED: 1}
    assert "somebody deleted it since; retry makes it anew" in str(bench.now(command).last_error)
    retry(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    finisher().pass_once()
    assert (bench.now(command).state, bench.made_for(command)) == (State.VERIFIED, 1)


# Many


@pytest.mark.slow
def test_two_hundred_drafts_three_workers_and_a_bad_line_make_each_draft_once(bench: Bench) -> None:
    """Of the creating requests 5 % are lost, 5 % lose their answer, 5 % end in 502 and 2 % kill their worker."""
    random = Random(20261120)
    pressed = [bench.press(bench.draft(f"form-{number}", price=f"{number}.35")) for number in range(200)]
    bad = [
        instead(httpx.ReadTimeout("lost")), acted_then(httpx.ReadTimeout("no answer")),
        acted_but_answered(502, b"<html>"), acted_then(Killed()),
    ]  # fmt: skip
    straight: Fault = lambda inner, request: inner.handle_request(request)  # noqa: E731
    bench.wire.posts = random.choices([*bad, straight], [5, 5, 5, 2, 83], k=400)
    workers = [bench.worker(name=f"worker {number}") for number in range(3)]
    for turn in range(60):
        with suppress(Killed):
            workers[turn % 3].pass_once()
        bench.clock.pass_by(SETTLE / 4)
    assert {bench.now(command).state for command in pressed} == {State.VERIFIED}
    assert {bench.made_for(command) for command in pressed} == {1}
    totals = sum(Decimal(bench.now(command).remote_totals["total_incl_amount"]) for command in pressed)
    assert totals == sum(Decimal(command.preview["total_incl_amount"]) for command in pressed)
    assert len(bench.wire.seen) < 3 * len(pressed)  # the floor is two: look up and create


# Audit


def test_the_audit_log_tells_the_whole_story_and_no_secret(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    command = bench.press(approve=False)
    bench.approve(command, who="bert")
    bench.wire.posts = [acted_then(httpx.ReadTimeout("no answer"))]
    bench.worker(name="worker 7").pass_once()
    bench.worker(name="worker 8").pass_once()
    with bench.store.read() as connection:
        story = [(e.who, e.what, e.before_state, e.after_state) for e in audit.of_command(connection, command.id)]
    assert story == [
        ("anna", "created", None, State.AWAITING_APPROVAL),
        ("bert", "approved as reviewed", State.AWAITING_APPROVAL, State.QUEUED),
        ("worker 7", "sending", State.QUEUED, State.SENDING),
        ("worker 7", "outcome unknown", State.SENDING, State.AMBIGUOUS),
        ("worker 8", "found and verified", State.AMBIGUOUS, State.VERIFIED),
    ]
    token = bench.moneybird.token
    assert token not in caplog.text
    assert token.encode() not in Path(str(bench.store.engine.url.database)).read_bytes()
