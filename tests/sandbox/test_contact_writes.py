"""Contacts, their people and notes, written through the API; every refusal in the words of the contract's examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipelines.sandbox.cards import PaymentsMandate
from tests.sandbox.conftest import Desk

NEEDS_A_NAME = {
    "error": {"firstname": ["is required"], "lastname": ["is required"], "company_name": ["is required"]},
    "details": {
        "firstname": [{"error": "is required"}],
        "lastname": [{"error": "is required"}],
        "company_name": [{"error": "is required"}],
    },
}


def create(desk: Desk, **contact: Any) -> dict[str, Any]:
    answer = desk.post("Studio", "contacts.json", {"contact": contact})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def versions(desk: Desk) -> dict[str, int]:
    answer = desk.get("Studio", "contacts/synchronization.json", include_archived="true")
    return {row["id"]: row["version"] for row in answer.json()}


def test_a_new_contact_is_read_back_as_it_was_answered(fresh_desk: Desk) -> None:
    field = next(f for f in fresh_desk.get("Studio", "custom_fields.json").json() if f["source"] == "contact")
    made = create(
        fresh_desk,
        company_name="Proefklant B.V.",
        city="Delft",
        send_invoices_to_email="factuur@proefklant.example, kopie@proefklant.example",
        custom_fields_attributes={"0": {"id": field["id"], "value": "goud"}},
        contact_person={"firstname": "Jo", "lastname": "Vermeer"},
    )
    assert made["custom_fields"] == [{"id": field["id"], "name": field["name"], "value": "goud"}]
    assert [person["firstname"] for person in made["contact_people"]] == ["Jo"]
    assert made["customer_id"]
    assert made["version"] == versions(fresh_desk)[made["id"]]
    assert fresh_desk.get("Studio", f"contacts/{made['id']}.json").json() == made


def test_a_change_touches_this_contact_and_no_other(fresh_desk: Desk) -> None:
    made = create(fresh_desk, company_name="Proefklant B.V.", phone="015-1234567")
    before = versions(fresh_desk)
    fresh_desk.world.clock.advance(timedelta(seconds=5))
    answer = fresh_desk.patch("Studio", f"contacts/{made['id']}.json", {"contact": {"city": "Gouda", "phone": ""}})
    assert answer.status_code == 200
    assert (answer.json()["city"], answer.json()["phone"], answer.json()["company_name"]) == (
        "Gouda", "", "Proefklant B.V.",
    )  # fmt: skip
    after = versions(fresh_desk)
    assert {id_ for id_ in after if after[id_] != before.get(id_)} == {made["id"]}


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({}, 400, {"error": "Contact is required", "symbolic": {"contact": "required"}}),
        ({"contact": {"city": "Delft"}}, 422, NEEDS_A_NAME),
        (
            {"contact": {"company_name": "X", "custom_fields_attributes": [{"id": "1234", "value": "a"}]}},
            404,
            {
                "error": "Custom field with id 1234 not found for administration",
                "symbolic": {"custom_fields_attributes": "not_found"},
            },
        ),
        (
            {"contact": {"company_name": "X", "sepa_mandate_date": "2026-11-20"}},  # today
            422,
            {
                "error": {"sepa_mandate_date": ["cannot be in the future"]},
                "details": {"sepa_mandate_date": [{"error": "not_in_future"}]},
            },
        ),
    ],
)
def test_a_refused_contact_leaves_nothing_behind(
    desk: Desk, body: dict[str, Any], status: int, expected: dict[str, Any]
) -> None:
    before = versions(desk)
    answer = desk.post("Studio", "contacts.json", body)
    assert (answer.status_code, answer.json()) == (status, expected)
    assert versions(desk) == before


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        ({"nickname": "x"}, "nickname"),
        ({"country": "Nederland"}, "country"),
        ({"delivery_method": "Postduif"}, "delivery_method"),
        ({"send_invoices_to_email": "geen adres"}, "send_invoices_to_email"),
        ({"email_ubl": "misschien"}, "email_ubl"),
        ({"sepa_active": True}, "sepa_iban"),
        ({"phone": 12}, "phone"),
    ],
)
def test_a_wrong_field_is_named(desk: Desk, contact: dict[str, Any], field: str) -> None:
    answer = desk.post("Studio", "contacts.json", {"contact": {"company_name": "X B.V."} | contact})
    assert answer.status_code == 422
    assert field in answer.json()["error"]
    assert field in answer.json()["details"]


def test_a_customer_id_is_unique_also_among_archived_contacts(fresh_desk: Desk) -> None:
    made = create(fresh_desk, company_name="Eerste B.V.", customer_id="K-77")
    assert fresh_desk.patch("Studio", f"contacts/{made['id']}/archive.json").status_code == 204
    answer = fresh_desk.post("Studio", "contacts.json", {"contact": {"company_name": "Tweede", "customer_id": "K-77"}})
    assert answer.status_code == 422
    assert answer.json()["error"] == {"customer_id": ["is already in use"]}


def test_archiving_twice_is_refused_and_trust_cannot_be_given(fresh_desk: Desk) -> None:
    made = create(fresh_desk, company_name="Eerste B.V.")
    trusted = fresh_desk.patch("Studio", f"contacts/{made['id']}.json", {"contact": {"is_trusted": True}})
    assert (trusted.status_code, trusted.json()["symbolic"]) == (400, {"is_trusted": "permission"})
    assert fresh_desk.patch("Studio", f"contacts/{made['id']}/archive.json").status_code == 204
    again = fresh_desk.patch("Studio", f"contacts/{made['id']}/archive.json")
    assert (again.status_code, again.json()) == (
        400,
        {"error": "Contact can not be archived", "symbolic": {"id": "can_not_be_archived"}},
    )
    assert made["id"] in versions(fresh_desk)
    assert made["id"] not in {row["id"] for row in fresh_desk.get("Studio", "contacts/synchronization.json").json()}


def test_deleting_archives_a_contact_with_documents(fresh_desk: Desk) -> None:
    invoice = fresh_desk.get("Studio", "sales_invoices.json").json()[0]
    unused = create(fresh_desk, company_name="Zonder stukken B.V.")
    assert fresh_desk.delete("Studio", f"contacts/{unused['id']}.json").status_code == 204
    assert unused["id"] not in versions(fresh_desk)
    assert fresh_desk.delete("Studio", f"contacts/{invoice['contact_id']}.json").status_code == 204
    assert invoice["contact_id"] in versions(fresh_desk)


def test_people_come_and_go_and_move_the_contact_s_version(fresh_desk: Desk) -> None:
    made = create(fresh_desk, company_name="Mensen B.V.")
    path = f"contacts/{made['id']}/contact_people"
    fresh_desk.world.clock.advance(timedelta(seconds=5))
    blank = fresh_desk.post("Studio", f"{path}.json", {"contact_person": {}})
    assert (blank.status_code, blank.json()["error"]) == (
        422, {"firstname": ["can't be blank"], "lastname": ["can't be blank"]},
    )  # fmt: skip
    person = fresh_desk.post("Studio", f"{path}.json", {"contact_person": {"firstname": "A", "lastname": "B"}}).json()
    assert versions(fresh_desk)[made["id"]] > made["version"]
    changed = fresh_desk.patch("Studio", f"{path}/{person['id']}.json", {"contact_person": {"department": "Inkoop"}})
    assert (changed.json()["department"], changed.json()["firstname"]) == ("Inkoop", "A")
    assert fresh_desk.get("Studio", f"{path}/{person['id']}.json").json() == changed.json()
    assert fresh_desk.delete("Studio", f"{path}/{person['id']}.json").status_code == 204
    gone = fresh_desk.get("Studio", f"{path}/{person['id']}.json")
    assert (gone.status_code, gone.json()["error"]) == (404, "record not found")
    elsewhere = fresh_desk.post("Studio", "contacts/1/contact_people.json", {"contact_person": {"firstname": "A"}})
    assert (elsewhere.status_code, elsewhere.json()["error"]) == (422, {"contact": ["must exist"]})


def test_a_note_for_a_user_is_a_task(fresh_desk: Desk) -> None:
    contact = fresh_desk.get("Studio", "contacts.json").json()[0]
    user = fresh_desk.get("Studio", "users.json").json()[0]["id"]
    path = f"contacts/{contact['id']}/notes"
    note = fresh_desk.post("Studio", f"{path}.json", {"note": {"note": "Bellen", "assignee_id": user}}).json()
    assert (note["todo"], note["assignee_id"], note["entity_type"]) == (True, user, "Contact")
    shown = fresh_desk.get("Studio", f"contacts/{contact['id']}.json").json()["notes"]
    assert note in shown
    empty = fresh_desk.post("Studio", f"{path}.json", {"note": {"note": ""}})
    assert (empty.status_code, empty.json()["error"]) == (
        422, {"note": ["can't be blank"], "todo_type": ["can't be blank"]},
    )  # fmt: skip
    assert fresh_desk.delete("Studio", f"{path}/{note['id']}.json").status_code == 204
    assert note not in fresh_desk.get("Studio", f"contacts/{contact['id']}.json").json()["notes"]


def test_a_payments_mandate_needs_moneybird_payments(whole_desk: Desk) -> None:
    contact = whole_desk.get("Vastgoed", "contacts.json").json()
    assert contact == []
    answer = whole_desk.get("Vastgoed", "contacts/1/moneybird_payments_mandate.json")
    assert (answer.status_code, answer.json()) == (403, 403)


def test_a_payments_mandate_is_shown_and_taken_back(fresh_desk: Desk) -> None:
    studio = fresh_desk.names["Studio"]
    studio.payments_enabled = True
    contact = next(iter(studio.contacts.values()))
    mandate = PaymentsMandate("idealtestissuer", 0, "Testbank", "NL50TEST0166567191", "TESTNL05", "E. Klaver")
    contact.card = replace(contact.card, payments_mandate=mandate)
    path = f"contacts/{contact.id}/moneybird_payments_mandate.json"
    shown = fresh_desk.get("Studio", path).json()
    assert (shown["sepa_mandate"], shown["iban"], shown["card_final_digits"]) == (True, "NL50TEST0166567191", None)
    assert fresh_desk.get("Studio", f"contacts/{contact.id}.json").json()["moneybird_payments_mandate"] is True
    assert fresh_desk.delete("Studio", path).status_code == 204
    assert (fresh_desk.get("Studio", path).status_code, fresh_desk.get("Studio", path).json()) == (404, 404)
    asked = fresh_desk.post("Studio", path.replace(".json", "/url.json"), {"mandate_request": {}})
    assert asked.status_code == 201
    assert asked.json()["url"].startswith("https://")
