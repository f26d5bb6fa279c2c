"""Whatever happens, in whatever order: every approved command is one document, and no other document is made.

Hypothesis plays the people (ask, correct, approve, cancel, retry, edit and delete at Moneybird), the workers and the
misfortunes (killed around a request or a commit, answers that are lost before or after Moneybird acted, requests that
arrive late, throttles, refusals), against the sandbox and a real SQLite outbox, and shrinks what breaks a rule.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pipelines.errors import CommandRefusedError
from pipelines.operations import Command, State, Store, audit, commands, open_store
from pipelines.operations.states import UNSENT
from pipelines.sandbox.model import Invoice
from pipelines.writeback import DraftInvoice, approve, cancel, retry, submit
from pipelines.writeback.courier import LOOK_AGAIN_SECONDS, MAXIMUM_ATTEMPTS
from pipelines.writeback.worker import Worker
from tests.pipelines.writeback_bench import (
    ANYBODY,
    SETTLE,
    Bench,
    Clock,
    Fault,
    Killed,
    Moneybird,
    MortalStore,
    Wire,
    acted_but_answered,
    acted_then,
    answered,
    dearer,
    instead,
    office,
    straight,
)

ORDERS = st.integers(0, 2)
WORKERS = st.integers(0, 2)
PRICES = st.sampled_from(["100", "250.5"])
REFERENCES = st.sampled_from(["", "PO 30052"])
SECONDS = st.sampled_from([1.0, LOOK_AGAIN_SECONDS, SETTLE - 1, SETTLE + 1, 5 * SETTLE])
PENDING = (State.QUEUED, State.SENDING, State.AMBIGUOUS)


def _without_waiting_for_the_disk(connection: Any, _record: object) -> None:
    """Processes die here, the machine does not."""
    connection.execute("PRAGMA synchronous=OFF")


LOST: dict[str, Fault] = {
    "straight": straight,
    "timeout, made": acted_then(httpx.ReadTimeout("no answer")),
    "timeout, not made": instead(httpx.ReadTimeout("no answer")),
    "broken off, made": acted_then(httpx.RemoteProtocolError("server disconnected")),
    "502, made": acted_but_answered(502, b"<html>Bad gateway</html>"),
    "500, not made": answered(500, b'{"error":"Internal server error"}'),
    "cut off, made": acted_but_answered(201, b'{"id": "49608'),
    "not an invoice, made": acted_but_answered(201, b"200"),
    "a surprise, made": acted_then(RuntimeError("surprise")),
    "killed, made": acted_then(Killed()),
    "killed, not made": instead(Killed()),
    "throttled once": answered(429, b"Retry later"),
    "cannot be reached": instead(httpx.ConnectError("refused")),
}
TURNS_OF_POST = [
    *LOST,
    "late",
    "throttled, then late",
    "refused",
    "made differently",
    "another worker",
    "cancelled now",
    "corrected now",
]
TURNS_OF_GET = [
    "straight", "killed", "unavailable", "no page", "another worker", "cancelled now", "corrected now",
    "corrected and approved now",
]  # fmt: skip


POSTS = st.lists(st.sampled_from(TURNS_OF_POST), min_size=1, max_size=4)
GETS = st.lists(st.sampled_from(TURNS_OF_GET), max_size=2)


@dataclass
class Late:
    """A request that stands still somewhere on its way, and is acted upon at the latest moment that can be."""

    request: httpx.Request
    until: datetime


@dataclass
class MachineClock(Clock):
    """Lets nothing late outlive the time to settle: that is what the worker counts on."""

    late: list[Late] = field(default_factory=list)
    arrive: Callable[[Late], None] = lambda _late: None

    def pass_by(self, seconds: float) -> None:
        for each in [each for each in self.late if each.until < self.now + timedelta(seconds=seconds)]:
            self.late.remove(each)
            self.arrive(each)
        super().pass_by(seconds)


@dataclass
class WatchedWire(Wire):
    """Holds every creating request against the outbox as it stands at that moment, and keeps what was wrong."""

    store: Store | None = None
    wrong: list[str] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self._watch(json.loads(request.content))
        response = super().handle_request(request)
        path = request.url.path
        if "find_by_reference" in path and response.status_code == 404:
            self.absent.add(path.rpartition("/")[2].removesuffix(".json"))
        if request.method == "POST" and response.status_code == 429:  # not acted upon: the client sends it again
            self.absent.add(json.loads(request.content)["sales_invoice"]["reference"])
        return response

    def _watch(self, body: dict[str, Any]) -> None:
        assert self.store is not None
        reference = body["sales_invoice"]["reference"]
        with self.store.read() as connection:
            sending = [each for each in commands.recent(connection, limit=99) if each.payload["body"] == body]
        if not any(each.state is State.SENDING and each.approved_hash == each.preview_hash for each in sending):
            self.wrong.append(f"{reference} was sent, and no approved command says so: {[s.state for s in sending]}")
        if reference not in self.absent:
            self.wrong.append(f"{reference} was sent without being looked up first")
        self.absent.discard(reference)


class AnyDay(RuleBasedStateMachine):
    """Three orders, three workers, one Moneybird."""

    moneybird: ClassVar[Moneybird]
    template: ClassVar[Path]  # an empty outbox, which takes longer to make than to copy

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        database = Path(self.folder.name) / "operations.sqlite"
        copyfile(self.template, database)
        self.store = open_store(f"sqlite:///{database}")
        sa.event.listen(self.store.engine, "connect", _without_waiting_for_the_disk)
        self.wire = WatchedWire(self.moneybird.transport, store=self.store)
        self.clock = MachineClock(arrive=self._arrive)
        self.bench = Bench(self.moneybird, self.wire, self.store, self.clock)
        self.workers = [self._worker(number) for number in range(3)]
        self.before = set(self.moneybird.books.invoices)
        self.excused: set[str] = set()  # business keys for which a failure has a cause outside
        self.gone: set[str] = set()  # deleted by a person after it was verified
        self.edited: set[str] = set()
        self.kept: set[int] = set()  # documents that a person worked on

    @initialize(prices=st.lists(PRICES, min_size=1, max_size=3), posts=POSTS, gets=GETS, seconds=SECONDS)
    def a_morning(self, prices: list[str], posts: list[str], gets: list[str], seconds: float) -> None:
        for order, price in enumerate(prices):
            self.ask_and_approve(order, price, "")
        self.work(0, posts, gets, seconds)

    # People

    @rule(order=ORDERS, price=PRICES, reference=REFERENCES)
    def ask(self, order: int, price: str, reference: str) -> None:
        before = self._find(order)
        try:
            after = submit(self.store, self._draft(order, price, reference), self._office(), who="anna")
        except CommandRefusedError:
            assert before is not None
            assert before.state not in UNSENT or before.sent_at or before.remote_id, "may still be corrected"
            assert self._find(order) == before
            return
        if before is None or before.payload != after.payload:
            assert (after.state, after.approved_hash) == (State.AWAITING_APPROVAL, None)

    @rule(order=ORDERS, price=PRICES, reference=REFERENCES)
    def ask_and_approve(self, order: int, price: str, reference: str) -> None:
        self.ask(order, price, reference)
        self.approve(order, "what is there")

    @rule(order=ORDERS, sees=st.sampled_from(["what is there", "something else", "what was before"]))
    def approve(self, order: int, sees: str) -> None:
        command = self._find(order)
        if command is None:
            return
        before = self._first_hash(command) if sees == "what was before" else command.preview_hash
        seen = "f" * 64 if sees == "something else" else before
        may = command.state is State.AWAITING_APPROVAL and seen == command.preview_hash
        try:
            approve(self.store, command.id, self._office(), who="bert", seen=seen, reviewed=True)
        except CommandRefusedError:
            assert not may
            assert self._find(order) == command
        else:
            assert may

    @rule(order=ORDERS)
    def cancel(self, order: int) -> None:
        self._act(order, cancel)

    @rule(order=ORDERS)
    def retry(self, order: int) -> None:
        self._act(order, retry)

    @rule(order=ORDERS)
    def a_person_deletes_it_at_moneybird(self, order: int) -> None:
        command, (made, *_) = self._find(order), (*self._made(order), None)
        if command is not None and made is not None:
            self._by_hand("DELETE", made)
            self.kept.discard(made.id)
            self.excused.add(command.business_key)
            if command.state is State.VERIFIED:
                self.gone.add(command.business_key)

    @rule(order=ORDERS)
    def a_person_edits_it_at_moneybird(self, order: int) -> None:
        command, (made, *_) = self._find(order), (*self._made(order), None)
        if command is not None and made is not None:
            lines = [{"id": str(made.lines[0].id), "price": "777"}]
            self._by_hand("PATCH", made, {"sales_invoice": {"details_attributes": lines}})
            self.moneybird.books.invoices[made.id].updated += 60_000  # nobody is faster than a minute
            self.kept.add(made.id)
            self.excused.add(command.business_key)
            self.edited.add(command.business_key)

    # Workers and misfortunes

    @rule(worker=WORKERS, order=ORDERS, price=PRICES, posts=POSTS, seconds=SECONDS)
    def ask_approve_and_work(self, worker: int, order: int, price: str, posts: list[str], seconds: float) -> None:
        self.ask_and_approve(order, price, "")
        self.work(worker, posts, [], seconds)

    @rule(worker=WORKERS, order=ORDERS, posts=POSTS, gets=GETS, seconds=SECONDS)
    def retry_and_work(self, worker: int, order: int, posts: list[str], gets: list[str], seconds: float) -> None:
        self.retry(order)
        self.work(worker, posts, gets, seconds)

    @rule(worker=WORKERS, posts=POSTS, gets=GETS, seconds=SECONDS)
    def work(self, worker: int, posts: list[str], gets: list[str], seconds: float) -> None:
        """Some passes of one worker, in which its creating requests go one way after another."""
        self.wire.posts = [fault for turn in posts for fault in self._on_post(turn, worker)]
        self.wire.gets = [fault for turn in gets for fault in self._on_get(turn, worker)]
        for _ in posts:
            self._pass(worker)
            self.clock.pass_by(seconds)
        self.wire.posts, self.wire.gets = [], []

    @rule(worker=WORKERS, nth=st.integers(1, 4), after_commit=st.booleans(), made=st.booleans())
    def killed_at_a_commit(self, worker: int, nth: int, after_commit: bool, made: bool) -> None:
        self.wire.posts = [] if made else [LOST["timeout, not made"]]
        mortal = MortalStore(self.store.engine, [nth], after_commit)
        with suppress(Killed):
            replace(self.workers[worker], store=mortal).pass_once()
        self.wire.posts = []
        self.workers[worker] = self._worker(worker)

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.clock.pass_by(seconds)

    @rule()
    def what_is_late_arrives(self) -> None:
        for late in self.clock.late:
            self._arrive(late)
        self.clock.late.clear()

    # What always holds

    @invariant()
    def nothing_is_made_twice_or_without_approval(self) -> None:
        assert self.wire.wrong == []
        keys = [str(made.reference)[-8:] for made in self._documents()]
        assert len(keys) == len(set(keys)), f"made twice: {keys}"
        assert self.kept <= self.moneybird.books.invoices.keys(), "a person's work was deleted"
        with self.store.read() as connection:
            assert audit.broken_at(connection) is None
            known = {each.business_key: each for each in commands.recent(connection, limit=99)}
            for key in keys:
                assert key in known, f"nobody asked for {key}"
                said = [entry.what for entry in audit.of_command(connection, known[key].id)]
                assert any(what.startswith("approved") for what in said), f"nobody approved {key}: {said}"
        for command in known.values():
            if command.state in (*PENDING, State.VERIFIED):
                assert command.approved_hash == command.preview_hash

    # What holds in the end

    def teardown(self) -> None:
        try:
            if self.wire.wrong == []:
                self._let_them_finish()
                for command in self._all():
                    self._came_to_an_end(command)
        finally:
            for client in self.bench.clients:
                client.close()
            self.clock.late.clear()
            for made in self._documents():
                self._by_hand("DELETE", made)
            self.store.close()
            self.folder.cleanup()

    def _let_them_finish(self) -> None:
        for _ in range(40):
            for worker in self.workers:
                worker.pass_once()
            if not any(command.state in PENDING for command in self._all()):
                break
            self.clock.pass_by(SETTLE / 2)
        self.clock.pass_by(5 * SETTLE)  # what is late arrives now, or never
        self.nothing_is_made_twice_or_without_approval()

    def _came_to_an_end(self, command: Command) -> None:
        key, found = (
            command.business_key,
            [m for m in self._documents() if str(m.reference)[-8:] == command.business_key],
        )
        told = f"{command.state}: {command.last_error}"
        assert command.state not in PENDING, told
        if command.state is State.VERIFIED:
            assert len(found) == (key not in self.gone), told
            if found and key not in self.edited:
                assert self._total(found[0]) == Decimal(command.preview["total_excl_amount"]), told
        elif command.state in (State.REJECTED, State.FAILED):
            assert command.last_error
            assert key in self.excused or command.attempts >= MAXIMUM_ATTEMPTS, told
        elif not (command.state is State.CANCELLED and command.remote_id):
            assert not found, told

    # How

    def _worker(self, number: int) -> Worker:
        return self.bench.worker(name=f"worker {number}")

    def _office(self) -> Any:
        return office(self.moneybird, self.clock())

    def _draft(self, order: int, price: str = "100", reference: str = "") -> DraftInvoice:
        return self.bench.draft(f"order-{order}", price, customer_reference=reference)

    def _find(self, order: int) -> Command | None:
        wanted = f"order-{order}"
        return next((each for each in self._all() if each.request["draft_id"] == wanted), None)

    def _all(self) -> list[Command]:
        with self.store.read() as connection:
            return commands.recent(connection, limit=99)

    def _key(self, order: int) -> str:
        command = self._find(order)
        return command.business_key if command else ""

    def _first_hash(self, command: Command) -> str:
        with self.store.read() as connection:
            return str((audit.of_command(connection, command.id)[0].details or {})["preview_hash"])

    def _documents(self) -> list[Invoice]:
        return [each for id_, each in self.moneybird.books.invoices.items() if id_ not in self.before]

    def _made(self, order: int) -> list[Invoice]:
        key = self._key(order)
        return [each for each in self._documents() if key and str(each.reference).endswith(key)]

    def _total(self, made: Invoice) -> Decimal:
        return Decimal(self._by_hand("GET", made)["total_price_excl_tax"])

    def _by_hand(self, method: str, made: Invoice, body: object = None) -> Any:
        path = f"/api/v2/{self.moneybird.administration_id}/sales_invoices/{made.id}.json"
        headers = {"Authorization": f"Bearer {self.moneybird.token}"}
        with httpx.Client(
            transport=self.moneybird.transport, base_url="http://sandbox.invalid", headers=headers
        ) as http:
            response = http.request(method, path, json=body)
        assert response.is_success, response.text
        return response.json() if response.content else None

    def _act(self, order: int, action: Callable[..., Command]) -> None:
        command = self._find(order)
        if command is not None:
            with suppress(CommandRefusedError):
                action(self.store, command.id, ANYBODY, who="anna", at=self.clock())

    def _pass(self, worker: int) -> None:
        try:
            self.workers[worker].pass_once()
        except Killed:
            self.workers[worker] = self._worker(worker)

    def _arrive(self, late: Late) -> None:
        self.moneybird.transport.handle_request(late.request).read()

    def _on_post(self, turn: str, worker: int) -> list[Fault]:
        turns = {
            "late": [self._late],
            "throttled, then late": [LOST["throttled once"], self._late],
            "refused": [self._refused],
            "made differently": [self._differently],
        }
        if turn in LOST:
            return [LOST[turn]]
        return turns.get(turn) or [lambda inner, request: self._meanwhile(turn, worker, inner, request)]

    def _on_get(self, turn: str, worker: int) -> list[Fault]:
        if turn == "unavailable":
            return [answered(503)] * 4  # as often as the client asks
        if turn == "no page":
            return [answered(404, b"<html>Not found</html>")]
        if turn == "killed":
            return [instead(Killed())]
        return [lambda inner, request: self._meanwhile(turn, worker, inner, request)]

    def _meanwhile(self, turn: str, worker: int, inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        """While a request is on its way, others do not stand still."""
        faults = self.wire.posts, self.wire.gets
        self.wire.posts, self.wire.gets = [], []
        if turn == "another worker":
            self._pass((worker + 1) % 3)
        for order in range(3):
            if turn == "cancelled now":
                self._act(order, cancel)
            if turn.startswith("corrected"):
                self.ask(order, "333", "")
            if turn == "corrected and approved now":
                self.approve(order, "what is there")
        self.wire.posts, self.wire.gets = faults
        return inner.handle_request(request)

    def _late(self, _inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        request.read()
        self.clock.late.append(Late(request, self.clock() + timedelta(seconds=SETTLE - 0.5)))
        raise httpx.ReadTimeout("no answer")

    def _refused(self, _inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        self._excuse(request)
        return httpx.Response(400, content=b'{"error":{"details.tax_rate_id":["is not found"]}}')

    def _differently(self, inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        self._excuse(request)
        return dearer(inner, request)

    def _excuse(self, request: httpx.Request) -> None:
        self.excused.add(json.loads(request.content)["sales_invoice"]["reference"][-8:])


def _play(home: Path, examples: int, steps: int, *, derandomize: bool) -> None:
    open_store(f"sqlite:///{home / 'template.sqlite'}").close()
    AnyDay.template = home / "template.sqlite"
    AnyDay.moneybird = Moneybird()
    chosen = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=derandomize, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    try:
        run_state_machine_as_test(AnyDay, settings=chosen)
    finally:
        AnyDay.moneybird.transport.close()


def test_whatever_happens_every_approved_command_is_one_document(tmp_path: Path) -> None:
    _play(tmp_path, 50, 20, derandomize=True)


@pytest.mark.slow
def test_whatever_happens_for_long_every_approved_command_is_one_document(tmp_path: Path) -> None:
    _play(tmp_path, 400, 40, derandomize=False)
