"""Approval is given to a preview, to the letter: whatever changes it voids the approval, and nothing else is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipelines.errors import CommandRefusedError
from pipelines.operations import Command, State, audit, commands
from pipelines.operations.hashing import SHOWN
from pipelines.writeback import (
    DraftInvoice,
    RegisterPayment,
    approve,
    cancel,
    examine,
    keys,
    retry,
    submit,
    with_collisions,
)
from pipelines.writeback.catalogue import Contact, TaxRate
from pipelines.writeback.catalogue.bank import OpenItem
from pipelines.writeback.request import Request
from tests.pipelines.writeback_bench import ANYBODY, Bench, Moneybird, answered, office, opened


class Changing(Moneybird):
    """A catalogue whose facts change between one look and the next."""

    customer = "Klant"
    percentage = Decimal(21)
    invoice_state = "open"

    def contact(self, administration_id: str, contact_id: str) -> Contact:
        return replace(super().contact(administration_id, contact_id), name=self.customer)

    def tax_rate(self, administration_id: str, tax_rate_id: str) -> TaxRate:
        return replace(super().tax_rate(administration_id, tax_rate_id), percentage=self.percentage)

    def time_zone(self, _administration_id: str) -> str:
        return "Europe/Amsterdam"

    def billing_states(self, _administration_id: str, time_entry_ids: Sequence[str]) -> Mapping[str, str]:
        return dict.fromkeys(time_entry_ids, "unbilled")

    def open_item(self, _administration_id: str, _booking_type: str, document_id: str) -> OpenItem:
        return OpenItem(document_id, "2026-0001", "Klant", self.invoice_state, True, "EUR", Decimal(100))


class Approving(Bench):
    moneybird: Changing

    def submit(self, request: Request | None = None, **other: Any) -> Command:
        given = {"who": "anna", **other}
        return submit(self.store, request or self.draft(), self.office(), **given)

    def approve(
        self, command: Command, seen: str | None = None, *, who: str = "bert", reviewed: bool = True
    ) -> Command:
        seen = command.preview_hash if seen is None else seen
        return approve(self.store, command.id, self.office(), who=who, seen=seen, reviewed=reviewed)

    def office(self) -> Any:
        return office(self.moneybird, self.clock(), may_post=lambda _: True)

    def payment(self, draft_id: str = "psp-1", amount: str = "10", **other: Any) -> RegisterPayment:
        given = {"administration_id": self.moneybird.administration_id, "sales_invoice_id": "1"}
        when = {"payment_date": "2026-11-20", "amount": amount, "draft_id": draft_id}
        return RegisterPayment.model_validate({**given, **when, **other})

    def last_line(self, command: Command) -> audit.AuditEntry:
        with self.store.read() as connection:
            return audit.of_command(connection, command.id)[-1]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Approving]:
    with opened(Approving, tmp_path, Changing()) as made:
        yield made


# What was seen


def test_the_beginning_that_people_are_shown_is_enough_and_is_noted(bench: Approving) -> None:
    waiting = bench.submit()
    approved = bench.approve(waiting, waiting.preview_hash[:SHOWN])
    assert (approved.state, approved.approved_by, approved.approved_at) == (State.QUEUED, "bert", bench.clock())
    assert approved.approved_hash == waiting.preview_hash
    line = bench.last_line(approved)
    assert (line.who, (line.details or {})["preview_hash"]) == ("bert", waiting.preview_hash)


@pytest.mark.parametrize("seen", ["", "{hash:.11}", "000000000000", "{hash}0", "KEY"])
def test_what_was_not_seen_is_not_approved(bench: Approving, seen: str) -> None:
    waiting = bench.submit()
    seen = seen.format(hash=waiting.preview_hash)
    with pytest.raises(CommandRefusedError) as refused:
        bench.approve(waiting, seen)
    assert str(refused.value) == (
        f"Command 1 is not what was looked at ({seen or 'nothing'}): its preview is {waiting.preview_hash[:SHOWN]}; "
        "look at it again."
    )
    assert bench.now(waiting) == waiting


def test_the_same_request_has_one_preview_however_its_numbers_are_written(bench: Approving) -> None:
    one, other = bench.draft(price="100.50"), bench.draft(price="100.5000")
    first, second = (examine(each, bench.office()).preview for each in (one, other))
    assert first is not None
    assert second is not None
    assert first.hash == second.hash == bench.submit(one).preview_hash
    assert bench.submit(other) == bench.submit(one)
    assert bench.approve(bench.submit(one)).state is State.QUEUED


def test_only_what_waits_is_approved(bench: Approving) -> None:
    waiting = bench.submit()
    bench.approve(waiting)
    with pytest.raises(CommandRefusedError, match="Command 1 is queued; only one that waits can be approved"):
        bench.approve(waiting)


def test_what_needs_a_look_is_approved_only_as_reviewed(bench: Approving) -> None:
    bench.moneybird.invoice_state = "pending_payment"
    waiting = bench.submit(bench.payment())
    with pytest.raises(CommandRefusedError) as refused:
        bench.approve(waiting, reviewed=False)
    assert str(refused.value) == (
        "A person must look first: A collection or payment of 2026-0001 is under way already; this may be the same "
        "money. Approve it as reviewed."
    )
    approved = bench.approve(waiting)
    line = bench.last_line(approved)
    assert (line.what, (line.details or {})["reviews"]) == ("approved as reviewed", waiting.preview["reviews"])


# What changed


def test_a_request_that_changed_after_its_approval_waits_again(bench: Approving) -> None:
    approved = bench.approve(bench.submit(bench.draft(price="100")))
    changed = bench.submit(bench.draft(price="200"), origin="orders.csv, line 7")
    assert (changed.id, changed.state) == (approved.id, State.AWAITING_APPROVAL)
    assert (changed.approved_by, changed.approved_hash) == (None, None)
    assert bench.worker().pass_once() == {}
    with pytest.raises(CommandRefusedError, match="is not what was looked at"):
        bench.approve(changed, approved.preview_hash)
    bench.approve(changed)
    bench.worker().pass_once()
    after = bench.now(changed)
    assert (after.state, (after.remote_totals or {})["total_excl_amount"]) == (State.VERIFIED, "200.0")
    assert bench.made_for(changed) == 1


def test_a_request_that_changed_while_it_was_looked_at_is_not_approved(bench: Approving) -> None:
    seen = bench.submit(bench.draft(price="100"))
    bench.submit(bench.draft(price="200"))
    with pytest.raises(CommandRefusedError, match="is not what was looked at"):
        bench.approve(seen)


def test_data_that_changed_since_the_preview_show_it_anew_and_the_next_approval_is_of_that(bench: Approving) -> None:
    waiting = bench.submit(origin="orders.csv, line 7")
    bench.moneybird.percentage = Decimal(9)
    with pytest.raises(CommandRefusedError) as refused:
        bench.approve(waiting)
    renewed = bench.now(waiting)
    assert str(refused.value) == (
        "Command 1 would be sent differently by now, as data or tables changed; its preview is "
        f"{renewed.preview_hash[:SHOWN]}: look at that and approve it."
    )
    assert renewed.preview["total_incl_amount"] == "109.00" != waiting.preview["total_incl_amount"]
    assert (renewed.created_by, renewed.origin) == ("anna", "orders.csv, line 7")
    line = bench.last_line(waiting)
    assert (line.who, line.what) == ("bert", "data changed; shown anew")
    assert (line.before_state, line.after_state) == (State.AWAITING_APPROVAL, State.AWAITING_APPROVAL)
    assert bench.approve(renewed).state is State.QUEUED


def test_data_that_make_a_request_wrong_by_now_are_said_and_nothing_is_queued(bench: Approving) -> None:
    waiting = bench.submit(bench.payment(amount="100"))
    bench.moneybird.open_item = lambda *_: None  # type: ignore[method-assign] # deleted since
    with pytest.raises(CommandRefusedError, match="There is no sales invoice 1 in the published data"):
        bench.approve(waiting)
    assert bench.now(waiting) == waiting


def test_a_file_that_is_submitted_again_renews_what_waits_and_leaves_what_was_made(bench: Approving) -> None:
    waiting = bench.submit()
    bench.moneybird.customer = "Klant B.V."
    renewed = bench.submit()
    assert (renewed.id, renewed.preview["contact_name"]) == (waiting.id, "Klant B.V.")
    bench.approve(renewed)
    bench.worker().pass_once()
    bench.moneybird.customer = "Klant N.V."
    assert bench.submit().state is State.VERIFIED
    with pytest.raises(CommandRefusedError, match=r"line 8 was changed, but command 1 made of it is verified already"):
        bench.submit(bench.draft(price="200"), origin="orders.csv, line 8")


# Tampered with


def _set(bench: Approving, column: str, value: str) -> None:
    with bench.store.write() as connection:
        connection.execute(sa.text(f"update commands set {column} = :value"), {"value": value})


TAMPERED: dict[str, tuple[str, Callable[[Command], str]]] = {
    "the request": ("payload", lambda c: json.dumps(c.payload).replace('"100"', '"1000"')),
    "the address": ("payload", lambda c: json.dumps({**c.payload, "path": "external_sales_invoices"})),
    "the preview": ("preview", lambda c: json.dumps({**c.preview, "total_incl_amount": "1.00"})),
    "the hash beside it": ("preview_hash", lambda _: "f" * 64),
    "what was approved": ("approved_hash", lambda _: "f" * 64),
    "the administration": ("administration_id", lambda _: "202"),
    "the kind": ("kind", lambda _: "draft_estimate"),
}


@pytest.mark.parametrize(("column", "value"), TAMPERED.values(), ids=TAMPERED)
def test_a_row_that_was_changed_behind_the_outboxs_back_is_not_sent(bench: Approving, column: str, value: Any) -> None:
    approved = bench.approve(bench.submit())
    _set(bench, column, value(approved))
    assert bench.now(approved) != approved
    assert bench.worker().pass_once() == {State.FAILED: 1}
    assert bench.wire.seen == []
    assert bench.now(approved).last_error == (
        "Command 1 is not what bert approved: somebody changed the outbox itself; cancel it, check "
        "`dovecote drafts log --verify`, and submit its request again."
    )


@pytest.mark.parametrize("column", ["approved_by", "approved_hash"])
def test_a_row_that_was_queued_behind_the_outboxs_back_is_not_sent(bench: Approving, column: str) -> None:
    waiting = bench.submit()
    _set(bench, "state", "queued")
    _set(bench, column, "bert" if column == "approved_by" else waiting.preview_hash)
    bench.worker().pass_once()
    assert bench.wire.seen == []
    assert bench.now(waiting).last_error == (
        "Command 1 was approved by nobody; cancel it and submit its request again."
    )


def test_the_request_of_an_earlier_version_is_cancelled_and_entered_again(bench: Approving) -> None:
    """A migrated command waits, but nobody kept what was asked for."""
    waiting = bench.submit()
    _set(bench, "request", "{}")
    with pytest.raises(CommandRefusedError) as refused:
        bench.approve(waiting)
    assert str(refused.value) == (
        "Command 1 cannot be examined again: an earlier version of Dovecote kept its request; cancel it and submit the "
        "request again."
    )


# Keys that clash


@pytest.mark.parametrize("draft_id", ["order 2", ""])
def test_two_orders_whose_keys_clash_are_two_or_none(
    bench: Approving, monkeypatch: pytest.MonkeyPatch, draft_id: str
) -> None:
    """A key is 40 bits. Here all of them are zero."""
    monkeypatch.setattr(keys, "sha256", lambda _: type("Zero", (), {"digest": lambda _self: bytes(32)})())
    first = bench.submit(bench.draft("order 1"))
    with pytest.raises(CommandRefusedError) as refused:
        bench.submit(bench.draft(draft_id), origin="orders.csv, line 2")
    assert str(refused.value) == (
        "orders.csv, line 2 has by chance the key 00000000 of command 1, which is another request; give it another "
        "draft_id and submit it again."
    )
    assert bench.now(first) == first
    assert bench.submit(bench.draft("order 1", price="5")).id == first.id


# Claims


def test_what_only_one_may_have_is_refused_to_the_second_until_the_first_is_cancelled(bench: Approving) -> None:
    first = bench.submit(bench.payment("psp-1"))
    with pytest.raises(CommandRefusedError) as refused:
        bench.submit(bench.payment("psp-2"))
    assert str(refused.value) == (
        "payment 1 10.00 is already in command 1, which is awaiting approval; cancel one of them."
    )
    with bench.store.read() as connection:
        assert [each.id for each in commands.recent(connection, limit=9)] == [first.id]
    cancel(bench.store, first.id, ANYBODY, who="anna", at=bench.clock())
    second = bench.submit(bench.payment("psp-2"))
    assert bench.approve(second).state is State.QUEUED


def test_a_change_that_takes_what_another_has_is_refused_and_leaves_both_as_they_were(bench: Approving) -> None:
    first, second = bench.submit(bench.payment("psp-1", "10")), bench.submit(bench.payment("psp-2", "20"))
    bench.approve(second)
    queued = bench.now(second)
    with pytest.raises(CommandRefusedError, match=f"is already in command {first.id}"):
        bench.submit(bench.payment("psp-2", "10"))
    assert bench.now(second) == queued


def test_claims_are_asked_again_when_a_command_is_approved(bench: Approving) -> None:
    """The two were entered by a version that did not claim, or by hand; only one is sent."""
    first, second = bench.submit(bench.payment("psp-1", "10")), bench.submit(bench.payment("psp-2", "20"))
    with bench.store.write() as connection:
        connection.execute(sa.text("update command_claims set claim = 'payment:1:10.00'"))
    with pytest.raises(CommandRefusedError, match=f"is already in command {second.id}, which is awaiting approval"):
        bench.approve(first)


def test_what_moneybird_rejected_does_not_come_back_beside_what_took_its_place(bench: Approving) -> None:
    rejected = bench.approve(bench.submit(bench.draft("form-1", time_entry_ids=["17"])))
    bench.wire.posts = [answered(422, b'{"error":{"time_entry_ids":["is invalid"]}}')]
    bench.worker().pass_once()
    assert bench.now(rejected).state is State.REJECTED
    other = bench.submit(bench.draft("form-2", time_entry_ids=["17"]))
    with pytest.raises(CommandRefusedError) as refused:
        retry(bench.store, rejected.id, ANYBODY, who="anna", at=bench.clock())
    assert str(refused.value).startswith(f"time entry 17 is already in command {other.id}, which is awaiting approval;")
    cancel(bench.store, other.id, ANYBODY, who="anna", at=bench.clock())
    assert retry(bench.store, rejected.id, ANYBODY, who="anna", at=bench.clock()).state is State.QUEUED


def test_two_alike_are_shown_to_meet_but_may_both_be(bench: Approving) -> None:
    first, second = bench.submit(bench.draft("form-1")), bench.submit(bench.draft("form-2"))
    (met,) = with_collisions(bench.store, second.id).collisions
    assert (met.command_id, met.state, met.is_exclusive) == (first.id, State.AWAITING_APPROVAL, False)
    assert met.claim == f"invoice:{bench.moneybird.contact_id}:121.00"
    assert bench.approve(second).state is State.QUEUED
    cancel(bench.store, second.id, ANYBODY, who="anna", at=bench.clock())
    assert with_collisions(bench.store, first.id).collisions == ()


# The log


def test_the_log_tells_requests_and_answers_and_holds_no_secret(bench: Approving) -> None:
    approved = bench.approve(bench.submit())
    bench.worker().pass_once()
    with bench.store.read() as connection:
        told = {line.what: line.details or {} for line in audit.of_command(connection, approved.id)}
        assert audit.broken_at(connection) is None
    assert told["created"]["request"] == told["sending"]["request"] == approved.payload
    after = bench.now(approved)
    assert told["created and verified"]["answer"] == {"id": after.remote_id, **(after.remote_totals or {})}
    kept = b"".join(path.read_bytes() for path in Path(str(bench.store.engine.url.database)).parent.iterdir())
    assert approved.business_key.encode() in kept
    assert bench.moneybird.token.encode() not in kept
    assert not re.search(rb"https?://", kept)


def test_a_draft_is_the_same_draft_when_it_is_read_back(bench: Approving) -> None:
    asked = bench.draft(price="100.50", invoice_date="2026-11-20", customer_reference="PO · é")
    kept = bench.submit(asked)
    assert DraftInvoice.model_validate(kept.request) == asked
