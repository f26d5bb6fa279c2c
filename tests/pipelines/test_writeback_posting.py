"""Payments and bank links: booked once whatever breaks, never twice, never more than is open, always by two people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from pipelines.errors import CommandRefusedError
from pipelines.operations import Command, State
from pipelines.sandbox import states
from pipelines.sandbox.actions import bank, payments
from pipelines.sandbox.actions.payments import Remittance
from pipelines.sandbox.administration import Administration as Books
from pipelines.sandbox.model import Invoice, Mutation, Purchase
from pipelines.writeback import LinkBankMutation, Policy, RegisterPayment, approve, examine, retry, submit
from pipelines.writeback.catalogue import Administration
from pipelines.writeback.catalogue.bank import BankMutation, BookingAccount, OpenItem
from pipelines.writeback.keys import business_key
from pipelines.writeback.request import Request
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
    instead,
    office,
    opened,
)

TODAY = date(2026, 11, 20)
POSTING = {"may_post": lambda _: True}


class Till(Moneybird):
    """The catalogue of the bank, answered from the sandbox's books themselves."""

    locked_until: date | None = None
    synced_at: datetime | None = None

    def administration(self, administration_id: str) -> Administration:
        known = super().administration(administration_id)
        return replace(known, locked_until=self.locked_until, synced_at=self.synced_at)

    def sync(self) -> None:
        """What stands in the books now is what is published."""
        self.world.clock.advance(timedelta(seconds=2))
        self.synced_at = datetime.fromtimestamp(self.world.clock.seconds(), UTC)
        self.world.clock.advance(timedelta(seconds=2))

    def time_zone(self, _administration_id: str) -> str:
        return "Europe/Amsterdam"

    def open_item(self, _administration_id: str, booking_type: str, document_id: str) -> OpenItem | None:
        known: Any = self.books.purchases if booking_type == "Document" else self.books.invoices
        document = known.get(int(document_id))
        if document is None:
            return None
        return OpenItem(
            document_id, name_of(document), "Klant", self.state(document), payments.accepts(document),
            document.currency, Decimal(left(self.books, document)) / 100,
        )  # fmt: skip

    def state(self, document: Invoice | Purchase) -> str:
        return str(self.books.state(document)) if isinstance(document, Invoice) else "open"

    def bank_mutation(self, _administration_id: str, financial_mutation_id: str) -> BankMutation | None:
        found = self.books.mutations.get(int(financial_mutation_id))
        if found is None:
            return None
        return BankMutation(
            financial_mutation_id, found.day, Decimal(found.amount) / 100,
            Decimal(bank.open_amount(self.books, found)) / 100, "EUR", found.message, found.contra_name or "",
        )  # fmt: skip

    def booking_account(self, _administration_id: str, ledger_account_id: str) -> BookingAccount | None:
        account = self.books.accounts.get(int(ledger_account_id))
        return (
            BookingAccount(account.name, account.active, account.kind in ("revenue", "expenses")) if account else None
        )

    def is_paid_by(self, _administration_id: str, document_id: str, financial_mutation_id: str) -> bool:
        found = self.books.payments_from(int(financial_mutation_id))
        return any(str(document.id) == document_id for document, _ in found)

    def open_invoice(self, state: str = "late") -> Invoice:
        return next(each for each in self.books.invoices.values() if self.books.state(each) == state)

    def new_mutation(self, cents: int, message: str = "Betaling") -> Mutation:
        """A bank transaction of today that nothing is linked to."""
        like = next(iter(self.books.mutations.values()))
        fresh = replace(
            like, id=self.books.new_id(), day=TODAY, amount=cents, message=message, bookings=[], processed=None
        )
        self.books.put_mutation(fresh)
        return fresh


def name_of(document: Invoice | Purchase) -> str:
    return str((document.number if isinstance(document, Invoice) else document.reference) or "without a number")


def left(books: Books, document: Invoice | Purchase) -> int:
    """Cents of the document that are still open."""
    return int(books.figures(document).incl - states.paid(document))


class PostingBench(Bench):
    moneybird: Till

    def office(self, **policy: Any) -> Any:
        return office(self.moneybird, self.clock(), **{**POSTING, **policy})

    def poster(self, **other: Any) -> Any:
        return self.worker(policy=Policy(lambda _: True, lambda _: True), **other)

    def asked(self, request: Request) -> Command:
        return submit(self.store, request, self.office(), who="anna")

    def approved(self, request: Request) -> Command:
        """Asked by one, approved by another, as it has to be."""
        command = self.asked(request)
        return approve(self.store, command.id, self.office(), who="bert", seen=command.preview_hash, reviewed=True)

    def payment(self, invoice: Invoice | None = None, amount: str | None = None, **other: Any) -> RegisterPayment:
        invoice = invoice or self.moneybird.open_invoice()
        cents = left(self.moneybird.books, invoice)
        given = {
            "administration_id": self.moneybird.administration_id, "sales_invoice_id": str(invoice.id),
            "payment_date": TODAY, "amount": amount or f"{cents / 100:.2f}", "draft_id": "psp-1",
        }  # fmt: skip
        return RegisterPayment.model_validate({**given, **other})

    def link(self, mutation: Mutation, booking_type: str, booking_id: int, amount: str) -> LinkBankMutation:
        return LinkBankMutation.model_validate(
            {
                "administration_id": self.moneybird.administration_id,
                "financial_mutation_id": str(mutation.id),
                "booking_type": booking_type,
                "booking_id": str(booking_id),
                "amount": amount,
                "draft_id": "bank-1",
            }
        )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[PostingBench]:
    with opened(PostingBench, tmp_path, Till()) as made:
        yield made


def wrong(bench: PostingBench, request: Request) -> list[str]:
    return [f.sentence for f in examine(request, bench.office()).findings if not f.is_good]


def through(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    return inner.handle_request(request)


# A payment, straight


def test_a_payment_is_looked_up_booked_and_verified_in_two_requests(bench: PostingBench) -> None:
    invoice = bench.moneybird.open_invoice()
    before, paid = len(invoice.payments), left(bench.moneybird.books, invoice)
    request = bench.payment(invoice)
    command = bench.approved(request)
    assert bench.poster().pass_once() == {State.VERIFIED: 1}
    assert bench.wire.seen == ["GET", "POST"]
    made = invoice.payments[-1]
    assert (len(invoice.payments), made.price, made.day) == (before + 1, paid, TODAY)
    assert made.transaction_identifier == business_key(request)
    assert bench.moneybird.state(invoice) == "paid"
    after = bench.now(command)
    assert (after.remote_id, after.approved_by) == (str(made.id), "bert")
    assert after.remote_totals == {
        "price": f"{paid / 100:.2f}",
        "payment_date": "2026-11-20",
        "transaction_identifier": business_key(request),
    }


def test_the_request_and_what_a_person_reads_are_exact(bench: PostingBench) -> None:
    invoice = bench.moneybird.open_invoice()
    shown = examine(bench.payment(invoice, "100.50", transaction_identifier="tr_7UhSN1zuXS"), bench.office()).preview
    assert shown is not None
    open_ = Decimal(left(bench.moneybird.books, invoice)) / 100
    assert shown.request.as_json() == {
        "method": "POST",
        "path": f"sales_invoices/{invoice.id}/payments",
        "body": {
            "payment": {"payment_date": "2026-11-20", "price": "100.50", "transaction_identifier": "tr_7UhSN1zuXS"}
        },
    }
    assert shown.reasons == (
        f"Books 100.50 EUR of 20-11-2026 on {name_of(invoice)} of Klant, of which {open_:.2f} is open; "
        f"{open_ - Decimal('100.50'):.2f} stays open.",
    )
    assert {(claim.name, claim.is_exclusive) for claim in shown.claims} == {
        (f"payment:{invoice.id}:100.50", True),
        ("transaction:tr_7UhSN1zuXS", True),
    }


def test_a_payment_answered_under_its_own_name_is_understood(bench: PostingBench) -> None:
    def wrapped(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        answer = inner.handle_request(request)
        return httpx.Response(201, json={"payment": json.loads(answer.read())})

    command = bench.approved(bench.payment())
    bench.wire.posts = [wrapped]
    bench.poster().pass_once()
    assert bench.now(command).state is State.VERIFIED


def test_money_given_back_on_a_credit_invoice_is_negative(bench: PostingBench) -> None:
    books = bench.moneybird.books
    invoice = next(each for each in books.invoices.values() if books.figures(each).incl < 0 and each.payments)
    payments.remove(books, invoice, invoice.payments[-1])
    assert left(books, invoice) < 0
    assert wrong(bench, bench.payment(invoice, "0.01")) == [
        f"{left(books, invoice) / 100:.2f} EUR of {name_of(invoice)} is open, which 0.01 does not fit into; "
        "correct the amount, or sync first."
    ]
    command = bench.approved(bench.payment(invoice))
    bench.poster().pass_once()
    assert bench.now(command).state is State.VERIFIED
    assert left(books, invoice) == 0


# What may not be booked


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": "999999.99"}, "which 999999.99 does not fit into; correct the amount, or sync first."),
        ({"amount": "-1"}, "which -1.00 does not fit into"),
        (
            {"payment_date": "2026-11-21"},
            "The payment is dated 21-11-2026, which is still to come; register it that day.",
        ),
        ({"payment_date": "2026-09-30"}, "The books are locked until 30-09-2026 and the payment is dated 30-09-2026"),
        (
            {"sales_invoice_id": "99"},
            "There is no sales invoice 99 in the published data; check its id, or sync first.",
        ),
    ],
)
def test_a_payment_that_cannot_be_right_is_refused_before_anyone_is_asked(
    bench: PostingBench, changes: dict[str, str], sentence: str
) -> None:
    bench.moneybird.locked_until = date(2026, 9, 30)
    with pytest.raises(CommandRefusedError) as refused:
        bench.asked(bench.payment(**changes))
    assert sentence in str(refused.value)


@pytest.mark.parametrize(("state", "open_"), [("draft", True), ("scheduled", True), ("paid", False)])
def test_only_a_sent_and_open_invoice_is_paid(bench: PostingBench, state: str, open_: bool) -> None:
    invoice = bench.moneybird.open_invoice(state)
    (sentence, *more) = wrong(bench, bench.payment(invoice, "1"))
    if open_:
        assert f"is {state}: money can be booked on it once it was sent" in sentence
    else:
        said = f"0.00 EUR of {name_of(invoice)} is open, which 1.00 does not fit into"
        assert (sentence, more) == (f"{said}; correct the amount, or sync first.", [])


def test_just_after_midnight_in_the_netherlands_today_is_today(bench: PostingBench) -> None:
    bench.clock.now = bench.clock.now.replace(day=20, hour=23, minute=30)  # 00:30 on the 21st there
    assert wrong(bench, bench.payment(payment_date="2026-11-21")) == []


def test_an_invoice_in_another_currency_is_left_to_moneybird(bench: PostingBench) -> None:
    invoice = bench.moneybird.open_invoice()
    invoice.currency = "USD"
    assert any("is in USD and the books are in EUR" in found for found in wrong(bench, bench.payment(invoice, "1")))


@pytest.mark.parametrize("state", ["pending_payment", "uncollectible"])
def test_an_invoice_whose_money_may_come_another_way_is_looked_at_first(bench: PostingBench, state: str) -> None:
    command = bench.asked(bench.payment(bench.moneybird.open_invoice(state)))
    with pytest.raises(CommandRefusedError, match=r"A person must look first: .* Approve it as reviewed\."):
        approve(bench.store, command.id, bench.office(), who="bert", seen=command.preview_hash)


@pytest.mark.parametrize("amount", ["0", "1.005", "NaN"])
def test_what_is_no_money_is_no_payment(bench: PostingBench, amount: str) -> None:
    with pytest.raises(ValidationError, match=r"whole cents, and not zero|finite"):
        bench.payment(amount=amount)


# A payment, when things break


LOST = {
    "timeout": acted_then(httpx.ReadTimeout("no answer")),
    "502": acted_but_answered(502, b"<html>"),
    "cut off": acted_but_answered(201, b'{"id": "49608'),
    "not a payment": acted_but_answered(201, b"200"),
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
def test_a_payment_whose_answer_was_lost_is_found_by_its_identifier(bench: PostingBench, fault: Fault) -> None:
    invoice = bench.moneybird.open_invoice()
    before = len(invoice.payments)
    command = bench.approved(bench.payment(invoice, "1"))
    bench.wire.posts = [fault]
    bench.poster().pass_once()
    assert bench.now(command).state is State.AMBIGUOUS
    bench.poster().pass_once()
    assert bench.now(command).state is State.VERIFIED
    assert len(invoice.payments) == before + 1


def test_a_payment_that_never_arrived_is_booked_after_the_wait(bench: PostingBench) -> None:
    invoice = bench.moneybird.open_invoice()
    before = len(invoice.payments)
    command = bench.approved(bench.payment(invoice, "1"))
    bench.wire.posts = [instead(httpx.ReadTimeout("no answer"))]
    bench.poster().pass_once()
    bench.poster().pass_once()
    assert (bench.now(command).state, len(invoice.payments)) == (State.AMBIGUOUS, before)
    bench.clock.pass_by(SETTLE)
    bench.poster().pass_once()
    assert (bench.now(command).state, len(invoice.payments)) == (State.VERIFIED, before + 1)


@pytest.mark.parametrize("after_commit", [False, True])
@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("kind", ["payment", "link"])
def test_killed_around_any_commit_there_is_one_booking_in_the_end(
    bench: PostingBench, kind: str, nth: int, after_commit: bool
) -> None:
    invoice = bench.moneybird.open_invoice()
    before = len(invoice.payments)
    mutation = bench.moneybird.new_mutation(100)
    link = bench.link(mutation, "SalesInvoice", invoice.id, "1")
    command = bench.approved(bench.payment(invoice, "1") if kind == "payment" else link)
    mortal = MortalStore(bench.store.engine, [nth], after_commit)
    with pytest.raises(Killed):
        replace(bench.poster(), store=mortal).pass_once()
    for _ in range(3):
        bench.poster().pass_once()
        bench.clock.pass_by(SETTLE)
    assert bench.now(command).state is State.VERIFIED
    assert len(invoice.payments) == before + 1


@pytest.mark.parametrize("acted", [True, False])
@pytest.mark.parametrize("kind", ["payment", "link"])
def test_killed_during_the_request_there_is_one_booking_in_the_end(bench: PostingBench, kind: str, acted: bool) -> None:
    invoice = bench.moneybird.open_invoice()
    before = len(invoice.payments)
    fault = acted_then(Killed()) if acted else instead(Killed())
    if kind == "payment":
        command, bench.wire.posts = bench.approved(bench.payment(invoice, "1")), [fault]
    else:
        mutation = bench.moneybird.new_mutation(100)
        command = bench.approved(bench.link(mutation, "SalesInvoice", invoice.id, "1"))
        bench.wire.gets = [fault]  # everything but a POST; its look up is one
    with pytest.raises(Killed):
        bench.poster().pass_once()
    assert bench.now(command).state is State.SENDING
    for _ in range(3):
        bench.poster().pass_once()
        bench.clock.pass_by(SETTLE)
    assert bench.now(command).state is State.VERIFIED
    assert len(invoice.payments) == before + 1


def test_money_that_somebody_booked_since_is_not_booked_again(bench: PostingBench) -> None:
    """The published data are of yesterday; this morning the bank was linked by hand."""
    invoice = bench.moneybird.open_invoice()
    command = bench.approved(bench.payment(invoice))
    payments.register(bench.moneybird.books, invoice, Remittance(TODAY, left(bench.moneybird.books, invoice)))
    bench.poster().pass_once()
    after = bench.now(command)
    assert (after.state, bench.wire.seen) == (State.FAILED, ["GET"])
    assert "Moneybird now has 0.00 open on this invoice, which is paid, so" in str(after.last_error)
    assert "Nothing was booked now; look there, sync, and submit again what is still right." in str(after.last_error)


def test_an_invoice_that_is_gone_fails_its_payment_and_nothing_else(bench: PostingBench) -> None:
    books, invoice = bench.moneybird.books, bench.moneybird.open_invoice()
    gone = bench.approved(bench.payment(invoice, "1"))
    del books.invoices[invoice.id]
    other = bench.approved(bench.payment(bench.moneybird.open_invoice(), "1", draft_id="psp-2"))
    bench.poster().pass_once()
    assert "the invoice is no longer at Moneybird" in str(bench.now(gone).last_error)
    assert (bench.now(gone).state, bench.now(other).state) == (State.FAILED, State.VERIFIED)


def test_the_providers_payment_that_stands_there_already_is_recognised(bench: PostingBench) -> None:
    """Moneybird's own connection to the provider may have been faster; the identifier is the provider's."""
    invoice = bench.moneybird.open_invoice()
    command = bench.approved(bench.payment(invoice, "1", transaction_identifier="tr_1"))
    payments.register(bench.moneybird.books, invoice, Remittance(TODAY, 100, transaction_identifier="tr_1"))
    before = len(invoice.payments)
    bench.poster().pass_once()
    assert (bench.now(command).state, bench.wire.seen) == (State.VERIFIED, ["GET"])
    assert len(invoice.payments) == before


def test_a_payment_that_differs_is_flagged_and_never_taken_back(bench: PostingBench) -> None:
    invoice = bench.moneybird.open_invoice()
    before = len(invoice.payments)
    command = bench.approved(bench.payment(invoice, "2"))
    bench.wire.posts = [_less]
    bench.poster().pass_once()
    after = bench.now(command)
    assert after.state is State.FAILED
    assert "it is not what was approved: amount: expected 2.00, found 1.00" in str(after.last_error)
    assert "Nothing was deleted; look at it there." in str(after.last_error)
    assert (len(invoice.payments), after.remote_id) == (before + 1, str(invoice.payments[-1].id))
    assert "DELETE" not in bench.wire.seen
    retry(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    bench.poster().pass_once()
    assert (bench.now(command).state, len(invoice.payments)) == (State.FAILED, before + 1)


def _less(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """Moneybird books less than what was asked."""
    body = json.loads(request.content)
    (body.get("payment") or body)["price" if "payment" in body else "price_base"] = "1.00"
    headers = {key: value for key, value in request.headers.items() if key != "content-length"}
    return inner.handle_request(httpx.Request(request.method, request.url, json=body, headers=headers))


def test_two_payments_of_one_amount_on_one_invoice_are_not_asked_for_together(bench: PostingBench) -> None:
    invoice = bench.moneybird.open_invoice()
    first = bench.asked(bench.payment(invoice, "1"))
    with pytest.raises(CommandRefusedError, match=rf"payment {invoice.id} 1\.00 is already in command {first.id}"):
        bench.asked(bench.payment(invoice, "1", draft_id="psp-2"))
    mutation = bench.moneybird.new_mutation(100)
    with pytest.raises(CommandRefusedError, match=f"is already in command {first.id}, which is awaiting approval"):
        bench.asked(bench.link(mutation, "SalesInvoice", invoice.id, "1"))


# A bank link


def test_a_bank_transaction_is_linked_and_read_again_to_see_it(bench: PostingBench) -> None:
    invoice = bench.moneybird.open_invoice()
    before, cents = len(invoice.payments), left(bench.moneybird.books, invoice)
    mutation = bench.moneybird.new_mutation(cents)
    request = bench.link(mutation, "SalesInvoice", invoice.id, f"{cents / 100:.2f}")
    command = bench.approved(request)
    assert command.payload == {
        "method": "PATCH",
        "path": f"financial_mutations/{mutation.id}/link_booking",
        "body": {"booking_type": "SalesInvoice", "booking_id": str(invoice.id), "price_base": f"{cents / 100:.2f}"},
    }
    assert bench.poster().pass_once() == {State.VERIFIED: 1}
    assert bench.wire.seen == ["POST", "PATCH", "POST"]  # a POST here is the synchronization that reads
    assert len(invoice.payments) == before + 1
    assert (bench.moneybird.state(invoice), bank.open_amount(bench.moneybird.books, mutation)) == ("paid", 0)
    after = bench.now(command)
    assert after.remote_id == str(invoice.payments[-1].id)
    assert (after.remote_totals or {})["linked_to"] == f"SalesInvoice {invoice.id}"


def test_money_out_pays_a_purchase_and_is_sent_positive(bench: PostingBench) -> None:
    books = bench.moneybird.books
    purchase = next(each for each in books.purchases.values() if left(books, each) > 0)
    cents = left(books, purchase)
    mutation = bench.moneybird.new_mutation(-cents)
    command = bench.approved(bench.link(mutation, "Document", purchase.id, f"{cents / 100:.2f}"))
    assert command.payload["body"]["price_base"] == f"{cents / 100:.2f}"
    bench.poster().pass_once()
    assert bench.now(command).state is State.VERIFIED
    assert (left(books, purchase), bank.open_amount(books, mutation)) == (0, 0)


@pytest.mark.parametrize("cents", [-2500, 2500])
def test_bank_costs_are_booked_on_their_account_in_the_direction_of_the_money(bench: PostingBench, cents: int) -> None:
    books = bench.moneybird.books
    account = next(each for each in books.accounts.values() if each.kind == "expenses" and each.active)
    mutation = bench.moneybird.new_mutation(cents)
    command = bench.asked(bench.link(mutation, "LedgerAccount", account.id, "25"))
    assert command.preview["reviews"] == [
        f"'{account.name}' is an account of revenue or costs: booked straight on it there is no VAT; an invoice or a "
        "receipt would have it."
    ]
    approve(bench.store, command.id, bench.office(), who="bert", seen=command.preview_hash, reviewed=True)
    bench.poster().pass_once()
    assert bench.now(command).state is State.VERIFIED
    (booking,) = mutation.bookings
    assert (booking.account_id, booking.price) == (account.id, cents)


def half_booked(bench: PostingBench) -> tuple[Mutation, int]:
    """200 came in, and a person booked 100 of it on an account before the last sync."""
    books = bench.moneybird.books
    account_id = next(each.id for each in books.accounts.values() if each.kind == "expenses" and each.active)
    mutation = bench.moneybird.new_mutation(20_000)
    bank.book(books, mutation, account_id, 10_000, "de eerste helft")
    bench.moneybird.sync()
    return mutation, account_id


@pytest.mark.parametrize(
    "fault", [through, acted_then(httpx.ReadTimeout("no answer")), instead(httpx.ReadTimeout("no answer"))]
)
def test_the_other_half_is_booked_beside_the_one_that_stood_there(bench: PostingBench, fault: Fault) -> None:
    """Same transaction, same account, same amount: only the moment tells the booking of a person from ours."""
    mutation, account_id = half_booked(bench)
    command = bench.approved(bench.link(mutation, "LedgerAccount", account_id, "100"))
    bench.wire.gets = [fault]
    for _ in range(2):
        bench.poster().pass_once()
        bench.clock.pass_by(SETTLE)
    bench.poster().pass_once()
    assert (bench.now(command).state, [each.price for each in mutation.bookings]) == (State.VERIFIED, [10_000, 10_000])
    assert bench.now(command).remote_id == str(mutation.bookings[-1].id)


def test_a_booking_that_the_sync_passed_over_is_looked_at_first(bench: PostingBench) -> None:
    """The data are newer than the booking and do not hold it: it may be the very one that is asked for."""
    mutation, account_id = half_booked(bench)
    standing = mutation.bookings.pop()
    request = bench.link(mutation, "LedgerAccount", account_id, "100")
    command = bench.approved(request)
    mutation.bookings.append(standing)
    bench.poster().pass_once()
    assert (bench.now(command).state, len(mutation.bookings)) == (State.FAILED, 1)
    assert "now has 100.00 left to link where the published data had 200.00. Nothing was booked now" in str(
        bench.now(command).last_error
    )


def test_a_link_to_what_it_cannot_pay_is_refused(bench: PostingBench) -> None:
    invoice = bench.moneybird.open_invoice()
    money_in, money_out = bench.moneybird.new_mutation(100), bench.moneybird.new_mutation(-100)
    cases = {
        "which -1.00 does not fit into": bench.link(money_out, "SalesInvoice", invoice.id, "1"),
        "1.00 is not linked yet, less than 2.00; correct": bench.link(money_in, "SalesInvoice", invoice.id, "2"),
        "There is no SalesInvoice 99": bench.link(money_in, "SalesInvoice", 99, "1"),
        "There is no bank transaction 99": bench.link(
            replace(money_in, id=99), "SalesInvoice", invoice.id, "1"
        ),
        "Ledger account 99 does not exist there": bench.link(money_in, "LedgerAccount", 99, "1"),
    }  # fmt: skip
    for sentence, request in cases.items():
        assert any(sentence in found for found in wrong(bench, request)), (sentence, wrong(bench, request))
    bench.moneybird.locked_until = TODAY
    assert wrong(bench, bench.link(money_in, "SalesInvoice", invoice.id, "1")) == [
        "The books are locked until 20-11-2026 and the bank transaction is of 20-11-2026; have the period opened in "
        "Moneybird first."
    ]
    bench.moneybird.locked_until = None
    bank.link_document(bench.moneybird.books, money_in, invoice, 50, 50)
    assert any("pays" in each for each in wrong(bench, bench.link(money_in, "SalesInvoice", invoice.id, "0.50")))
    with pytest.raises(ValidationError, match="which way the money went is the bank transaction's to say"):
        bench.link(money_in, "SalesInvoice", invoice.id, "-1")


@pytest.mark.parametrize("when", ["the link's answer", "the look after it"])
@pytest.mark.parametrize("fault", [httpx.ReadTimeout("no answer"), httpx.ConnectError("refused")], ids=type)
def test_a_link_of_which_no_answer_came_is_found_and_not_made_again(
    bench: PostingBench, when: str, fault: httpx.TransportError
) -> None:
    invoice = bench.moneybird.open_invoice()
    before = len(invoice.payments)
    command = bench.approved(bench.link(bench.moneybird.new_mutation(100), "SalesInvoice", invoice.id, "1"))
    if when == "the link's answer":
        bench.wire.gets = [acted_then(httpx.ReadTimeout("no answer"))]
    else:
        bench.wire.posts = [through, *[instead(fault)] * 4]  # as often as the client asks
    bench.poster().pass_once()
    assert bench.now(command).state is State.AMBIGUOUS
    bench.poster().pass_once()
    assert bench.now(command).state is State.VERIFIED
    assert (bench.wire.seen.count("PATCH"), len(invoice.payments)) == (1, before + 1)


def test_a_link_that_differs_is_flagged_and_never_taken_back(bench: PostingBench) -> None:
    invoice = bench.moneybird.open_invoice()
    before = len(invoice.payments)
    command = bench.approved(bench.link(bench.moneybird.new_mutation(300), "SalesInvoice", invoice.id, "2"))
    bench.wire.gets = [_less]
    bench.poster().pass_once()
    after = bench.now(command)
    assert after.state is State.FAILED
    assert "amount: expected 2.00, found 1.00" in str(after.last_error)
    assert (len(invoice.payments), "DELETE" in bench.wire.seen) == (before + 1, False)


def test_money_that_somebody_linked_elsewhere_since_is_not_linked_again(bench: PostingBench) -> None:
    invoice = bench.moneybird.open_invoice()
    other = next(each for each in bench.moneybird.books.invoices.values()
                 if bench.moneybird.books.state(each) == "late" and each.id != invoice.id)  # fmt: skip
    mutation = bench.moneybird.new_mutation(100)
    command = bench.approved(bench.link(mutation, "SalesInvoice", invoice.id, "1"))
    bank.link_document(bench.moneybird.books, mutation, other, 100, 100)
    bench.poster().pass_once()
    assert (bench.now(command).state, bench.wire.seen) == (State.FAILED, ["POST"])
    assert "of the bank transaction Moneybird now has 0.00 left to link, so 1.00 does not fit" in str(
        bench.now(command).last_error
    )


def test_a_bank_transaction_that_is_gone_fails_its_link(bench: PostingBench) -> None:
    mutation = bench.moneybird.new_mutation(100)
    command = bench.approved(bench.link(mutation, "SalesInvoice", bench.moneybird.open_invoice().id, "1"))
    bank.remove_mutation(bench.moneybird.books, mutation)
    bench.poster().pass_once()
    assert bench.now(command).state is State.FAILED
    assert "the bank transaction is no longer at Moneybird" in str(bench.now(command).last_error)


# Secrets


def test_no_capability_link_of_an_invoice_is_kept(bench: PostingBench) -> None:
    """The lookup reads the whole invoice, whose addresses let anybody see and pay it."""
    invoice = bench.moneybird.open_invoice()
    with suppress(Killed):
        bench.approved(bench.payment(invoice, "1"))
        bench.poster().pass_once()
    with httpx.Client(transport=bench.moneybird.transport) as http:
        shown = http.get(
            f"https://moneybird.local/api/v2/{bench.moneybird.administration_id}/sales_invoices/{invoice.id}.json",
            headers={"Authorization": f"Bearer {bench.moneybird.token}"},
        ).json()
    kept = b"".join(path.read_bytes() for path in Path(str(bench.store.engine.url.database)).parent.iterdir())
    assert str(invoice.id).encode() in kept
    for name in ("url", "payment_url", "public_view_code"):
        assert shown[name], name
        assert str(shown[name]).encode() not in kept, name
    assert bench.moneybird.token.encode() not in kept
