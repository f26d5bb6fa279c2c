"""Draft estimates: found again by listing the contact's, exactly one whatever breaks; and a configurator's export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.operations import Command, State
from pipelines.writeback import DraftEstimate, examine, retry
from pipelines.writeback.kinds.listing import PER_PAGE, listed, periods
from pipelines.writeback.sources import SOURCES, Asked, Taken
from pipelines.writeback.sources.schema import fields
from tests.pipelines.documents_bench import DocumentsBench, documents_bench
from tests.pipelines.writeback_bench import (
    ANYBODY,
    SETTLE,
    Fault,
    Killed,
    MortalStore,
    acted_but_answered,
    acted_then,
    instead,
    office,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[DocumentsBench]:
    with documents_bench(tmp_path) as made:
        yield made


def estimate(bench: DocumentsBench, **other: Any) -> DraftEstimate:
    books = bench.moneybird
    chosen = {"tax_rate_id": books.tax_rate_id, "ledger_account_id": books.ledger_account_id}
    lines = [
        {"description": "Ontwerp", "quantity": "2.5", "unit_price": "99.95", **chosen},
        {"description": "Boek", "unit_price": "40", **chosen, "tax_rate_id": books.rate(9)},
    ]
    given = {"administration_id": books.administration_id, "contact_id": books.contact_id, "draft_id": "C-1"}
    return DraftEstimate.model_validate({**given, "customer_reference": "PO 7", "lines": lines, **other})


def is_as_previewed(bench: DocumentsBench, command: Command) -> dict[str, Any]:
    """The one estimate of the command, which is what was approved in every amount."""
    (made,) = bench.moneybird.estimates(command.preview["reference"])
    assert bench.now(command).state is State.VERIFIED, bench.now(command).last_error
    assert bench.now(command).remote_id == made["id"]
    for there, here in (("total_price_excl_tax", "total_excl_amount"), ("total_price_incl_tax", "total_incl_amount")):
        assert Decimal(made[there]) == Decimal(command.preview[here])
    nets = [Decimal(each["total_price_excl_tax_with_discount"]) for each in made["details"]]
    assert nets == [Decimal(net) for net in command.preview["line_amounts"]]
    return made


def test_an_estimate_is_looked_for_made_and_verified_in_two_requests(bench: DocumentsBench) -> None:
    command = bench.ask(estimate(bench, estimate_date="2026-12-01", due_days=21, pre_text="Beste klant,"))
    assert bench.worker().pass_once() == {State.VERIFIED: 1}
    assert bench.wire.seen == ["list", "POST"]
    made = is_as_previewed(bench, command)
    assert (made["state"], made["estimate_date"], made["due_date"]) == ("draft", "2026-12-01", "2026-12-22")
    assert (made["pre_text"], made["reference"]) == ("Beste klant,", f"PO 7 · {command.business_key}")
    assert Decimal(command.preview["total_incl_amount"]) == Decimal("345.95")  # 249.88 + 52.47 and 40.00 + 3.60


def test_no_locked_period_stands_in_the_way_of_an_offer(bench: DocumentsBench) -> None:
    books = bench.moneybird
    known = books.administration(books.administration_id)
    books.administration = lambda _: replace(known, locked_until=date(2026, 12, 31))  # type: ignore[method-assign]
    examined = examine(estimate(bench, estimate_date="2026-12-01"), office(books, bench.clock()))
    assert examined.preview is not None
    said = [finding.sentence for finding in examined.findings if "date" in finding.check]
    assert said == ["Date 01-12-2026; an estimate is not booked, so no locked period stands in the way."]


LOST = {
    "timeout": acted_then(httpx.ReadTimeout("no answer")),
    "never arrived": instead(httpx.ReadTimeout("no answer")),
    "502": acted_but_answered(502, b"<html>Bad gateway</html>"),
    "cut off": acted_but_answered(201, b'{"id": "49608'),
    "killed after": acted_then(Killed()),
    "killed before": instead(Killed()),
}


@pytest.mark.parametrize("at", ["list", "POST"])
@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
def test_whatever_breaks_at_any_request_there_is_one_estimate(bench: DocumentsBench, fault: Fault, at: str) -> None:
    command = bench.ask(estimate(bench))
    bench.wire.faults = {at: [fault]}
    try:
        bench.worker().pass_once()
    except Killed:
        assert "killed" in next(name for name, each in LOST.items() if each is fault)
    for _ in range(4):
        bench.clock.pass_by(SETTLE)
        bench.worker().pass_once()
    is_as_previewed(bench, command)


@pytest.mark.parametrize("after_commit", [False, True])
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_killed_around_any_commit_there_is_one_of_each(bench: DocumentsBench, nth: int, after_commit: bool) -> None:
    asked = [bench.ask(estimate(bench)), bench.ask(estimate(bench, draft_id="C-2"))]
    with pytest.raises(Killed):
        replace(bench.worker(), store=MortalStore(bench.store.engine, [nth], after_commit)).pass_once()
    for _ in range(3):
        bench.worker().pass_once()
        bench.clock.pass_by(SETTLE)
    for command in asked:
        is_as_previewed(bench, command)


@pytest.mark.parametrize("day", [None, "2019-03-01", "2040-01-01"])
@pytest.mark.parametrize("becomes", ["draft", "accepted"])
def test_an_estimate_is_found_whatever_its_date_and_whatever_a_person_did_with_it(
    bench: DocumentsBench, day: str | None, becomes: str
) -> None:
    """The list's own default is this year; a draft without a date stands at today."""
    command = bench.ask(estimate(bench, estimate_date=day))
    bench.wire.faults = {"POST": [acted_then(httpx.ReadTimeout("no answer"))]}
    bench.worker().pass_once()
    (made,) = bench.moneybird.estimates(command.preview["reference"])
    if becomes == "accepted":
        sending = {"estimate_sending": {"delivery_method": "Manual"}}
        bench.moneybird.call("PATCH", f"estimates/{made['id']}/send_estimate", sending)
        bench.moneybird.call("PATCH", f"estimates/{made['id']}/change_state", {"state": "accepted"})
    bench.clock.pass_by(SETTLE)
    bench.worker().pass_once()
    assert bench.now(command).remote_id == made["id"]
    assert bench.wire.seen.count("POST") == 1
    is_as_previewed(bench, command)


def test_it_is_found_on_a_later_page(bench: DocumentsBench) -> None:
    command = bench.ask(estimate(bench))
    bench.wire.faults = {"POST": [acted_then(httpx.ReadTimeout("no answer"))]}
    bench.worker().pass_once()
    for number in range(PER_PAGE):
        body = {"contact_id": bench.moneybird.contact_id, "reference": f"another {number}"}
        bench.moneybird.call("POST", "estimates", {"estimate": body})
    bench.clock.pass_by(SETTLE)
    bench.worker().pass_once()
    assert bench.wire.seen == ["list", "POST", "list", "list"]
    is_as_previewed(bench, command)


def test_two_estimates_with_our_reference_go_to_review(bench: DocumentsBench) -> None:
    command = bench.ask(estimate(bench))
    bench.wire.faults = {"POST": [acted_then(httpx.ReadTimeout("no answer"))]}
    bench.worker().pass_once()
    body = {"contact_id": bench.moneybird.contact_id, "reference": command.preview["reference"]}
    copy = bench.moneybird.call("POST", "estimates", {"estimate": body})
    bench.worker().pass_once()
    assert bench.now(command).state is State.FAILED
    assert "2 estimates at Moneybird carry the reference" in str(bench.now(command).last_error)
    bench.moneybird.call("DELETE", f"estimates/{copy['id']}")
    retry(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    bench.worker().pass_once()
    is_as_previewed(bench, command)


def dearer(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """Moneybird makes something else than what was asked."""
    body = json.loads(request.content)
    body["estimate"]["details_attributes"][1]["price"] = "41"
    headers = {key: value for key, value in request.headers.items() if key != "content-length"}
    return inner.handle_request(httpx.Request("POST", request.url, json=body, headers=headers))


def test_what_differs_is_taken_back_where_nobody_touched_it(bench: DocumentsBench) -> None:
    command = bench.ask(estimate(bench))
    bench.wire.faults = {"POST": [dearer]}
    assert bench.worker().pass_once() == {State.FAILED: 1}
    assert "total without VAT: expected 289.88, found 290.88" in str(bench.now(command).last_error)
    assert bench.moneybird.estimates(command.preview["reference"]) == []


def test_what_differs_and_was_edited_by_a_person_is_left(bench: DocumentsBench) -> None:
    command = bench.ask(estimate(bench))

    def lost(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        dearer(inner, request)
        raise httpx.ReadTimeout("no answer")

    bench.wire.faults = {"POST": [lost]}
    bench.worker().pass_once()
    bench.clock.pass_by(30)
    (made,) = bench.moneybird.estimates(command.preview["reference"])
    bench.moneybird.call("PATCH", f"estimates/{made['id']}", {"estimate": {"pre_text": "Zoals besproken"}})
    bench.worker().pass_once()
    assert bench.now(command).state is State.FAILED
    assert "Nothing was deleted" in str(bench.now(command).last_error)
    assert len(bench.moneybird.estimates(command.preview["reference"])) == 1


def test_a_new_document_that_moneybird_saved_again_after_its_lines_is_untouched(bench: DocumentsBench) -> None:
    """In the contract's own examples `updated_at` of a new draft is 4 to 7 ms after `created_at`."""
    command = bench.ask(estimate(bench))

    def saved_again(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        answer = dearer(inner, request)
        answer.read()
        made = max(bench.moneybird.books.estimates.values(), key=lambda each: each.id)
        made.updated = made.created + 7
        found = bench.moneybird.call("GET", f"estimates/{made.id}")
        assert found["created_at"] != found["updated_at"]
        return httpx.Response(201, json=found)

    bench.wire.faults = {"POST": [saved_again]}
    bench.worker().pass_once()
    assert "so it was deleted again" in str(bench.now(command).last_error)
    assert bench.moneybird.estimates(command.preview["reference"]) == []


def test_periods_hold_every_day_and_are_ten_years_at_most(bench: DocumentsBench) -> None:
    days = [date(2026, 11, 20), date(2035, 1, 1)]
    assert periods(days[0]) == ["20250101..20281231"]
    assert periods(date(2026, 11, 20), date(2031, 5, 1)) == ["20250101..20331231"]
    assert periods(*days) == ["20250101..20281231", "20340101..20371231"]
    client = bench.client(bench.moneybird.administration_id)
    for period in (*periods(*days), *periods(date(2026, 1, 1), date(2031, 1, 1))):
        listed(client, bench.moneybird.administration_id, "estimates", state="all", period=period)


# A configurator


def taken(bench: DocumentsBench, *rows: dict[str, Any]) -> Taken:
    asked = Asked(json.dumps(rows).encode(), "configurations.json")
    return SOURCES["configurator"].take(asked, office(bench.moneybird, bench.clock()))


def row(bench: DocumentsBench, **other: Any) -> dict[str, Any]:
    books = bench.moneybird
    chosen = {"tax_rate_id": books.tax_rate_id, "ledger_account_id": books.ledger_account_id}
    options = [{"description": "Kozijn", "quantity": "3", "unit_price": "210.50", **chosen}]
    given = {"configuration_id": "CFG-1", "administration_id": books.administration_id, "options": options}
    return {**given, "contact_id": books.contact_id, **other}


def test_a_configuration_becomes_an_estimate_and_a_changed_one_replaces_what_waits(bench: DocumentsBench) -> None:
    ((origin, request),) = taken(bench, row(bench, customer_reference="PO 9", valid_days=30)).requests
    assert origin == "configurations.json item 1"
    first = bench.ask(request, approved=False)
    options = [{**row(bench)["options"][0], "quantity": "4"}]
    ((_, changed),) = taken(bench, row(bench, customer_reference="PO 9", options=options)).requests
    second = bench.ask(changed)
    assert (second.id, second.preview["total_excl_amount"]) == (first.id, "842.00")
    bench.worker().pass_once()
    is_as_previewed(bench, second)


def test_a_contact_is_found_by_its_customer_number_and_bad_configurations_are_named(bench: DocumentsBench) -> None:
    books = bench.moneybird
    number = books.books.contacts[int(books.contact_id)].card.customer_id
    by_number = {key: value for key, value in row(bench).items() if key != "contact_id"}
    option = row(bench)["options"][0]
    found = taken(
        bench,
        {**by_number, "customer_id": number},
        {**by_number, "configuration_id": "CFG-2", "customer_id": "nobody"},
        {**by_number, "configuration_id": "CFG-3"},
        row(bench, configuration_id="CFG-4", options=[option, {**option, "unit_price": "veel"}]),
        row(bench, configuration_id="CFG-5", options=[]),
    )
    ((_, request),) = found.requests
    assert isinstance(request, DraftEstimate)
    assert (request.contact_id, request.draft_id) == (books.contact_id, "estimate::CFG-1")
    assert sorted((each.where[-1], each.field, each.found.partition(" (")[0][:12]) for each in found.bad) == [
        ("2", "customer_id", "'nobody'"),
        ("3", "the row", "{'configurat"),
        ("4", "options.2.unit_price", "'veel'"),
        ("5", "options", "[]"),
    ]


def test_the_configurations_of_two_senders_with_one_number_are_two_estimates(bench: DocumentsBench) -> None:
    def sent_by(sender: str, configuration_id: str) -> Taken:
        asked = Asked(json.dumps(row(bench, configuration_id=configuration_id)).encode(), "event.json", sender=sender)
        return SOURCES["configurator"].take(asked, office(bench.moneybird, bench.clock()))

    asked = [("webshop", "1"), ("planner", "1"), ("w" * 30, "9" * 40)]
    found = [sent_by(*each).requests[0][1].draft_id for each in asked]
    assert found == ["estimate:webshop:1", "estimate:planner:1", f"estimate:{'w' * 30}:{'9' * 40}"]
    (bad,) = sent_by("webshop", "9" * 41).bad
    assert bad.sentence.startswith("event.json item 1, configuration_id: expected the configurator's own number")


def test_every_field_of_both_sources_says_what_is_expected() -> None:
    for name in ("configurator", "returns"):
        row_model = SOURCES[name].row
        assert row_model is not None
        assert [name for name, field in row_model.model_fields.items() if not field.description] == []
        assert [each["name"] for each in fields(row_model) if not each["expected"]] == []
