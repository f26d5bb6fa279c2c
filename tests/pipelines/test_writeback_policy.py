"""Who may ask, who may approve, and where: asked of every request, every approval and every sending, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines import config
from pipelines.errors import CommandRefusedError
from pipelines.operations import Command, State
from pipelines.operations.hashing import SHOWN
from pipelines.writeback import Policy, RegisterPayment, approve, cancel, retry, submit
from pipelines.writeback.catalogue.bank import OpenItem
from pipelines.writeback.worker import Worker
from tests.pipelines.writeback_bench import Bench, Clock, Moneybird, office, opened

WHERE = "101"
PEOPLE = {
    "DOVECOTE__PEOPLE__ANNA__MAY": "draft",
    "DOVECOTE__PEOPLE__BERT__MAY": "draft,approve",
    "DOVECOTE__PEOPLE__CARLA__MAY": "approve",
    "DOVECOTE__PEOPLE__DIRK__MAY": "draft,approve",
    "DOVECOTE__PEOPLE__DIRK__ADMINISTRATIONS": "202, 303",
}


def policy(**environ: str) -> Policy:
    """The policy of these settings, read as a process reads them."""
    settings = config.load({"DOVECOTE__WRITABLE_ADMINISTRATIONS": "101,202", **environ}, Path("/nowhere"))
    return Policy.of(settings)


def command(created_by: str = "anna", **changes: Any) -> Command:
    """A waiting command of administration 101; the policy looks at no database."""
    return replace(_COMMAND, created_by=created_by, **changes)


_COMMAND = Command(
    id=3, kind="draft_invoice", administration_id=WHERE, business_key="KEY", request={}, payload={}, preview={},
    preview_hash="f00", origin=None, state=State.AWAITING_APPROVAL, created_by="anna", created_at=Clock().now,
    approved_by=None, approved_at=None, approved_hash=None, attempts=0, sent_at=None, not_before_at=None,
    last_error=None, remote_id=None, remote_at=None, remote_totals=None, updated_at=Clock().now,
)  # fmt: skip


# Switches of an administration


def test_without_anything_configured_nothing_may_be_written() -> None:
    closed = Policy.of(config.load({}, Path("/nowhere")))
    assert closed.against_asking("anna", WHERE, posts=False) == (
        "Administration 101 may not be written to; add it to dovecote.writable_administrations if it should be."
    )


def test_booking_at_once_has_a_switch_of_its_own_in_the_sandbox_too() -> None:
    local = {"SOURCES__MONEYBIRD__API_URL": "http://127.0.0.1:8000/api/v2", "DOVECOTE__WRITABLE_ADMINISTRATIONS": ""}
    for found in (policy(), Policy.of(config.load(local, Path("/nowhere")))):
        assert found.against_asking("anna", WHERE, posts=False) is None
        assert found.against_asking("anna", WHERE, posts=True) == (
            "Payments and bank links of administration 101 are off; add it to dovecote.posting_administrations if "
            "Dovecote should book there."
        )
    assert policy(DOVECOTE__POSTING_ADMINISTRATIONS="101").against_asking("anna", WHERE, posts=True) is None


def test_the_second_switch_does_not_turn_on_the_first() -> None:
    found = policy(DOVECOTE__WRITABLE_ADMINISTRATIONS="202", DOVECOTE__POSTING_ADMINISTRATIONS="101")
    assert "may not be written to" in str(found.against_asking("anna", WHERE, posts=True))


# People


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("anna", None),
        ("bert", None),
        (
            "carla",
            "carla may not draft: dovecote.people.carla.may says approve; have it changed, or ask someone else.",
        ),
        (
            "dirk",
            "dirk may not draft in administration 101, only in 202, 303; have dovecote.people.dirk.administrations "
            "changed, or ask someone else.",
        ),
        (
            "eve",
            "eve is not one of dovecote.people, so may not draft; add them there, or set dovecote.person.",
        ),
    ],
)
def test_who_may_ask(who: str, sentence: str | None) -> None:
    assert policy(**PEOPLE).against_asking(who, WHERE, posts=False) == sentence


@pytest.mark.parametrize(
    ("who", "author", "sentence"),
    [
        ("bert", "anna", None),
        ("carla", "anna", None),
        ("bert", "bert", "bert asked for command 3; roles are configured, so another person approves it."),
        ("anna", "bert", "anna may not approve: dovecote.people.anna.may says draft"),
        ("dirk", "anna", "dirk may not approve in administration 101, only in 202, 303"),
        ("eve", "anna", "eve is not one of dovecote.people, so may not approve"),
        ("bert", "carla", "carla may not draft: dovecote.people.carla.may says approve"),
    ],
)
def test_who_may_approve_what_whom_asked_for(who: str, author: str, sentence: str | None) -> None:
    found = policy(**PEOPLE).against_approving(who, command(author), posts=False)
    assert (found is None) if sentence is None else str(found).startswith(sentence), found


def test_where_nobody_is_configured_one_person_does_all_but_post_alone() -> None:
    alone = policy(DOVECOTE__POSTING_ADMINISTRATIONS="101")
    assert alone.against_approving("anna", command(), posts=False) is None
    assert alone.against_approving("anna", command(), posts=True) == (
        "anna asked for command 3; it books at once, so another person approves it."
    )
    assert alone.against_approving("bert", command(), posts=True) is None


def test_a_person_who_may_nothing_is_told_so() -> None:
    nobody = policy(**PEOPLE, DOVECOTE__PEOPLE__FRED__MAY="[]")
    assert "dovecote.people.fred.may says nothing" in str(nobody.against_asking("fred", WHERE, posts=False))


def test_what_nobody_approved_is_not_sent() -> None:
    assert policy().against_sending(command(), posts=False) == (
        "Command 3 was approved by nobody; cancel it and submit its request again."
    )


# The same questions in the worker: what was allowed yesterday may not be today


class Till(Moneybird):
    def time_zone(self, _administration_id: str) -> str:
        return "Europe/Amsterdam"

    def open_item(self, _administration_id: str, _booking_type: str, document_id: str) -> OpenItem:
        return OpenItem(document_id, "2026-0001", "Klant", "open", True, "EUR", Decimal(1))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with opened(Bench, tmp_path, Till()) as made:
        yield made


@dataclass
class Desk:
    """Settings by their names, as they are now, over one bench."""

    bench: Bench
    environ: dict[str, str]

    @property
    def policy(self) -> Policy:
        own = self.bench.moneybird.administration_id
        given = {name: value.replace(WHERE, own) for name, value in self.environ.items()}
        return policy(**{"DOVECOTE__WRITABLE_ADMINISTRATIONS": own, **given})

    def approved(self) -> Command:
        return self.approve(self.submitted())

    def submitted(self) -> Command:
        return submit(self.bench.store, self.bench.draft(), self._office(), who="anna")

    def approve(self, waiting: Command, who: str = "bert") -> Command:
        return approve(
            self.bench.store, waiting.id, self._office(), who=who, seen=waiting.preview_hash[:SHOWN], reviewed=True
        )

    def _office(self) -> Any:
        return replace(office(self.bench.moneybird, self.bench.clock()), policy=self.policy)

    def worker(self) -> Worker:
        return self.bench.worker(policy=self.policy)


def test_what_was_allowed_all_the_way_is_sent(bench: Bench) -> None:
    desk = Desk(bench, dict(PEOPLE))
    approved = desk.approved()
    assert desk.worker().pass_once() == {State.VERIFIED: 1}
    assert (bench.now(approved).created_by, bench.now(approved).approved_by) == ("anna", "bert")


CHANGED_SINCE = {
    "the author may no longer ask": ({"DOVECOTE__PEOPLE__ANNA__MAY": "approve"}, "anna may not draft"),
    "the author may no longer be here": (
        {"DOVECOTE__PEOPLE__ANNA__ADMINISTRATIONS": "202"},
        "anna may not draft in administration",
    ),
    "the approver may no longer approve": ({"DOVECOTE__PEOPLE__BERT__MAY": "draft"}, "bert may not approve"),
    "the approver may no longer be here": (
        {"DOVECOTE__PEOPLE__BERT__ADMINISTRATIONS": "202"},
        "bert may not approve in administration",
    ),
    "writing was turned off": ({"DOVECOTE__WRITABLE_ADMINISTRATIONS": "202"}, "may not be written to"),
}


@pytest.mark.parametrize(("change", "sentence"), CHANGED_SINCE.values(), ids=CHANGED_SINCE)
def test_a_setting_that_changed_after_the_approval_stops_the_worker(
    bench: Bench, change: dict[str, str], sentence: str
) -> None:
    desk = Desk(bench, dict(PEOPLE))
    approved = desk.approved()
    desk.environ |= change
    assert desk.worker().pass_once() == {State.FAILED: 1}
    assert bench.wire.seen == []
    assert sentence in str(bench.now(approved).last_error)


@pytest.mark.parametrize(("change", "sentence"), CHANGED_SINCE.values(), ids=CHANGED_SINCE)
def test_a_setting_that_changed_after_the_asking_stops_the_approval(
    bench: Bench, change: dict[str, str], sentence: str
) -> None:
    desk = Desk(bench, dict(PEOPLE))
    waiting = desk.submitted()
    desk.environ |= change
    with pytest.raises(CommandRefusedError, match=sentence):
        desk.approve(waiting)
    assert bench.now(waiting) == waiting


def test_a_person_who_was_taken_out_of_the_settings_stops_the_worker(bench: Bench) -> None:
    desk = Desk(bench, dict(PEOPLE))
    approved = desk.approved()
    del desk.environ["DOVECOTE__PEOPLE__BERT__MAY"]
    desk.worker().pass_once()
    assert str(bench.now(approved).last_error).startswith("bert is not one of dovecote.people, so may not approve")


def test_roles_that_were_configured_since_stop_what_one_person_did_alone(bench: Bench) -> None:
    desk = Desk(bench, {})
    alone = desk.approve(desk.submitted(), who="anna")
    desk.environ |= PEOPLE | {"DOVECOTE__PEOPLE__ANNA__MAY": "draft,approve"}
    desk.worker().pass_once()
    assert bench.now(alone).last_error == (
        "anna asked for command 1; roles are configured, so another person approves it."
    )


def test_a_posting_needs_its_switch_and_two_people_when_asked_approved_and_sent(bench: Bench) -> None:
    till = bench.moneybird
    given = {"sales_invoice_id": "1", "payment_date": "2026-11-20", "amount": "1"}
    asked = RegisterPayment.model_validate({"administration_id": till.administration_id, **given})
    on = office(till, bench.clock(), may_post=lambda _: True)
    off = office(till, bench.clock())
    with pytest.raises(CommandRefusedError, match=r"are off; add it to dovecote\.posting_administrations"):
        submit(bench.store, asked, off, who="anna")
    waiting = submit(bench.store, asked, on, who="anna")
    with pytest.raises(CommandRefusedError, match="it books at once, so another person approves it"):
        approve(bench.store, waiting.id, on, who="anna", seen=waiting.preview_hash)
    with pytest.raises(CommandRefusedError, match=r"are off; add it to dovecote\.posting_administrations"):
        approve(bench.store, waiting.id, off, who="bert", seen=waiting.preview_hash)
    approved = approve(bench.store, waiting.id, on, who="bert", seen=waiting.preview_hash)
    assert bench.worker(policy=off.policy).pass_once() == {State.FAILED: 1}
    assert "Payments and bank links of administration" in str(bench.now(approved).last_error)
    assert bench.wire.seen == []


def test_only_who_may_ask_or_approve_there_takes_a_command_out_or_puts_it_back(bench: Bench) -> None:
    waiting = bench.press(approve=False)
    here = waiting.administration_id
    people = {
        "DOVECOTE__WRITABLE_ADMINISTRATIONS": here, **PEOPLE, "DOVECOTE__PEOPLE__CARLA__ADMINISTRATIONS": here,
    }  # fmt: skip
    rules = Policy.of(config.load(people, Path("/nowhere")))
    for act in (cancel, retry):
        with pytest.raises(CommandRefusedError, match="dirk may not draft in administration"):
            act(bench.store, waiting.id, rules, who="dirk", at=bench.clock())
    assert bench.now(waiting).state is State.AWAITING_APPROVAL
    assert cancel(bench.store, waiting.id, rules, who="carla", at=bench.clock()).state is State.CANCELLED
