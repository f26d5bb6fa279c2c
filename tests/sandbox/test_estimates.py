"""Estimates from draft to invoice, every answer held against the contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipelines.sandbox.cards import Person
from pipelines.sandbox.clock import moment
from pipelines.sandbox.model import CustomField, Estimate
from pipelines.sandbox.states_estimates import state, updated
from tests.sandbox.offers_office import LINE, estimate, listen, sent_estimate, told
from tests.sandbox.office import Office, load, open_office
from tests.sandbox.sales_office import EMAIL, actions, customer, done, draft

STATES = ("open", "late", "accepted", "rejected", "billed", "archived")


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


def now(office: Office, made: dict[str, Any]) -> dict[str, Any]:
    return done(office.get(f"estimates/{made['id']}"))


def patch(office: Office, made: dict[str, Any], **fields: Any) -> Any:
    return office.patch(f"estimates/{made['id']}", {"estimate": fields})


def become(office: Office, made: dict[str, Any], wanted: Any) -> Any:
    return office.patch(f"estimates/{made['id']}/change_state", {"state": wanted})


def bill(office: Office, made: dict[str, Any]) -> Any:
    return office.patch(f"estimates/{made['id']}/bill_estimate", {})


def send(office: Office, made: dict[str, Any], **how: Any) -> Any:
    return office.patch(f"estimates/{made['id']}/send_estimate", {"estimate_sending": how} if how else {})


# Making one


def test_a_new_one_is_a_draft_with_the_terms_of_the_workflow_for_estimates(office: Office) -> None:
    draft(office)  # its draft number is an invoice's and not counted here
    made = estimate(office)
    workflow = next(w for w in office.administration.workflows.values() if w.kind == "EstimateWorkflow")
    assert (made["state"], made["draft_id"], made["estimate_id"], made["sent_at"]) == ("draft", 1, None, None)
    assert (made["workflow_id"], made["due_date"], made["estimate_date"]) == (str(workflow.id), "2026-12-20", None)
    assert (made["exchange_rate"], made["show_tax"], made["sign_online"]) == ("1.0", True, True)
    assert "{document.estimate_id}" in made["pre_text"]
    assert (made["total_price_incl_tax"], made["tax_totals"][0]["tax_amount"]) == ("363.0", "63.0")
    assert actions(made) == ["estimate_created"]
    assert office.announced[-1] == ("estimate_created", made["id"])
    assert estimate(office)["draft_id"] == 2


def test_an_object_has_exactly_the_keys_of_its_schema(office: Office) -> None:
    contract = load()
    if contract is None:
        pytest.skip("the official contract is not beside the repository")
    made, schemas = sent_estimate(office), contract["components"]["schemas"]
    assert set(made) == set(schemas["estimate_response"]["properties"])
    assert set(made["details"][0]) == set(schemas["detail_response"]["properties"])


def test_an_optional_line_counts_once_the_client_selected_it(office: Office) -> None:
    extra = {"description": "Onderhoud", "price": "100", "is_optional": True}
    made = sent_estimate(office, LINE, extra)
    line = made["details"][1]
    assert (line["is_optional"], line["is_selected"]) == (True, False)
    assert line["total_price_excl_tax_with_discount"] == "100.0"
    assert (made["total_price_excl_tax"], made["total_price_incl_tax"]) == ("300.0", "363.0")
    assert [total["taxable_amount"] for total in made["tax_totals"]] == ["300.0"]
    chosen = done(patch(office, made, details_attributes=[{"id": line["id"], "is_selected": True}]))
    assert chosen["total_price_incl_tax"] == "484.0"
    rejected = done(patch(office, made, details_attributes=[{"id": line["id"], "is_selected": False}]))
    assert rejected["total_price_incl_tax"] == "363.0"


def test_another_currency_has_its_rate_and_totals_in_both(office: Office) -> None:
    made = estimate(office, currency="USD", prices_are_incl_tax=True, discount="10,0")
    assert (made["currency"], made["exchange_rate"], made["discount"]) == ("USD", "0.92", "10.0")
    assert (made["total_price_incl_tax"], made["total_price_incl_tax_base"]) == ("270.0", "248.4")


def test_custom_fields_and_the_invoice_it_was_made_of(office: Office) -> None:
    field = CustomField(office.administration.new_id(), "Aanleiding", "estimate")
    office.administration.custom_fields[field.id] = field
    made = estimate(
        office, custom_fields_attributes={"0": {"id": str(field.id), "value": "Beurs"}},
        original_sales_invoice_id=draft(office)["id"],
    )  # fmt: skip
    assert made["custom_fields"] == [{"id": str(field.id), "name": "Aanleiding", "value": "Beurs"}]
    assert actions(made) == ["estimate_created_from_original_invoice"]


def test_what_the_contract_refuses_is_refused_in_its_words(office: Office) -> None:
    with office.unchanged():
        answer = office.post("estimates", {"estimate": {"language": "abracadabra"}})
        assert (answer.status_code, answer.json()) == (422, {
            "error": {"contact_id": ["can't be blank"], "language": ["is not included in the list"]},
            "details": {
                "contact_id": [{"error": "blank"}],
                "language": [{"error": "inclusion", "value": "abracadabra"}],
            },
        })  # fmt: skip
        answer = office.post("estimates", {"estimate": None})
        assert (answer.status_code, answer.json()) == (
            400, {"error": "Estimate can't be nil", "symbolic": {"estimate": "nils"}},
        )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"contact_id": "1"}, "contact_id"),
        ({"contact_person_id": "1"}, "contact_person_id"),
        ({"workflow_id": "1"}, "workflow_id"),
        ({"document_style_id": "x"}, "document_style_id"),
        ({"estimate_sequence_id": "1"}, "estimate_sequence_id"),
        ({"original_sales_invoice_id": "1"}, "original_sales_invoice_id"),
        ({"estimate_date": "2026-02-30"}, "estimate_date"),
        ({"first_due_interval": "soon"}, "first_due_interval"),
        ({"first_due_interval": 10**9}, "first_due_interval"),
        ({"currency": "XXX"}, "currency"),
        ({"currency": ["EUR"]}, "currency"),
        ({"discount": 101}, "discount"),
        ({"discount": "-1"}, "discount"),
        ({"prices_are_incl_tax": "perhaps"}, "prices_are_incl_tax"),
        ({"show_tax": "perhaps"}, "show_tax"),
        ({"pre_text": 1}, "pre_text"),
        ({"reference": ["x"]}, "reference"),
        ({"update_contact": True}, "update_contact"),
        ({"surprise": 1}, "surprise"),
        ({"details_attributes": [{"price": "much"}]}, "details.price"),
        ({"details_attributes": "x"}, "details"),
    ],
)
def test_what_an_estimate_cannot_be(office: Office, fields: dict[str, Any], name: str) -> None:
    kept = {"contact_id": customer(office)}
    with office.unchanged():
        answer = office.post("estimates", {"estimate": kept | fields})
    assert (answer.status_code, list(answer.json()["error"])) == (422, [name]), answer.text


def test_a_workflow_for_invoices_is_none_for_estimates(office: Office) -> None:
    invoicing = str(office.administration.workflow_id)
    answer = office.post("estimates", {"estimate": {"contact_id": customer(office), "workflow_id": invoicing}})
    assert answer.json()["error"] == {"workflow_id": ["is not found"]}


# Sending


def test_sending_gives_date_number_code_and_a_copy_of_the_contact(office: Office) -> None:
    at = office.administration.clock.milliseconds()
    people = tuple(
        Person(id_, name, "Jansen", f"{name}@klant.example", None, at) for id_, name in ((11, "an"), (12, "bo"))
    )
    customer(office, people=people)
    made = estimate(office, contact_person_id="12")
    assert made["contact_person"]["id"] == "12"
    shown = done(send(office, made))
    assert (shown["state"], shown["estimate_id"], shown["estimate_sequence_id"]) == ("open", "OFF-2026-0001", "0001")
    assert (shown["estimate_date"], shown["sent_at"], shown["due_date"]) == ("2026-11-20", "2026-11-20", "2026-12-20")
    assert (shown["draft_id"], shown["public_view_code_expires_at"][:10]) == (None, "2027-02-20")
    assert shown["public_view_code"].isdecimal()
    assert (shown["contact_person_id"], shown["contact_person"]["id"]) == ("12", None)
    event = shown["events"][-1]
    assert (event["action"], event["data"]["email_address"]) == ("estimate_send_email", f"{EMAIL}; bo@klant.example")
    assert "OFF-2026-0001" in event["data"]["email_message"]
    assert office.announced[-1] == ("estimate_send_email", shown["id"])
    customer(office, company_name="Nieuwe Naam B.V.", people=())
    kept = now(office, shown)
    assert (kept["contact"]["company_name"], kept["contact_person"]["firstname"]) == ("Klant B.V.", "bo")
    assert done(patch(office, shown, update_contact=True))["contact"]["company_name"] == "Nieuwe Naam B.V."


def test_numbers_do_not_come_from_the_series_of_the_invoices_and_stay_with_the_year(office: Office) -> None:
    office.administration.estimate_sequences[77] = "P"
    done(office.patch(f"sales_invoices/{draft(office)['id']}/send_invoice", {}))
    numbers = [
        sent_estimate(office, **fields)["estimate_id"]
        for fields in ({}, {}, {"estimate_date": "2025-12-31"}, {"estimate_sequence_id": "77"})
    ]
    assert numbers == ["OFF-2026-0001", "OFF-2026-0002", "OFF-2025-0001", "P2026-0001"]
    made = estimate(office, estimate_sequence_id="77", remove_estimate_sequence_id=True)
    assert done(send(office, made))["estimate_id"] == "OFF-2026-0003"
    found = office.get("estimates/find_by_estimate_id/P2026-0001")
    assert found.json()["estimate_sequence_id"] == "0001"
    missing = office.get("estimates/find_by_estimate_id/0").json()
    assert missing == {
        "error": "Estimate with estimate_id: 0 was not found", "symbolic": {"estimate_id": "not_found"},
    }  # fmt: skip


def test_it_is_sent_again_as_it_was_sent_before(office: Office) -> None:
    made = estimate(office)
    first = done(send(office, made, email_address="ander@klant.example", email_message="Hi {invoice_id}!"))
    assert first["events"][-1]["data"] == {
        "email_address": "ander@klant.example", "email_message": "Hi {invoice_id}!",
    }  # fmt: skip
    again = done(send(office, made))
    assert (again["estimate_id"], actions(again)) == (
        first["estimate_id"], ["estimate_created", "estimate_send_email", "estimate_send_email"],
    )  # fmt: skip
    assert again["events"][-1]["data"]["email_address"] == "ander@klant.example"
    by_hand = done(send(office, made, delivery_method="Manual", sign_online=False))
    assert (actions(by_hand)[-1], by_hand["sign_online"]) == ("estimate_send_manually", False)
    assert actions(done(send(office, made)))[-1] == "estimate_send_manually"


@pytest.mark.parametrize(
    ("wanted", "action"), [("Simplerinvoicing", "email"), ("Manual", "manually"), ("Post", "post"), ("Email", "email")]
)
def test_it_goes_as_the_contact_wants_its_post(office: Office, wanted: str, action: str) -> None:
    made = estimate(office)
    customer(office, delivery_method=wanted)
    assert actions(done(send(office, made)))[-1] == f"estimate_send_{action}"


def test_what_cannot_be_sent(office: Office) -> None:
    made, empty = estimate(office), estimate(office, details_attributes=[])
    sender = office.administration.identities[office.administration.identity_id]
    with office.unchanged():
        answer = send(office, made, delivery_method="Simplerinvoicing")
        assert (answer.status_code, answer.json()) == (400, {
            "error": "Delivery Method isn't an option", "symbolic": {"estimate_sending": {"delivery_method": "in"}},
        })  # fmt: skip
        answer = send(office, empty)
        assert (answer.status_code, answer.json()) == (400, {
            "error": "details cannot be empty", "symbolic": {"estimate": "details_cannot_be_empty"},
        })  # fmt: skip
        assert send(office, made, email_address="nowhere").json()["error"] == {"email_address": ["is invalid"]}
        assert send(office, made, surprise=1).status_code == 422
        customer(office, email=None)
        answer = send(office, made)
        assert (answer.status_code, answer.json()) == (422, {
            "error": {"email_address": ["can't be blank"]}, "details": {"email_address": [{"error": "blank"}]},
        })  # fmt: skip
        customer(office)
        sender.email, address = None, sender.email
        answer = send(office, made)
        assert (answer.status_code, answer.json()) == (422, {
            "error": {"delivery_method": ["The sender address must contain an email address"]},
            "details": {"delivery_method": [{"error": "need_identity_email"}]},
        })  # fmt: skip
        sender.email = address
    assert send(office, {"id": "1"}).status_code == 404


# Editing and deleting


def test_an_edit_of_a_sent_one_tells_what_changed(office: Office) -> None:
    made = sent_estimate(office)
    before = made["details"][0]["id"]
    office.advance(1)
    changed = done(
        patch(
            office, made, reference="Project Y",
            details_attributes={
                "0": {"description": "Detail description", "price": 99, "amount": 1},
                "1": {"id": before, "_destroy": True},
            },
        )
    )  # fmt: skip
    assert (changed["total_price_incl_tax"], changed["details"][0]["amount"]) == ("119.79", "1")
    event = changed["events"][-1]
    assert event["action"] == "estimate_updated"
    assert event["data"]["reference"] == ["Project X", "Project Y"]
    assert event["data"]["total_price_excl_tax"] == ["300.0", "99.0"]
    old, new = event["data"]["cached_taxes"]
    assert [old[0]["credit"], new[0]["credit"], new[0]["report_reference"]] == ["63.0", "20.79", "NL/1a"]
    assert event["data"]["updated_at"] == [made["updated_at"], changed["updated_at"]]
    assert "pre_text" not in event["data"]
    assert changed["version"] > made["version"]
    assert office.announced[-1] == ("estimate_updated", made["id"])


def test_an_edit_leaves_alone_what_it_does_not_name(office: Office) -> None:
    made = sent_estimate(office, language="en", discount=10, show_tax=False)
    changed = done(patch(office, made, pre_text=None, first_due_interval=7, estimate_date="2026-11-18"))
    assert (changed["pre_text"], changed["due_date"], changed["estimate_date"]) == (None, "2026-11-25", "2026-11-18")
    same = ("language", "discount", "show_tax", "post_text", "reference", "workflow_id", "details", "estimate_id")
    assert {name: changed[name] for name in same} == {name: made[name] for name in same}


def test_a_wrong_edit_changes_nothing(office: Office) -> None:
    made = sent_estimate(office)
    line = made["details"][0]["id"]
    with office.unchanged():
        assert patch(office, made, language="klingon").status_code == 422
        assert patch(office, made, contact_id="1", reference="x").status_code == 422
        assert patch(office, made, details_attributes=[{"id": "1"}]).status_code == 404
        gone = patch(office, made, details_attributes=[{"id": line, "_destroy": True}])
        assert gone.json()["symbolic"] == {"estimate": "details_cannot_be_empty"}
        assert office.patch(f"estimates/{made['id']}", {}).status_code == 400
        assert office.patch(f"estimates/{made['id']}", {"estimate": "x"}).status_code == 400
        assert patch(office, {"id": "1"}, reference="x").json()["error"] == "record not found"
    assert now(office, made) == made


def test_a_deleted_one_is_gone_and_its_invoice_stays(office: Office) -> None:
    made = sent_estimate(office)
    invoice = done(bill(office, made))
    assert office.delete(f"estimates/{made['id']}").status_code == 204
    assert office.announced[-1] == ("estimate_destroyed", made["id"])
    assert office.get(f"estimates/{made['id']}").status_code == 404
    assert office.delete(f"estimates/{made['id']}").status_code == 404
    assert done(office.get(f"sales_invoices/{invoice['id']}"))["original_estimate_id"] == made["id"]


# States


def test_it_is_late_the_day_after_its_due_date_with_a_new_version(office: Office) -> None:
    made = sent_estimate(office)
    office.advance(30)
    assert (now(office, made)["state"], now(office, made)["version"]) == ("open", made["version"])
    office.advance(1)
    late = now(office, made)
    assert (late["state"], late["version"]) == ("late", moment(date(2026, 12, 21), 0, 1) // 1000)
    assert actions(late)[-1] == "estimate_state_changed_to_late"
    assert [row["id"] for row in office.get("estimates", filter="state:late|draft").json()] == [made["id"]]
    [row] = office.get("estimates/synchronization").json()
    assert row == {"id": made["id"], "version": late["version"]}


def test_webhooks_hear_of_it_also_when_the_calendar_makes_it_late(office: Office) -> None:
    listen(office, "estimate")
    gone, kept = sent_estimate(office), sent_estimate(office)
    office.delete(f"estimates/{gone['id']}")
    office.advance(31)
    now(office, kept)
    assert told(office) == [
        *2 * [("estimate_created", "Estimate", "draft", True), ("estimate_send_email", "Estimate", "open", True)],
        ("estimate_destroyed", "Estimate", "open", False),
        ("estimate_state_changed_to_late", "Estimate", "late", True),
    ]


def test_states_are_changed_by_hand_and_say_when(office: Office) -> None:
    made = sent_estimate(office)
    office.advance(2)
    accepted = done(become(office, made, "accepted"))
    assert (accepted["state"], accepted["accepted_at"]) == ("accepted", "2026-11-22")
    assert accepted["version"] > made["version"]
    archived = done(become(office, made, "archived"))
    assert (archived["state"], archived["archived_at"], archived["accepted_at"]) == (
        "archived", "2026-11-22", "2026-11-22",
    )  # fmt: skip
    rejected = done(become(office, made, "rejected"))
    assert [rejected[name] for name in ("state", "archived_at", "accepted_at", "rejected_at")] == [
        "rejected", None, None, "2026-11-22",
    ]  # fmt: skip
    late = done(become(office, made, "late"))
    assert (late["state"], late["rejected_at"]) == ("late", None)
    opened = done(become(office, made, "open"))
    assert opened["state"] == "open"
    billed = done(become(office, made, "billed"))
    assert (billed["state"], office.administration.invoices) == ("billed", {})
    assert actions(billed)[2:] == [
        f"estimate_mark_{name}" for name in ("accepted", "archived", "rejected", "late", "open", "billed")
    ]
    assert [event for event, _ in office.announced[-2:]] == ["estimate_mark_open", "estimate_mark_billed"]


def test_what_was_opened_by_hand_does_not_expire(office: Office) -> None:
    made = sent_estimate(office)
    done(become(office, made, "late"))
    opened = done(become(office, made, "open"))
    office.advance(60)
    assert (now(office, made)["state"], now(office, made)["version"]) == ("open", opened["version"])


@pytest.mark.parametrize("wanted", STATES)
def test_a_draft_becomes_nothing_without_being_sent(office: Office, wanted: str) -> None:
    made = estimate(office)
    with office.unchanged():
        answer = become(office, made, wanted)
    assert (answer.status_code, answer.json()) == (400, {
        "error": "State is invalid", "symbolic": {"state": f"can_not_change_draft_to_{wanted}"},
    })  # fmt: skip


def test_states_that_are_none_and_changes_that_cannot_be(office: Office) -> None:
    made = sent_estimate(office)
    with office.unchanged():
        for wanted in ("draft", "sold", 1, ["open"]):
            answer = become(office, made, wanted)
            assert (answer.status_code, answer.json()) == (400, {
                "error": "State isn't an option", "symbolic": {"state": "in"},
            })  # fmt: skip
        assert become(office, made, None).json()["symbolic"] == {"state": "required"}
        assert become(office, made, "open").json()["symbolic"] == {"state": "can_not_change_open_to_open"}
        assert office.patch(f"estimates/{made['id']}/change_state", {"state": "late", "x": 1}).status_code == 400
        assert become(office, {"id": "1"}, "late").status_code == 404
    done(become(office, made, "rejected"))
    assert become(office, made, "billed").json()["symbolic"] == {"state": "can_not_change_rejected_to_billed"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"sent_on": None}, "draft"),
        ({}, "open"),
        ({"due_date": date(2026, 11, 19)}, "late"),
        ({"due_date": date(2026, 11, 19), "held": "open"}, "open"),
        ({"held": "late"}, "late"),
        ({"accepted_on": date(2026, 11, 2)}, "accepted"),
        ({"accepted_on": date(2026, 11, 2), "billed_on": date(2026, 11, 3)}, "billed"),
        ({"accepted_on": date(2026, 11, 2), "archived_on": date(2026, 11, 3)}, "archived"),
        ({"rejected_on": date(2026, 11, 2), "due_date": date(2026, 11, 1)}, "rejected"),
    ],
)
def test_the_state_follows_from_the_facts(facts: dict[str, Any], expected: str) -> None:
    made = Estimate(1, 2, date(2026, 11, 20), 0, 0, [], sent_on=date(2026, 11, 1))
    found = replace(made, **facts)
    assert state(found, date(2026, 11, 20)) == expected
    late = moment(date(2026, 11, 20), 0, 1)
    assert updated(found, late) == (late if facts == {"due_date": date(2026, 11, 19)} else 0)


# Billing


@pytest.mark.parametrize("billable", ["open", "late", "accepted"])
def test_billing_makes_a_draft_of_what_was_chosen(office: Office, billable: str) -> None:
    lines = (
        LINE,
        {"description": "Gekozen", "price": "50", "is_optional": True, "is_selected": True},
        {"description": "Niet gekozen", "price": "70", "is_optional": True},
    )
    made = sent_estimate(office, *lines, currency="USD", discount=10, language="en")
    if billable != "open":
        done(become(office, made, billable))
    invoice = done(bill(office, made))
    assert (invoice["state"], invoice["draft_id"], invoice["invoice_date"]) == ("draft", 1, None)
    assert (invoice["original_estimate_id"], invoice["reference"]) == (made["id"], "Project X")
    assert [(line["description"], line["price"]) for line in invoice["details"]] == [
        ("Project X", "300.0"), ("Gekozen", "50.0"),
    ]  # fmt: skip
    assert invoice["total_price_incl_tax_base"] == made["total_price_incl_tax_base"] == "350.66"
    assert (invoice["currency"], invoice["language"], invoice["due_date"]) == ("USD", "en", "2026-12-04")
    assert invoice["workflow_id"] == str(office.administration.workflow_id)
    [event] = invoice["events"]
    assert (event["action"], event["data"]) == (
        "sales_invoice_created_based_on_estimate", {"original_estimate": "OFF-2026-0001"},
    )  # fmt: skip
    assert office.announced[-2:] == [
        ("sales_invoice_created_based_on_estimate", invoice["id"]), ("estimate_billed", made["id"]),
    ]  # fmt: skip
    after = now(office, made)
    assert (after["state"], actions(after)[-1]) == ("billed", "estimate_billed")
    assert {line["id"] for line in invoice["details"]}.isdisjoint(line["id"] for line in made["details"])
    assert not list(office.administration.ledger.every_line())


def test_what_cannot_be_billed(office: Office) -> None:
    unsent, rejected, archived, billed = estimate(office), *(sent_estimate(office) for _ in range(3))
    done(become(office, rejected, "rejected"))
    done(become(office, archived, "archived"))
    done(bill(office, billed))
    with office.unchanged():
        for made in (unsent, rejected, archived, billed):
            answer = bill(office, made)
            assert (answer.status_code, answer.json()) == (
                400, {"error": "Invalid estimate state", "symbolic": {"id": "state"}},
            )  # fmt: skip
        assert bill(office, {"id": "1"}).status_code == 404
        assert office.patch(f"estimates/{billed['id']}/bill_estimate", {"x": 1}).status_code == 400


def test_a_plan_that_is_full_bills_nothing(office: Office) -> None:
    first, second = sent_estimate(office), sent_estimate(office)
    office.administration.limits["sales_invoices"] = 1
    done(bill(office, first))
    with office.unchanged():
        answer = bill(office, second)
    assert (answer.status_code, answer.json()) == (402, {
        "error": "creating sales invoices is limited", "symbolic": {"administration": "limit_reached"},
    })  # fmt: skip


# Reading


def test_the_list_is_newest_first_and_shows_this_year(office: Office) -> None:
    old, first, second = (
        sent_estimate(office, estimate_date=day) for day in ("2025-12-31", "2026-01-01", "2026-11-20")
    )
    waiting = estimate(office)

    def found(**query: Any) -> list[str]:
        return [row["id"] for row in office.get("estimates", **query).json()]

    assert found() == [waiting["id"], second["id"], first["id"]]
    assert found(filter="state:all") == [waiting["id"], second["id"], first["id"], old["id"]]
    assert found(filter="state:draft") == [waiting["id"]]
    assert found(filter="period:prev_year") == [old["id"]]
    assert found(filter="period:prev_year,state:open") == []
    assert found(filter=f"contact_id:{office.supplier}") == []
    assert len(found(filter=f"workflow_id:{old['workflow_id']}")) == 4
    assert found(per_page=1, page=2) == [second["id"]]
    assert office.get("estimates", filter="state:sold").status_code == 400
    assert office.get("estimates", per_page=101).json() == {"error": "per_page does not have a valid value"}
    versions = office.get("estimates/synchronization", filter="state:open|late").json()
    assert [row["id"] for row in versions] == [second["id"], first["id"], old["id"]]
    fetched = office.post("estimates/synchronization", {"ids": [second["id"], old["id"], "1"]}).json()
    assert fetched == [now(office, old), now(office, second)]
    assert office.post("estimates/synchronization", {}).json()["symbolic"] == {"ids": "required"}


def test_paper_is_behind_a_short_lived_link(office: Office) -> None:
    made = sent_estimate(office, LINE, {"description": "Extra", "price": "5", "is_optional": True})
    for query, named in (({}, True), ({"media": "stationery"}, False)):
        url = f"/{office.administration.id}/estimates/{made['id']}/download_pdf.json"
        answer = office.client.get(url, params=query, headers={"Authorization": "Bearer office"})
        assert answer.status_code == 302
        paper = office.client.get(answer.headers["Location"])
        assert b"Offerte OFF-2026-0001" in paper.content
        assert b"Extra \\(optioneel\\)" in paper.content
        assert (b"Duiventil Kantoor" in paper.content) is named
    assert office.get("estimates/1/download_pdf").json()["symbolic"] == {"id": "not_found"}


def test_notes_stay_with_the_estimate(office: Office) -> None:
    made = estimate(office)
    note = done(office.post(f"estimates/{made['id']}/notes", {"note": {"note": "Bellen"}}))
    assert (note["entity_type"], now(office, made)["notes"]) == ("Estimate", [note])
    answer = office.post("estimates/1/notes", {"note": {"note": "x"}})
    assert answer.json()["error"] == "Entity is invalid; User has no permissions to notes for Estimate"
    assert office.delete(f"estimates/{made['id']}/notes/{note['id']}").status_code == 204
    assert now(office, made)["notes"] == []
