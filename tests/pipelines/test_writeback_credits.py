"""Credits of sent invoices: the whole or a part, at the invoice's own amounts, exactly one whatever breaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from pipelines.errors import CommandRefusedError
from pipelines.operations import Command, State
from pipelines.writeback import cancel, examine, retry
from pipelines.writeback.credit import CreditInvoice
from pipelines.writeback.sources import SOURCES, Asked, Taken
from tests.pipelines.documents_bench import DocumentsBench, documents_bench
from tests.pipelines.writeback_bench import (
    ANYBODY,
    SETTLE,
    Fault,
    Killed,
    MortalStore,
    acted_but_answered,
    acted_then,
    answered,
    instead,
    office,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[DocumentsBench]:
    with documents_bench(tmp_path) as made:
        yield made


@pytest.fixture
def original(bench: DocumentsBench) -> str:
    """129.05 at 21 % (10 × 12.35 and 5.55) and 80.00 at 9 % (2 × 40.00): 209.05, with VAT 243.35."""
    return bench.moneybird.sent(
        {"amount": "10 uur", "price": "12.35"},
        {"amount": "2 x", "price": "40.00", "tax_rate_id": bench.moneybird.rate(9), "description": "Boek"},
        {"amount": "1", "price": "5.55", "description": "Verzending"},
        reference="PO 30052",
    )


def credit(bench: DocumentsBench, original: str, *lines: dict[str, Any], **other: Any) -> CreditInvoice:
    given = {"administration_id": bench.moneybird.administration_id, "sales_invoice_id": original, "draft_id": "R-1"}
    return CreditInvoice.model_validate({**given, "lines": lines, **other})


PART = ({"line": 1, "quantity": "3"}, {"line": 2})


def wrong(bench: DocumentsBench, request: CreditInvoice) -> str:
    examined = examine(request, office(bench.moneybird, bench.clock()))
    assert examined.preview is None
    return " ".join(finding.sentence for finding in examined.findings if not finding.is_good)


def run(bench: DocumentsBench, passes: int = 4) -> None:
    for _ in range(passes):
        bench.worker().pass_once()
        bench.clock.pass_by(SETTLE)


def is_as_previewed(bench: DocumentsBench, command: Command, original: str) -> dict[str, Any]:
    """The one credit of the invoice, which is what was approved in every amount."""
    (made,) = bench.moneybird.credits(original)
    assert bench.now(command).state is State.VERIFIED, bench.now(command).last_error
    assert bench.now(command).remote_id == made["id"]
    assert (made["state"], made["reference"]) == ("draft", command.preview["reference"])
    assert made["original_sales_invoice_id"] == original
    assert Decimal(made["total_price_excl_tax"]) == Decimal(command.preview["total_excl_amount"])
    assert Decimal(made["total_price_incl_tax"]) == Decimal(command.preview["total_incl_amount"])
    nets = [Decimal(each["total_price_excl_tax_with_discount"]) for each in made["details"]]
    assert [net for net in nets if net] == [Decimal(net) for net in command.preview["line_amounts"]]
    expected = {row["tax_rate_id"]: Decimal(row["tax_amount"]) for row in command.preview["rate_totals"]}
    assert {row["tax_rate_id"]: Decimal(row["tax_amount"]) for row in made["tax_totals"]} == expected
    return made


# The straight road


def test_a_whole_invoice_is_credited_in_two_looks_and_two_requests(bench: DocumentsBench, original: str) -> None:
    command = bench.ask(credit(bench, original))
    assert bench.worker().pass_once() == {State.VERIFIED: 1}
    assert bench.wire.seen == ["look up", "list", "copy", "change"]
    made = is_as_previewed(bench, command, original)
    assert Decimal(command.preview["total_incl_amount"]) == Decimal("-243.35")
    assert command.preview["reference"] == f"PO 30052 · {command.business_key}"
    assert [each["amount"] for each in made["details"]] == [None, "-10 uur", "-2 x", "-1"]


def test_a_part_is_the_copy_brought_to_the_approved_lines(bench: DocumentsBench, original: str) -> None:
    command = bench.ask(credit(bench, original, *PART))
    bench.worker().pass_once()
    made = is_as_previewed(bench, command, original)
    heading, *rest = made["details"]
    assert heading["description"].startswith("**Creditfactuur voor factuur")
    assert [(each["description"], each["amount"]) for each in rest] == [("Advies", "-3"), ("Boek", "-2 x")]
    assert [Decimal(net) for net in command.preview["line_amounts"]] == [Decimal("-37.05"), Decimal("-80.00")]
    taxes = [Decimal(row["tax_amount"]) for row in command.preview["rate_totals"]]
    assert taxes == [Decimal("-7.78"), Decimal("-7.20")]


def test_the_preview_shows_both_requests_and_what_stands_there_now(bench: DocumentsBench, original: str) -> None:
    command = bench.ask(credit(bench, original, {"line": 1, "quantity": "3"}, {"line": 3}), approved=False)
    number = bench.moneybird.call("GET", f"sales_invoices/{original}")["invoice_id"]
    assert command.preview["before"] == {
        "number": number, "invoice_date": bench.clock().date().isoformat(), "total_incl_amount": "243.35",
        "credited_amount": "0",
    }  # fmt: skip
    assert command.payload["path"] == f"sales_invoices/{original}/duplicate_creditinvoice"
    assert command.payload["body"] == {}
    assert command.payload["then"]["body"]["sales_invoice"]["details_attributes"] == [
        {"id": "<copy of line 1>", "amount": "-3"},
        {"id": "<copy of line 2>", "_destroy": True},
    ]
    assert "Line 1: 3 of 10 × 'Advies' is -37.05, VAT '21% btw' as on the invoice." in command.preview["reasons"]


@pytest.mark.parametrize("lines", [(), ({"line": 1, "quantity": "3"}, {"line": 2, "quantity": "1"})])
@pytest.mark.parametrize("other", [{"prices_are_incl_tax": True}, {"discount": "12.5"}])
def test_prices_with_vat_and_discounts_are_credited_as_they_were_invoiced(
    bench: DocumentsBench, lines: tuple[dict[str, Any], ...], other: dict[str, Any]
) -> None:
    rows = [{"amount": "7", "price": "9.99"}, {"amount": "3", "price": "14.95"}, {"amount": "1", "price": "0.50"}]
    original = bench.moneybird.sent(*rows, **other)
    command = bench.ask(credit(bench, original, *lines))
    bench.worker().pass_once()
    assert bench.now(command).state is State.VERIFIED, bench.now(command).last_error
    (made,) = bench.moneybird.credits(original)
    if not lines:
        total = Decimal(bench.moneybird.call("GET", f"sales_invoices/{original}")["total_price_incl_tax"])
        assert Decimal(made["total_price_incl_tax"]) == -total == Decimal(command.preview["total_incl_amount"])


def test_a_discount_line_comes_back_with_its_own_sign(bench: DocumentsBench) -> None:
    original = bench.moneybird.sent({"amount": "4", "price": "25"}, {"amount": "-1", "price": "10"})
    command = bench.ask(credit(bench, original, {"line": 1, "quantity": "2"}, {"line": 2}))
    bench.worker().pass_once()
    made = is_as_previewed(bench, command, original)
    assert [Decimal(net) for net in command.preview["line_amounts"]] == [Decimal("-50.00"), Decimal("10.00")]
    assert Decimal(made["total_price_excl_tax"]) == Decimal("-40")


def test_an_invoice_without_a_reference_lends_its_number_and_our_own_key_is_not_repeated(bench: DocumentsBench) -> None:
    plain = bench.moneybird.sent({"amount": "1", "price": "10"})
    ours = bench.moneybird.sent({"amount": "1", "price": "10"}, reference="PO 7/8 · ABCDEFGH")
    number = bench.moneybird.call("GET", f"sales_invoices/{plain}")["invoice_id"]
    first = bench.ask(credit(bench, plain))
    second = bench.ask(credit(bench, ours, draft_id="R-2"))
    assert first.preview["reference"] == f"{number} · {first.business_key}"
    assert second.preview["reference"] == f"PO 7-8 · {second.business_key}"
    assert bench.worker().pass_once() == {State.VERIFIED: 2}


def test_two_parts_of_one_invoice_follow_each_other(bench: DocumentsBench, original: str) -> None:
    first = bench.ask(credit(bench, original, {"line": 1, "quantity": "3"}))
    with pytest.raises(CommandRefusedError, match=f"credit {original} is already in command {first.id}"):
        bench.ask(credit(bench, original, {"line": 2}, draft_id="R-2"))
    bench.worker().pass_once()
    books = bench.moneybird
    bench.clock.pass_by(60)
    synced_now(bench)
    second = bench.ask(credit(bench, original, {"line": 2}, draft_id="R-2"))
    bench.worker().pass_once()
    assert bench.now(second).state is State.VERIFIED, bench.now(second).last_error
    assert {made["id"] for made in books.credits(original)} == {bench.now(each).remote_id for each in (first, second)}


def test_a_credit_that_stands_there_keeps_its_invoice_after_its_command_was_cancelled(
    bench: DocumentsBench, original: str
) -> None:
    """It came out different and a person corrected it there; the published data do not know it yet."""
    books = bench.moneybird
    published = books.sales_invoice(books.administration_id, original)
    books.sales_invoice = lambda *_: published  # type: ignore[method-assign]
    first = bench.ask(credit(bench, original, *PART))
    bench.wire.faults = {"change": [acted_then(httpx.ReadTimeout("no answer"))]}
    bench.worker().pass_once()
    bench.clock.pass_by(30)
    (made,) = books.credits(original)
    edit = {"details_attributes": [{"id": made["details"][1]["id"], "amount": "-4"}]}
    books.call("PATCH", f"sales_invoices/{made['id']}", {"sales_invoice": edit})
    run(bench)
    assert (bench.now(first).state, bench.now(first).remote_id) == (State.FAILED, made["id"])
    cancel(bench.store, first.id, ANYBODY, who="anna", at=bench.clock())
    with pytest.raises(
        CommandRefusedError, match=f"already in command {first.id}, which is cancelled; sync first, or take it off"
    ):
        bench.ask(credit(bench, original, draft_id="R-2"))
    bench.clock.pass_by(60)
    del books.sales_invoice  # type: ignore[method-assign]
    synced_now(bench)
    second = bench.ask(credit(bench, original, {"line": 2}, draft_id="R-2"), approved=False)
    assert second.state is State.AWAITING_APPROVAL


# Lost answers and kills


LOST = {
    "timeout": acted_then(httpx.ReadTimeout("no answer")),
    "never arrived": instead(httpx.ReadTimeout("no answer")),
    "cut off": acted_but_answered(200, b'{"id": "49608'),
    "killed after": acted_then(Killed()),
    "killed before": instead(Killed()),
}


@pytest.mark.parametrize("at", ["look up", "list", "copy", "change"])
@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
def test_whatever_breaks_at_any_request_there_is_one_credit_as_approved(
    bench: DocumentsBench, original: str, fault: Fault, at: str
) -> None:
    command = bench.ask(credit(bench, original, *PART))
    bench.wire.faults = {at: [fault]}
    try:
        bench.worker().pass_once()
    except Killed:
        assert "killed" in next(name for name, each in LOST.items() if each is fault)
    bench.clock.pass_by(SETTLE)
    run(bench)
    is_as_previewed(bench, command, original)


@pytest.mark.parametrize("after_commit", [False, True])
@pytest.mark.parametrize("nth", [1, 2])
def test_killed_around_any_commit_there_is_one_credit(
    bench: DocumentsBench, original: str, nth: int, after_commit: bool
) -> None:
    command = bench.ask(credit(bench, original, *PART))
    with pytest.raises(Killed):
        replace(bench.worker(), store=MortalStore(bench.store.engine, [nth], after_commit)).pass_once()
    run(bench)
    is_as_previewed(bench, command, original)


def test_a_worker_that_died_hours_ago_left_a_copy_that_is_found(bench: DocumentsBench, original: str) -> None:
    command = bench.ask(credit(bench, original, *PART))
    bench.wire.faults = {"copy": [acted_then(Killed())]}
    with pytest.raises(Killed):
        bench.worker().pass_once()
    bench.clock.pass_by(5 * 3600)
    run(bench)
    is_as_previewed(bench, command, original)


def test_a_change_killed_before_its_outcome_was_written_is_found_by_its_reference(
    bench: DocumentsBench, original: str
) -> None:
    command = bench.ask(credit(bench, original, *PART))
    bench.wire.faults = {"change": [acted_then(Killed())]}
    with pytest.raises(Killed):
        bench.worker().pass_once()
    run(bench, 2)
    assert bench.wire.seen == ["look up", "list", "copy", "change", "look up"]
    is_as_previewed(bench, command, original)


def test_a_persons_draft_after_ours_was_deleted_is_not_taken_for_ours(bench: DocumentsBench, original: str) -> None:
    command = bench.ask(credit(bench, original, *PART))
    bench.wire.faults = {"change": [answered(422, b'{"error":{"details.amount":["is invalid"]}}')]}
    bench.worker().pass_once()
    assert "which could not be finished" in str(bench.now(command).last_error)
    bench.moneybird.call("DELETE", f"sales_invoices/{bench.now(command).remote_id}")
    own = bench.moneybird.call("PATCH", f"sales_invoices/{original}/duplicate_creditinvoice", {})
    retry(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    run(bench)
    assert bench.now(command).state is State.FAILED
    assert "Expected no draft credit of this invoice" in str(bench.now(command).last_error)
    assert bench.moneybird.credits(original) == [own]


def test_a_copy_whose_answer_was_lost_is_found_and_finished_without_another(
    bench: DocumentsBench, original: str
) -> None:
    command = bench.ask(credit(bench, original, *PART))
    bench.wire.faults = {"copy": [acted_then(httpx.ReadTimeout("no answer"))]}
    bench.worker().pass_once()
    assert bench.now(command).state is State.AMBIGUOUS
    bench.worker().pass_once()
    assert bench.wire.seen == ["look up", "list", "copy", "look up", "list", "change"]
    is_as_previewed(bench, command, original)


def test_a_finished_credit_whose_answer_was_lost_is_found_by_its_id_and_not_changed_again(
    bench: DocumentsBench, original: str
) -> None:
    command = bench.ask(credit(bench, original, *PART))
    bench.wire.faults = {"change": [acted_then(httpx.ReadTimeout("no answer"))]}
    run(bench, 2)
    assert bench.wire.seen == ["look up", "list", "copy", "change", "GET"]
    is_as_previewed(bench, command, original)


# A person's own


def test_a_credit_draft_that_stood_there_before_is_a_persons_and_goes_to_review(
    bench: DocumentsBench, original: str
) -> None:
    command = bench.ask(credit(bench, original, *PART))
    own = bench.moneybird.call("PATCH", f"sales_invoices/{original}/duplicate_creditinvoice", {})
    assert bench.worker().pass_once() == {State.FAILED: 1}
    assert "Expected no draft credit of this invoice and none made since the last sync, found credit invoice" in str(
        bench.now(command).last_error
    )
    assert bench.moneybird.credits(original) == [own]
    assert "copy" not in bench.wire.seen
    bench.moneybird.call("DELETE", f"sales_invoices/{own['id']}")
    retry(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    bench.worker().pass_once()
    is_as_previewed(bench, command, original)


def synced_now(bench: DocumentsBench) -> None:
    """As after a sync at this moment."""
    known = bench.moneybird.administration(bench.moneybird.administration_id)
    moment = bench.clock.now
    bench.moneybird.administration = lambda _: replace(known, synced_at=moment)  # type: ignore[method-assign]


def test_a_credit_that_was_sent_since_the_last_sync_goes_to_review(bench: DocumentsBench, original: str) -> None:
    """The published data do not know it, so more might be credited than is left."""
    synced_now(bench)
    bench.clock.pass_by(3600)
    command = bench.ask(credit(bench, original, *PART))
    own = bench.moneybird.call("PATCH", f"sales_invoices/{original}/duplicate_creditinvoice", {})
    sending = {"sales_invoice_sending": {"delivery_method": "Manual"}}
    bench.moneybird.call("PATCH", f"sales_invoices/{own['id']}/send_invoice", sending)
    assert bench.worker().pass_once() == {State.FAILED: 1}
    assert f"found credit invoice {own['id']}" in str(bench.now(command).last_error)
    assert "copy" not in bench.wire.seen


def test_a_draft_invoice_that_was_made_sent_and_credited_is_not_mixed_up_with_its_credit(
    bench: DocumentsBench,
) -> None:
    """Moneybird's copy carries the invoice's reference until it gets one of its own."""
    command = bench.ask(bench.draft())
    bench.wire.faults = {"POST": [acted_then(httpx.ReadTimeout("no answer"))]}
    bench.worker().pass_once()
    books = bench.moneybird
    made = next(each.id for each in books.books.invoices.values() if each.reference == command.preview["reference"])
    sending = {"sales_invoice_sending": {"delivery_method": "Manual"}}
    books.call("PATCH", f"sales_invoices/{made}/send_invoice", sending)
    books.call("PATCH", f"sales_invoices/{made}/duplicate_creditinvoice", {})
    run(bench)
    assert "this was made and credited already" in str(bench.now(command).last_error)
    assert len(books.credits(str(made))) == 1


def test_two_credits_after_a_lost_answer_go_to_review(bench: DocumentsBench, original: str) -> None:
    command = bench.ask(credit(bench, original, *PART))
    bench.wire.faults = {"copy": [acted_then(httpx.ReadTimeout("no answer"))]}
    bench.worker().pass_once()
    bench.moneybird.call("PATCH", f"sales_invoices/{original}/duplicate_creditinvoice", {})
    before = bench.moneybird.credits(original)
    run(bench)
    after = bench.now(command)
    assert (after.state, after.remote_id) == (State.FAILED, None)
    assert "Expected one credit of this invoice since it was approved, found" in str(after.last_error)
    assert bench.moneybird.credits(original) == before


@pytest.mark.parametrize("sends", [False, True])
def test_what_a_person_edited_between_copy_and_change_is_not_overwritten(
    bench: DocumentsBench, original: str, sends: bool
) -> None:
    command = bench.ask(credit(bench, original, *PART))
    bench.wire.faults = {"copy": [acted_then(httpx.ReadTimeout("no answer"))]}
    bench.worker().pass_once()
    bench.clock.pass_by(30)
    (copy,) = bench.moneybird.credits(original)
    if sends:
        sending = {"sales_invoice_sending": {"delivery_method": "Manual"}}
        bench.moneybird.call("PATCH", f"sales_invoices/{copy['id']}/send_invoice", sending)
    else:
        edit = {"details_attributes": [{"id": copy["details"][1]["id"], "amount": "-4"}]}
        bench.moneybird.call("PATCH", f"sales_invoices/{copy['id']}", {"sales_invoice": edit})
    edited = bench.moneybird.credits(original)
    run(bench)
    assert bench.now(command).state is State.FAILED
    assert "somebody changed it since, so it is left alone" in str(bench.now(command).last_error)
    assert bench.moneybird.credits(original) == edited
    assert "change" not in bench.wire.seen


def test_a_copy_a_person_took_up_while_our_change_failed_is_not_overwritten(
    bench: DocumentsBench, original: str
) -> None:
    command = bench.ask(credit(bench, original, *PART))
    bench.wire.faults = {"change": [answered(502, b"<html>")]}
    bench.worker().pass_once()
    (copy,) = bench.moneybird.credits(original)
    assert bench.now(command).remote_id == copy["id"]
    edit = {"details_attributes": [{"id": copy["details"][1]["id"], "amount": "-4"}]}
    bench.clock.pass_by(30)
    bench.moneybird.call("PATCH", f"sales_invoices/{copy['id']}", {"sales_invoice": edit})
    edited = bench.moneybird.credits(original)
    run(bench)
    assert bench.now(command).state is State.FAILED
    assert "Nothing was deleted" in str(bench.now(command).last_error)
    assert bench.wire.seen.count("change") == 1
    assert bench.moneybird.credits(original) == edited


def test_what_a_person_edited_after_the_change_is_flagged_and_kept(bench: DocumentsBench, original: str) -> None:
    command = bench.ask(credit(bench, original, *PART))
    bench.wire.faults = {"change": [acted_then(httpx.ReadTimeout("no answer"))]}
    bench.worker().pass_once()
    bench.clock.pass_by(30)
    (made,) = bench.moneybird.credits(original)
    edit = {"details_attributes": [{"id": made["details"][1]["id"], "amount": "-4"}]}
    bench.moneybird.call("PATCH", f"sales_invoices/{made['id']}", {"sales_invoice": edit})
    edited = bench.moneybird.credits(original)
    run(bench)
    assert bench.now(command).state is State.FAILED
    assert "total without VAT: expected -117.05, found -129.4" in str(bench.now(command).last_error)
    assert "Nothing was deleted" in str(bench.now(command).last_error)
    assert bench.moneybird.credits(original) == edited


def test_a_copy_of_other_lines_than_were_approved_is_taken_back(bench: DocumentsBench, original: str) -> None:
    """The invoice was edited at Moneybird after the last sync, as sent invoices can be."""
    command = bench.ask(credit(bench, original, *PART))
    invoice = bench.moneybird.call("GET", f"sales_invoices/{original}")
    edit = {"details_attributes": [{"id": invoice["details"][0]["id"], "price": "13.35"}]}
    bench.moneybird.call("PATCH", f"sales_invoices/{original}", {"sales_invoice": edit})
    assert bench.worker().pass_once() == {State.FAILED: 1}
    assert "so it was deleted again" in str(bench.now(command).last_error)
    assert bench.moneybird.credits(original) == []


def test_a_change_that_came_out_differently_is_taken_back(bench: DocumentsBench, original: str) -> None:
    command = bench.ask(credit(bench, original, *PART))

    def more(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        body["sales_invoice"]["details_attributes"][0]["amount"] = "-5"
        headers = {key: value for key, value in request.headers.items() if key != "content-length"}
        return inner.handle_request(httpx.Request("PATCH", request.url, json=body, headers=headers))

    bench.wire.faults = {"change": [more]}
    bench.worker().pass_once()
    assert "total without VAT: expected -117.05, found -141.75" in str(bench.now(command).last_error)
    assert bench.moneybird.credits(original) == []


# Refused before the API is asked


def test_no_more_is_credited_than_was_invoiced(bench: DocumentsBench, original: str) -> None:
    books = bench.moneybird
    over = wrong(bench, credit(bench, original, {"line": 1, "quantity": "10.5"}))
    assert "Line 1 of invoice" in over
    assert "expected at most 10, as was invoiced, found 10.5; lower the quantity." in over
    part = books.call("PATCH", f"sales_invoices/{original}/duplicate_creditinvoice", {})
    edit = {"details_attributes": [{"id": each["id"], "_destroy": True} for each in part["details"][2:]]}
    books.call("PATCH", f"sales_invoices/{part['id']}", {"sales_invoice": edit})
    said = wrong(bench, credit(bench, original))
    assert "Expected at most what is left, found 243.35: EUR 93.91 of 243.35 is left to credit" in said
    assert "(149.44 is credited already); credit fewer lines." in said
    assert wrong(bench, credit(bench, original, {"line": 1})).startswith("Expected at most what is left, found 149.44")
    bench.ask(
        credit(bench, original, {"line": 2}, {"line": 3})
    )  # 87.20 and 6.72, a cent over what is left: the rounding of parts


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (({"line": 4},), "has no line 4; it has 3 lines, choose one of them."),
        (({"detail_id": "99"},), "has no line with id 99"),
        (({"line": 1}, {"line": 1, "quantity": "2"}), "is chosen twice; say once how much of it comes back."),
    ],
)
def test_only_lines_of_the_invoice_come_back_each_once(
    bench: DocumentsBench, original: str, lines: tuple[dict[str, Any], ...], sentence: str
) -> None:
    assert sentence in wrong(bench, credit(bench, original, *lines))


def test_what_was_never_sent_is_a_credit_itself_or_does_not_exist_is_refused(
    bench: DocumentsBench, original: str
) -> None:
    books = bench.moneybird
    draft = books.call("POST", "sales_invoices", {"sales_invoice": {"contact_id": books.contact_id}})
    assert "is draft; change or delete it in Moneybird instead." in wrong(bench, credit(bench, draft["id"]))
    copy = books.call("PATCH", f"sales_invoices/{original}/duplicate_creditinvoice", {})
    sending = {"sales_invoice_sending": {"delivery_method": "Manual"}}
    sent = books.call("PATCH", f"sales_invoices/{copy['id']}/send_invoice", sending)
    assert f"{sent['invoice_id']} is a credit invoice itself" in wrong(bench, credit(bench, copy["id"]))
    assert "Nothing more: EUR 0.00 of 243.35 is left to credit" in wrong(bench, credit(bench, original))
    assert "Sales invoice 99 is not in the published data" in wrong(bench, credit(bench, "99"))
    given_up = books.sent({"amount": "1", "price": "10"})
    books.call("PATCH", f"sales_invoices/{given_up}/mark_as_uncollectible", {})
    assert "was given up as uncollectible, which a credit cannot undo" in wrong(bench, credit(bench, given_up))


@pytest.mark.parametrize("line", [{}, {"line": 1, "detail_id": "5"}, {"line": 0}, {"line": 1, "quantity": "-1"}])
def test_a_line_is_named_in_one_way_with_a_quantity_above_zero(bench: DocumentsBench, line: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        credit(bench, "1", line)


# Returns


def returned(bench: DocumentsBench, text: str, name: str = "returns.csv") -> Taken:
    return SOURCES["returns"].take(Asked(text.encode(), name), office(bench.moneybird, bench.clock()))


def test_the_rows_of_a_return_are_one_credit_and_bad_rows_are_named_while_good_ones_go_on(
    bench: DocumentsBench, original: str
) -> None:
    books, where = bench.moneybird, bench.moneybird.administration_id
    number = books.call("GET", f"sales_invoices/{original}")["invoice_id"]
    taken = returned(
        bench,
        "administration_id;return_id;invoice;line;product;quantity;reason\n"
        f"{where};R-1;{number};1;;3;te veel\n"
        f"{where};R-2;{number};2;;veel;\n"
        f"{where};R-1;{number};2;;;beschadigd\n"
        f"{where};R-2;{number};1;;1;\n"
        f"{where};R-3;2019-9999;;;;\n"
        f"{where};R-4;{number};;ABC;1;\n"
        f"{where};R-5;{number};;;2;\n",
    )
    ((origin, request),) = taken.requests
    assert origin == "returns.csv line 2"
    assert request == credit(bench, original, *PART, reason="te veel; beschadigd", draft_id="return::R-1")
    assert [(row.where, row.field, row.found) for row in taken.bad] == [
        ("returns.csv line 3", "quantity", "'veel'"),
        ("returns.csv line 8", "the row", taken.bad[1].found),
        ("returns.csv line 6", "invoice", "'2019-9999'"),
        ("returns.csv line 7", "product", "'ABC'"),
    ]
    assert "a quantity belongs to a line; give its place or its product too" in taken.bad[1].found
    assert taken.bad[2].expected == f"a sales invoice of administration {where}, as last published"
    assert taken.remarks == ("Return R-2 is left out whole, because one of its rows is wrong.",)
    command = bench.ask(request)
    bench.worker().pass_once()
    is_as_previewed(bench, command, original)


def test_the_returns_of_two_senders_with_one_number_are_two_credits(bench: DocumentsBench, original: str) -> None:
    def sent_by(sender: str, return_id: str) -> Taken:
        row = {
            "administration_id": bench.moneybird.administration_id, "return_id": return_id,
            "sales_invoice_id": original, "line": 1, "quantity": "1",
        }  # fmt: skip
        asked = Asked(json.dumps(row).encode(), "event.json", sender=sender)
        return SOURCES["returns"].take(asked, office(bench.moneybird, bench.clock()))

    longest = "w" * 30, "9" * 40
    asked = [("webshop", "R-1"), ("depot", "R-1"), longest]
    (first, second, long) = (sent_by(*each).requests[0][1].draft_id for each in asked)
    assert (first, second) == ("return:webshop:R-1", "return:depot:R-1")
    assert long == f"return:{longest[0]}:{longest[1]}"
    (bad,) = sent_by("webshop", "9" * 41).bad
    assert bad.sentence.startswith("event.json item 1, return_id: expected your own number of the return")


def test_a_return_of_a_product_finds_its_line(bench: DocumentsBench) -> None:
    books = bench.moneybird
    product = str(next(iter(books.books.products)))
    original = books.sent({"amount": "1", "price": "10"}, {"amount": "4", "price": "20", "product_id": product})
    row = {
        "administration_id": books.administration_id, "return_id": "R-9", "sales_invoice_id": original,
        "product": f"code-{product}", "quantity": "1",
    }  # fmt: skip
    ((_, request),) = returned(bench, json.dumps([row]), "returns.json").requests
    command = bench.ask(request)
    assert [Decimal(net) for net in command.preview["line_amounts"]] == [Decimal("-20.00")]
