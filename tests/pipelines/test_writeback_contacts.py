"""Contacts written: made once, changed only where they differ, and never over what a person changed unseen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from pipelines.errors import CommandRefusedError
from pipelines.finance.tables import CONTACT_FIELDS
from pipelines.operations import Command, State
from pipelines.writeback import approve, cancel, examine, retry, submit
from pipelines.writeback.contact import UpsertContact, same
from tests.pipelines.contacts_bench import ContactBench, contact_bench
from tests.pipelines.writeback_bench import (
    ANYBODY,
    SETTLE,
    Fault,
    Killed,
    Moneybird,
    MortalStore,
    acted_but_answered,
    acted_then,
    answered,
    instead,
)


@pytest.fixture(scope="module")
def moneybird() -> Iterator[Moneybird]:
    made = Moneybird()
    yield made
    made.transport.close()


@pytest.fixture
def bench(tmp_path: Path, moneybird: Moneybird) -> Iterator[ContactBench]:
    with contact_bench(tmp_path, moneybird) as made:
        yield made


def settle(bench: ContactBench, passes: int = 4) -> None:
    for _ in range(passes):
        bench.worker().pass_once()
        bench.clock.pass_by(SETTLE)


# Made, changed, left alone


def test_a_customer_id_nobody_has_becomes_a_contact_in_two_requests(bench: ContactBench) -> None:
    command = bench.want(company_name="Kade B.V.", city="Delft")
    assert command.payload == {
        "method": "POST",
        "path": "contacts",
        "body": {"contact": {"customer_id": "C-17", "company_name": "Kade B.V.", "city": "Delft"}},
    }
    bench.worker().pass_once()
    [made] = bench.with_id("C-17")
    after = bench.now(command)
    assert bench.wire.seen == ["look up", "POST"]
    assert (after.state, after.remote_id) == (State.VERIFIED, made["id"])
    assert (made["company_name"], made["city"]) == ("Kade B.V.", "Delft")


def test_of_a_contact_that_is_there_only_what_differs_is_sent(bench: ContactBench) -> None:
    """The postcode means the same without its space, so it stays as it was written."""
    there = bench.made("C-17", city="Delft", zipcode="2611 AB", phone="015-1234567")
    bench.sync()
    command = bench.want(city="Leiden", zipcode="2611ab", phone="015 1234567", company_name="Molen B.V.")
    assert command.payload == {
        "method": "PATCH",
        "path": f"contacts/{there['id']}",
        "body": {"contact": {"city": "Leiden"}},
    }
    assert command.preview["before"] == {"contact_id": there["id"], "city": "Delft"}
    assert command.preview["expected"] == {"city": "Leiden"}
    assert command.preview["reasons"] == ["City: Delft → Leiden."]
    bench.worker().pass_once()
    [after] = bench.with_id("C-17")
    assert bench.now(command).state is State.VERIFIED
    assert bench.wire.seen == ["look up", "PATCH"]
    ours = {"city", "updated_at", "version", "events"}
    assert {key for key in after if after[key] != there[key]} <= ours
    assert (after["city"], after["zipcode"]) == ("Leiden", "2611 AB")


def test_every_field_can_be_made_changed_and_taken_off(bench: ContactBench) -> None:
    first = {
        "company_name": "Kade B.V.", "firstname": "Ana", "lastname": "Pak", "address1": "Kade 1", "address2": "3 hoog",
        "zipcode": "2611 AB", "city": "Delft", "country": "NL", "phone": "015-1234567", "tax_number": "NL004495445B01",
        "chamber_of_commerce": "12345678", "bank_account": "NL91ABNA0417164300", "send_invoices_to_attention": "Ana",
        "send_invoices_to_email": "ana@kade.example,boek@kade.example", "send_estimates_to_attention": "Bo",
        "send_estimates_to_email": "bo@kade.example",
    }  # fmt: skip
    assert tuple(first) == CONTACT_FIELDS
    bench.want(**first)
    bench.worker().pass_once()
    bench.sync()
    second = {
        **{name: f"{value} x" for name, value in first.items()},
        "country": "BE", "bank_account": "BE68539007547034", "send_invoices_to_email": "x@kade.example",
        "send_estimates_to_email": "y@kade.example",
    }  # fmt: skip
    changed = bench.want(**second)
    bench.worker().pass_once()
    assert bench.now(changed).state is State.VERIFIED
    assert set(changed.payload["body"]["contact"]) == set(CONTACT_FIELDS)
    bench.sync()
    gone = bench.want(**{name: "" for name in CONTACT_FIELDS if name not in ("company_name", "country")})
    bench.worker().pass_once()
    [after] = bench.with_id("C-17")
    assert [name for name in CONTACT_FIELDS if after[name]] == ["company_name", "country"]
    assert bench.now(gone).state is State.VERIFIED


def test_when_nothing_would_change_it_is_said_and_nothing_is_kept(bench: ContactBench) -> None:
    bench.made("C-17", city="Delft")
    bench.sync()
    with pytest.raises(CommandRefusedError, match=r"Nothing of contact C-17 would change; all of it stands there"):
        bench.want(city=" Delft ")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"city": "Delft"}, "would have no name"), ({"company_name": "", "city": "Delft"}, "would have no name")],
)
def test_a_new_contact_needs_a_name(bench: ContactBench, fields: dict[str, str], sentence: str) -> None:
    with pytest.raises(CommandRefusedError, match=sentence):
        bench.want(**fields)


def test_the_last_name_is_not_taken_off(bench: ContactBench) -> None:
    bench.made("C-17")
    bench.sync()
    with pytest.raises(CommandRefusedError, match=r"C-17 would have no name; give company_name, firstname or lastname"):
        bench.want(company_name="")


@pytest.mark.parametrize("customer_id", ["C 17", "Größe & Zn.", "a+b=c; d:e|f,g", "..", "007"])
def test_every_customer_id_that_may_be_typed_is_found_again(bench: ContactBench, customer_id: str) -> None:
    command = bench.want(customer_id, company_name="Kade B.V.")
    bench.wire.posts = [acted_then(httpx.ReadTimeout("no answer"))]
    settle(bench, 2)
    assert bench.now(command).state is State.VERIFIED
    assert len(bench.with_id(customer_id)) == 1


# What others did meanwhile


def test_what_a_person_changed_since_it_was_looked_at_is_not_overwritten(bench: ContactBench) -> None:
    there = bench.made("C-17", city="Delft", phone="1")
    bench.sync()
    command = bench.want(city="Leiden", phone="2")
    bench.change(there, city="Gouda")
    bench.worker().pass_once()
    after = bench.now(command)
    assert after.state is State.FAILED
    assert after.last_error == (
        "Contact C-17 was changed by somebody since it was looked at: city: expected Delft, found Gouda. "
        "Nothing was written; cancel this command, sync and submit again."
    )
    assert bench.wire.seen == ["look up"]
    assert [(each["city"], each["phone"]) for each in bench.with_id("C-17")] == [("Gouda", "1")]

    cancel(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    bench.sync()
    again = bench.want(city="Leiden", phone="2")
    bench.worker().pass_once()
    assert again.preview["before"] == {"contact_id": there["id"], "city": "Gouda", "phone": "1"}
    assert [(each["city"], each["phone"]) for each in bench.with_id("C-17")] == [("Leiden", "2")]


def test_a_persons_change_of_another_field_stays_beside_ours(bench: ContactBench) -> None:
    there = bench.made("C-17", city="Delft", phone="1")
    bench.sync()
    command = bench.want(city="Leiden")
    bench.change(there, phone="2")
    bench.worker().pass_once()
    assert bench.now(command).state is State.VERIFIED
    assert [(each["city"], each["phone"]) for each in bench.with_id("C-17")] == [("Leiden", "2")]


def test_what_somebody_did_already_is_not_done_again(bench: ContactBench) -> None:
    there = bench.made("C-17", city="Delft")
    bench.sync()
    command = bench.want(city="Leiden")
    bench.change(there, city="Leiden")
    bench.worker().pass_once()
    assert bench.now(command).state is State.VERIFIED
    assert bench.wire.seen == ["look up"]


def test_half_of_it_done_by_somebody_is_no_reason_to_stop(bench: ContactBench) -> None:
    there = bench.made("C-17", city="Delft", phone="1")
    bench.sync()
    command = bench.want(city="Leiden", phone="2")
    bench.change(there, city="Leiden")
    bench.worker().pass_once()
    assert bench.now(command).state is State.VERIFIED
    assert bench.wire.seen == ["look up", "PATCH"]


@pytest.mark.parametrize("city", ["Delft", "Gouda"])
def test_a_contact_made_since_by_another_system_is_taken_only_when_it_is_as_wanted(
    bench: ContactBench, city: str
) -> None:
    command = bench.want(company_name="Molen B.V.", city="Delft")
    there = bench.made("C-17", city=city)
    bench.worker().pass_once()
    after = bench.now(command)
    assert bench.wire.seen == ["look up"]
    assert len(bench.with_id("C-17")) == 1
    if city == "Delft":
        assert (after.state, after.remote_id) == (State.VERIFIED, there["id"])
    else:
        assert after.state is State.FAILED
        assert "belongs to contact" in (after.last_error or "")
        assert "city: expected Delft, found Gouda" in (after.last_error or "")


def test_two_systems_that_race_for_one_customer_id_make_one_contact(bench: ContactBench) -> None:
    """The other one is a moment faster, after our look; Moneybird refuses ours, and the next look explains it."""
    command = bench.want(company_name="Kade B.V.")

    def overtaken(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        bench.made("C-17")
        return inner.handle_request(request)

    bench.wire.posts = [overtaken]
    bench.worker().pass_once()
    after = bench.now(command)
    assert after.state is State.REJECTED
    assert "already in use" in (after.last_error or "")
    retry(bench.store, command.id, ANYBODY, who="anna", at=bench.clock())
    bench.worker().pass_once()
    assert "company name: expected Kade B.V., found Molen B.V." in (bench.now(command).last_error or "")
    assert [each["company_name"] for each in bench.with_id("C-17")] == ["Molen B.V."]


def test_an_archived_contact_is_left_alone(bench: ContactBench) -> None:
    """Known to be archived it is refused; archived since, or hidden from us, nothing is written."""
    there = bench.made("C-17", city="Delft")
    bench.sync()
    changing = bench.want(city="Leiden")
    other = bench.want("C-18", company_name="Kade B.V.")
    hidden = bench.made("C-18", city="Delft")
    for record in (there, hidden):
        bench.http("PATCH", f"contacts/{record['id']}/archive.json")
    bench.worker().pass_once()
    assert bench.now(changing).state is bench.now(other).state is State.FAILED
    assert f"found contact {there['id']}, archived" in (bench.now(changing).last_error or "")
    assert "found it archived" in (bench.now(other).last_error or "")
    bench.sync()
    with pytest.raises(CommandRefusedError, match=r"Molen B.V. is archived and keeps customer id C-17; restore it"):
        bench.want(city="Leiden")


def test_a_contact_that_is_gone_or_renumbered_is_not_made_anew_by_a_change(bench: ContactBench) -> None:
    there, other = bench.made("C-17", city="Delft"), bench.made("C-18", city="Delft")
    bench.sync()
    gone, moved = bench.want(city="Leiden"), bench.want("C-18", city="Leiden")
    bench.http("DELETE", f"contacts/{there['id']}.json")
    bench.change(other, customer_id="C-19")
    taken = bench.made("C-18", city="Delft")
    bench.worker().pass_once()
    assert f"expected contact {there['id']}, found no contact." in (bench.now(gone).last_error or "")
    assert f"expected contact {other['id']}, found contact {taken['id']}." in (bench.now(moved).last_error or "")
    assert bench.wire.seen == ["look up", "look up"]


def test_a_deleted_contact_is_made_again_by_a_new_command(bench: ContactBench) -> None:
    first = bench.want(company_name="Kade B.V.")
    bench.worker().pass_once()
    bench.sync()
    bench.http("DELETE", f"contacts/{bench.now(first).remote_id}.json")
    bench.sync()
    second = bench.want(company_name="Kade B.V.")
    bench.worker().pass_once()
    assert second.id != first.id
    assert bench.now(second).state is State.VERIFIED
    assert len(bench.with_id("C-17")) == 1


# One wish, one command


def test_pressing_twice_is_one_command_and_a_correction_takes_its_place(bench: ContactBench) -> None:
    bench.made("C-17", city="Delft")
    bench.sync()
    first, again = bench.want(city="Leiden"), bench.want(city="Leiden")
    corrected = submit(bench.store, bench.wish(city="Gouda"), bench.office(), who="anna")
    assert first.id == again.id == corrected.id
    assert corrected.state is State.AWAITING_APPROVAL
    assert corrected.payload["body"] == {"contact": {"city": "Gouda"}}


def test_the_same_wish_is_a_new_command_once_somebody_undid_it(bench: ContactBench) -> None:
    """Delft → Leiden, a person makes it Delft again, and the CRM still says Leiden."""
    there = bench.made("C-17", city="Delft")
    bench.sync()
    first = bench.want(city="Leiden")
    bench.worker().pass_once()
    bench.change(there, city="Delft")
    bench.sync()
    second = bench.want(city="Leiden")
    bench.worker().pass_once()
    assert second.id != first.id
    assert [each["city"] for each in bench.with_id("C-17")] == ["Leiden"]


def test_until_the_data_are_read_again_one_command_holds_a_contact(bench: ContactBench) -> None:
    bench.made("C-17", city="Delft")
    bench.sync()
    first = bench.want(city="Leiden")
    bench.worker().pass_once()
    assert bench.want(city="Leiden").id == first.id
    with pytest.raises(CommandRefusedError, match=r"verified"):
        bench.want(city="Gouda")
    bench.sync()
    bench.want(city="Gouda")
    bench.worker().pass_once()
    assert [each["city"] for each in bench.with_id("C-17")] == ["Gouda"]


def test_what_was_looked_at_before_the_contact_changed_cannot_be_approved(bench: ContactBench) -> None:
    there = bench.made("C-17", city="Delft")
    bench.sync()
    waiting = submit(bench.store, bench.wish(city="Leiden"), bench.office(), who="anna")
    bench.change(there, city="Gouda")
    bench.sync()
    with pytest.raises(CommandRefusedError, match="would be sent differently by now"):
        approve(bench.store, waiting.id, bench.office(), who="bert", seen=waiting.preview_hash, reviewed=True)
    settle(bench)
    assert [each["city"] for each in bench.with_id("C-17")] == ["Gouda"]


def test_beside_a_wish_that_waits_for_the_contact_as_it_was_no_second_is_kept(bench: ContactBench) -> None:
    """Whoever goes to approve the first is shown it anew; or it is cancelled, and the second goes on."""
    there = bench.made("C-17", city="Delft", phone="1")
    bench.sync()
    waiting = submit(bench.store, bench.wish(city="Leiden"), bench.office(), who="anna")
    bench.change(there, phone="2")
    bench.sync()
    with pytest.raises(CommandRefusedError, match=f"contact C-17 is already in command {waiting.id}"):
        bench.want(city="Gouda")
    cancel(bench.store, waiting.id, ANYBODY, who="anna", at=bench.clock())
    bench.want(city="Gouda")
    bench.worker().pass_once()
    assert [each["city"] for each in bench.with_id("C-17")] == ["Gouda"]


# Unknown outcomes and kills


def wanted(bench: ContactBench, how: str) -> Command:
    if how == "change":
        bench.made("C-17", city="Delft")
        bench.sync()
    return bench.want(company_name="Molen B.V.", city="Leiden")


@pytest.mark.parametrize("how", ["create", "change"])
@pytest.mark.parametrize(
    ("fault", "posts"),
    [
        (acted_then(httpx.ReadTimeout("no answer")), 1),
        (acted_then(httpx.RemoteProtocolError("cut off")), 1),
        (acted_but_answered(502, b"<html>"), 1),
        (acted_but_answered(200, b'{"id": "1'), 1),
        (acted_but_answered(200, b'{"id": "1"}'), 1),
        (instead(httpx.ReadTimeout("never acted")), 2),
        (instead(httpx.ConnectError("never left")), 2),
        (answered(503), 2),
    ],
)
def test_whatever_becomes_of_the_answer_there_is_one_contact_as_wanted(
    bench: ContactBench, how: str, fault: Fault, posts: int
) -> None:
    command = wanted(bench, how)
    bench.wire.posts = [fault]
    settle(bench)
    assert bench.now(command).state is State.VERIFIED
    assert [each["city"] for each in bench.with_id("C-17")] == ["Leiden"]
    assert len([each for each in bench.wire.seen if each != "look up"]) == posts


@pytest.mark.parametrize("how", ["create", "change"])
@pytest.mark.parametrize("after_commit", [False, True])
@pytest.mark.parametrize("nth", [1, 2])
def test_killed_around_any_commit_there_is_one_contact_in_the_end(
    bench: ContactBench, how: str, nth: int, after_commit: bool
) -> None:
    command = wanted(bench, how)
    mortal = MortalStore(bench.store.engine, [nth], after_commit)
    with pytest.raises(Killed):
        replace(bench.worker(), store=mortal).pass_once()
    settle(bench)
    assert bench.now(command).state is State.VERIFIED
    assert [each["city"] for each in bench.with_id("C-17")] == ["Leiden"]


def test_a_person_who_changes_it_after_a_lost_answer_is_seen(bench: ContactBench) -> None:
    there = bench.made("C-17", city="Delft")
    bench.sync()
    command = bench.want(city="Leiden")
    bench.wire.posts = [acted_then(httpx.ReadTimeout("no answer"))]
    bench.worker().pass_once()
    bench.change(there, city="Gouda")
    settle(bench)
    assert bench.now(command).state is State.FAILED
    assert [each["city"] for each in bench.with_id("C-17")] == ["Gouda"]


def test_what_moneybird_keeps_otherwise_is_named_and_stays(bench: ContactBench) -> None:
    def kept_otherwise(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        answer = inner.handle_request(request)
        answer.read()
        return httpx.Response(answer.status_code, json={**answer.json(), "city": "DELFT"})

    command = bench.want(company_name="Kade B.V.", city="Delft")
    bench.wire.posts = [kept_otherwise]
    bench.worker().pass_once()
    after = bench.now(command)
    assert after.state is State.FAILED
    assert "city: expected Delft, found DELFT" in (after.last_error or "")
    assert len(bench.with_id("C-17")) == 1


def test_a_404_that_does_not_speak_of_the_customer_id_creates_nothing(bench: ContactBench) -> None:
    command = bench.want(company_name="Kade B.V.")
    bench.wire.gets = [answered(404, b'{"error": "record not found"}')] * 9
    bench.worker().pass_once()
    assert bench.with_id("C-17") == []
    assert bench.now(command).state is State.QUEUED
    assert "POST" not in bench.wire.seen


# What a person looks at, and what is refused


def reviews(bench: ContactBench, **fields: str) -> tuple[str, ...]:
    preview = examine(bench.wish(**fields), bench.office()).preview
    assert preview is not None
    return preview.reviews


def test_numbers_that_cannot_be_right_are_looked_at(bench: ContactBench) -> None:
    name = {"company_name": "Kade B.V."}
    assert reviews(bench, **name, tax_number="NL004495445B01", country="NL", chamber_of_commerce="12345678") == ()
    [vat] = reviews(bench, **name, tax_number="NL004495446B01", country="NL")
    assert vat == "VAT number: NL004495446B01 fails the format or checksum of its country."
    [kvk] = reviews(bench, **name, chamber_of_commerce="123456780000")
    assert kvk == "KvK number: expected 8 digits, found 123456780000; 12 digits are a branch's number."
    assert reviews(bench, **name, country="US", tax_number="12-3456789", chamber_of_commerce="HRB 4") == ()


@pytest.mark.parametrize(
    ("field", "theirs", "ours", "word"),
    [
        ("chamber_of_commerce", "1234567", "01234567", "KvK number"),
        ("tax_number", "nl 0044.95.445.B01", "NL004495445B01", "VAT number"),
        ("bank_account", "NL91ABNA0417164300", "nl91 abna 0417 1643 00", "bank account"),
    ],
)
def test_another_contact_with_the_same_number_is_named(
    bench: ContactBench, field: str, theirs: str, ours: str, word: str
) -> None:
    other = bench.made("C-1", **{field: theirs})
    bench.sync()
    [twin] = reviews(bench, company_name="Kade B.V.", **{field: ours})
    assert twin == (
        f"Molen B.V. (customer id C-1, contact {other['id']}) has the same {word}; look whether they are one."
    )


def test_a_contact_is_not_its_own_twin_and_a_changed_account_is_looked_at(bench: ContactBench) -> None:
    bench.made("C-17", chamber_of_commerce="12345678", bank_account="NL91ABNA0417164300")
    bench.sync()
    assert reviews(bench, chamber_of_commerce="12345678", city="Delft") == ()
    [sentence] = reviews(bench, bank_account="BE68539007547034")
    assert sentence.startswith("The bank account of Molen B.V. changes; ask them through a channel you know")


def test_two_new_contacts_with_one_number_meet_in_the_outbox(bench: ContactBench) -> None:
    from pipelines.writeback import with_collisions

    bench.want("C-1", company_name="Kade", chamber_of_commerce="12345678")
    second = bench.want("C-2", company_name="De Kade", chamber_of_commerce="12345678")
    [met] = with_collisions(bench.store, second.id).collisions
    assert (met.claim, met.is_exclusive) == ("chamber_of_commerce:12345678", False)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"send_invoices_to_email": "ana@kade"}, "'ana@kade' is not an e-mail address"),
        ({"send_invoices_to_email": "ana@kade.example; bo"}, "'bo' is not an e-mail address"),
        ({"country": "UK"}, "'UK' is not a country code; write GB"),
        ({"country": "Nederland"}, "write the two letters of ISO 3166"),
        ({"country": ""}, "is not a country code"),
        ({"bank_account": "NL91ABNA0417164301"}, "not an IBAN: its check digits"),
        ({"city": "Del\x00ft"}, "control character"),
        ({"customer_id": "A/12"}, "cannot be looked up at Moneybird"),
        ({"customer_id": ""}, "nobody could find it again"),
        ({"customer_id": "x" * 81}, "at most 80"),
        ({"sepa_iban": "NL91ABNA0417164300"}, "Extra inputs are not permitted"),
        ({"city": None}, "no field to write"),
    ],
)
def test_a_field_that_cannot_be_right_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        UpsertContact.model_validate({"administration_id": "1", "customer_id": "C-17", "city": "Delft", **fields})


def test_values_are_written_in_one_way() -> None:
    wish = UpsertContact.model_validate(
        {"administration_id": "1", "customer_id": " C  17 ", "country": "nl", "city": "Den \n Haag",
         "bank_account": "nl91 abna 0417 1643 00", "send_invoices_to_email": "a@b.nl; c@d.nl ,"}
    )  # fmt: skip
    assert wish.customer_id == "C 17"
    assert wish.stated == {
        "city": "Den Haag", "country": "NL", "bank_account": "NL91ABNA0417164300",
        "send_invoices_to_email": "a@b.nl,c@d.nl",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "left", "right", "alike"),
    [
        ("zipcode", "2611 ab", "2611AB", True),
        ("phone", "+31 (0)15-123", "+31015123", True),
        ("chamber_of_commerce", "1234567", "01234567", True),
        ("send_invoices_to_email", "b@x.nl, A@x.nl", "a@x.nl,b@x.nl", True),
        ("city", None, "", True),
        ("city", "Delft", "delft", False),
        ("tax_number", "NL1", "NL2", False),
    ],
)
def test_two_spellings_of_one_value(field: str, left: str | None, right: str, alike: bool) -> None:
    assert same(field, left, right) is alike
