"""The worker against Moneybird's stand-in: nothing twice, nothing blind, whatever breaks and wherever it is killed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from random import Random

import httpx
import pytest
import sqlalchemy as sa

from pipelines.errors import CommandRefusedError, ConfigurationError
from pipelines.moneybird.client import Client
from pipelines.operations import State, Store, audit, commands, open_store
from pipelines.sandbox.faults.requests import Fault as Plan
from pipelines.writeback import approve, cancel, enqueue, retry
from pipelines.writeback.worker import FIRST_PAUSE_SECONDS, LOOK_AGAIN_SECONDS, MAXIMUM_ATTEMPTS
from tests.pipelines.writeback_bench import (
    SETTLE,
    Bench,
    Clock,
    Fault,
    Killed,
    Moneybird,
    Wire,
    acted_but_answered,
    acted_then,
    answered,
    instead,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    store = open_store(f"sqlite:///{tmp_path / 'operations.sqlite'}")
    moneybird = Moneybird()
    made = Bench(moneybird, Wire(moneybird.transport), store, Clock())
    yield made
    for client in made.clients:
        client.close()
    moneybird.transport.close()
    store.close()


# The straight road


def test_a_draft_is_looked_up_created_and_verified_in_two_requests(bench: Bench) -> None:
    command = bench.press()
    assert bench.worker().pass_once() == {State.VERIFIED: 1}
    after = bench.now(command)
    assert bench.wire.seen == ["look up", "POST"]
    assert (after.state, after.attempts, after.last_error) == (State.VERIFIED, 1, None)
    assert after.remote_totals == {
        "total_excl_amount": after.remote_totals["total_excl_amount"],
        "total_incl_amount": after.remote_totals["total_incl_amount"],
        "tax_amounts": after.remote_totals["tax_amounts"],
    }
    assert Decimal(after.remote_totals["total_incl_amount"]) == Decimal("121.00")
    assert bench.history(command) == [State.QUEUED, State.SENDING, State.VERIFIED]


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
    approve(bench.store, command.id, may_write=lambda _: True, who="bert", at=bench.clock())
    bench.worker().pass_once()
    after = bench.now(command)
    assert (after.state, after.created_by, after.approved_by) == (State.VERIFIED, "anna", "bert")


def test_what_was_cancelled_is_never_sent(bench: Bench) -> None:
    command = bench.press()
    cancel(bench.store, command.id, who="anna", at=bench.clock())
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
    retry(bench.store, command.id, who="anna", at=bench.clock())
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


# Killed


@pytest.mark.parametrize("made_before", [True, False])
def test_a_worker_killed_during_the_request_leaves_a_command_that_is_looked_up(bench: Bench, made_before: bool) -> None:
    command = bench.press()
    bench.wire.posts = [acted_then(Killed()) if made_before else instead(Killed())]
    with pytest.raises(Killed):
        bench.worker().pass_once()
    assert bench.now(command).state is State.SENDING
    bench.clock.pass_by(SETTLE)
    bench.worker().pass_once()
    assert bench.now(command).state is State.VERIFIED
    assert bench.made_for(command) == 1
    assert bench.history(command)[1:3] == [State.SENDING, State.AMBIGUOUS]


def test_a_worker_killed_during_the_look_up_has_changed_nothing(bench: Bench) -> None:
    command = bench.press()
    bench.wire.gets = [instead(Killed())]
    with pytest.raises(Killed):
        bench.worker().pass_once()
    assert bench.now(command).state is State.QUEUED
    bench.worker().pass_once()
    assert bench.made_for(command) == 1


@dataclass(frozen=True)
class MortalStore(Store):
    """A store in whose n-th writing transaction the process is killed, just before or just after the commit."""

    fuse: list[int] = field(default_factory=list)
    after_commit: bool = False

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        self.fuse[0] -= 1
        dies = self.fuse[0] == 0
        with super().write() as connection:
            yield connection
            if dies and not self.after_commit:
                raise Killed
        if dies:
            raise Killed


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
    retry(bench.store, command.id, who="anna", at=bench.clock())
    bench.worker().pass_once()
    assert bench.wire.seen == ["look up", "POST", "look up", "POST"]
    assert bench.made_for(command) == 1


def test_an_administration_that_may_not_be_written_to_is_refused_by_the_worker_itself(bench: Bench) -> None:
    command = bench.press()  # the form was allowed; the setting changed since, or the form was not ours
    assert bench.worker(may_write=False).pass_once() == {State.FAILED: 1}
    assert bench.wire.seen == []
    assert "may not be written to" in str(bench.now(command).last_error)


def test_an_administration_that_may_not_be_written_to_never_reaches_the_outbox(bench: Bench) -> None:
    with pytest.raises(CommandRefusedError, match="may not be written to"):
        enqueue(
            bench.store, bench.draft(), bench.moneybird, may_write=lambda _: False, who="anna", at=bench.clock(),
            approve=True,
        )  # fmt: skip
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


def test_no_token_for_an_administration_is_said_on_the_command(bench: Bench) -> None:
    command = bench.press()

    def none(administration_id: str) -> Client:
        raise ConfigurationError(f"No token reaches administration {administration_id}.")

    assert bench.worker(client_for=none).pass_once() == {}
    assert bench.now(command).last_error == f"No token reaches administration {command.administration_id}."


# Verification


def test_what_differs_from_the_preview_is_flagged_and_nothing_is_deleted(bench: Bench) -> None:
    command = bench.press()

    def dearer(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        body["sales_invoice"]["details_attributes"][0]["price"] = "100.02"
        headers = {key: value for key, value in request.headers.items() if key != "content-length"}
        return inner.handle_request(httpx.Request("POST", request.url, json=body, headers=headers))

    bench.wire.posts = [dearer]
    assert bench.worker().pass_once() == {State.FAILED: 1}
    after = bench.now(command)
    assert "is not what was approved: total without VAT: expected 100.00, found 100.02" in str(after.last_error)
    assert after.remote_id
    assert bench.made_for(command) == 1
    retry(bench.store, command.id, who="anna", at=bench.clock())
    bench.worker().pass_once()  # found by its key, compared again, not doubled
    assert bench.now(command).state is State.FAILED
    assert bench.made_for(command) == 1


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
    approve(bench.store, command.id, may_write=lambda _: True, who="bert", at=bench.clock())
    bench.wire.posts = [acted_then(httpx.ReadTimeout("no answer"))]
    bench.worker(name="worker 7").pass_once()
    bench.worker(name="worker 8").pass_once()
    with bench.store.read() as connection:
        story = [(e.who, e.what, e.before_state, e.after_state) for e in audit.of_command(connection, command.id)]
    assert story == [
        ("anna", "created", None, State.AWAITING_APPROVAL),
        ("bert", "approved", State.AWAITING_APPROVAL, State.QUEUED),
        ("worker 7", "sending", State.QUEUED, State.SENDING),
        ("worker 7", "outcome unknown", State.SENDING, State.AMBIGUOUS),
        ("worker 8", "found by its key and verified", State.AMBIGUOUS, State.VERIFIED),
    ]
    token = bench.moneybird.token
    assert token not in caplog.text
    assert token.encode() not in Path(str(bench.store.engine.url.database)).read_bytes()
