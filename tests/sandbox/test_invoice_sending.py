"""Sending, scheduling, merging, reminding and pausing: numbers, snapshots, states over time, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from pipelines.sandbox.cards import Person
from tests.sandbox.office import Office, open_office
from tests.sandbox.sales_office import EMAIL, actions, customer, draft, hour, now, pay, send, sent


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


def try_to_send(office: Office, invoice: dict[str, Any], **how: Any) -> Any:
    body = {"sales_invoice_sending": how} if how else {}
    return office.patch(f"sales_invoices/{invoice['id']}/send_invoice", body)


def test_sending_gives_number_dates_reference_and_snapshot(office: Office) -> None:
    waiting = draft(office)
    office.announced.clear()
    invoice = send(office, waiting)
    assert (invoice["state"], invoice["invoice_id"], invoice["draft_id"]) == ("open", "2026-0001", None)
    assert (invoice["invoice_date"], invoice["sent_at"], invoice["due_date"]) == (
        "2026-11-20",
        "2026-11-20",
        "2026-12-04",
    )
    assert invoice["next_reminder"] == "2026-12-04"
    assert (invoice["reminder_count"], invoice["paid_at"]) == (0, None)
    assert invoice["public_view_code_expires_at"].startswith("2027-02-20T")
    assert invoice["payment_reference"].startswith("RF")
    assert actions(invoice) == [
        "sales_invoice_created", "sales_invoice_state_changed_to_open", "sales_invoice_send_email",
    ]  # fmt: skip
    assert invoice["events"][-1]["data"]["email_address"] == EMAIL
    assert [event for event, _ in office.announced] == actions(invoice)[1:]
    assert office.balance("debtors") == 36300
    customer(office, city="Elders")
    assert now(office, invoice)["contact"]["city"] is None


def test_numbers_count_per_year_of_the_invoice_date_and_per_sequence(office: Office) -> None:
    office.administration.invoice_sequences[77] = "W"
    numbers = [
        sent(office, **fields)["invoice_id"]
        for fields in (
            {},
            {"invoice_date": "2025-12-31"},
            {},
            {"invoice_sequence_id": "77"},
            {"invoice_date": "2027-01-01"},
        )
    ]
    assert numbers == ["2026-0001", "2025-0001", "2026-0002", "W2026-0001", "2027-0001"]


def test_a_date_of_its_own_is_kept_and_starts_the_days_to_pay(office: Office) -> None:
    invoice = sent(office, invoice_date="2026-11-01", first_due_interval=10)
    assert (invoice["invoice_date"], invoice["sent_at"], invoice["due_date"]) == (
        "2026-11-01",
        "2026-11-20",
        "2026-11-11",
    )
    assert invoice["state"] == "late"


@pytest.mark.parametrize(
    ("method", "event"),
    [("Manual", "sales_invoice_send_manually"), ("Email", "sales_invoice_send_email")],
)
def test_the_contact_chooses_how_when_the_request_does_not(office: Office, method: str, event: str) -> None:
    waiting = draft(office)
    customer(office, delivery_method=method)
    assert actions(send(office, waiting))[-1] == event


def test_an_invoice_without_lines_is_not_sent(office: Office) -> None:
    body = {"sales_invoice": {"contact_id": customer(office)}}
    empty = office.post("sales_invoices", body).json()
    with office.unchanged():
        answer = try_to_send(office, empty)
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "details cannot be empty", "symbolic": {"sales_invoice": "details_cannot_be_empty"}},
    )


def test_a_contact_without_an_address_gets_no_mail(office: Office) -> None:
    waiting = draft(office)
    customer(office, email=None)
    with office.unchanged():
        answer = try_to_send(office, waiting)
    assert (answer.status_code, answer.json()) == (
        422,
        {"error": {"email_address": ["can't be blank"]}, "details": {"email_address": [{"error": "blank"}]}},
    )
    assert try_to_send(office, waiting, delivery_method="Email", email_address="a@b.example").status_code == 200


def test_a_sender_without_an_address_sends_no_mail(office: Office) -> None:
    waiting = draft(office)
    kept = office.administration.identities
    for id_, identity in kept.items():
        kept[id_] = replace(identity, email=None)
    with office.unchanged():
        answer = try_to_send(office, waiting)
    assert (answer.status_code, answer.json()) == (
        422,
        {
            "error": {"delivery_method": ["The sender address must contain an email address"]},
            "details": {"delivery_method": [{"error": "need_identity_email"}]},
        },
    )


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"delivery_method": "Pigeon"}, "delivery_method"),
        ({"delivery_method": "Peppol"}, "delivery_method"),  # the contact is not on it
        ({"email_address": "nobody"}, "email_address"),
        ({"email_message": 5}, "email_message"),
        ({"deliver_ubl": "perhaps"}, "deliver_ubl"),
        ({"sending_scheduled": True}, "invoice_date"),
        ({"sending_scheduled": True, "invoice_date": "2026-11-20"}, "invoice_date"),
        ({"sending_scheduled": True, "invoice_date": "morgen"}, "invoice_date"),
        ({"when": "now"}, "when"),
    ],
)
def test_a_sending_that_cannot_be_is_refused_and_the_draft_stays(
    office: Office, how: dict[str, Any], field: str
) -> None:
    waiting = draft(office)
    with office.unchanged():
        answer = try_to_send(office, waiting, **how)
    assert (answer.status_code, list(answer.json()["error"])) == (422, [field])


def test_peppol_the_second_time_is_mail(office: Office) -> None:
    waiting = draft(office)
    customer(office, delivery_method="Simplerinvoicing", si_identifier="12345678", si_identifier_type="NL:KVK")
    first = send(office, waiting)
    again = send(office, first)
    assert actions(again)[2:] == ["sales_invoice_send_si", "sales_invoice_send_email"]
    assert (again["invoice_id"], again["sent_at"]) == (first["invoice_id"], first["sent_at"])


def test_a_scheduled_invoice_keeps_its_draft_number_until_its_day(office: Office) -> None:
    waiting = draft(office)
    invoice = send(office, waiting, sending_scheduled=True, invoice_date="2026-11-22")
    assert (invoice["state"], invoice["invoice_id"], invoice["draft_id"]) == ("scheduled", None, waiting["draft_id"])
    assert (invoice["invoice_date"], invoice["due_date"], invoice["sent_at"]) == ("2026-11-22", "2026-12-06", None)
    assert actions(invoice) == ["sales_invoice_created", "sales_invoice_state_changed_to_scheduled"]
    assert office.balance("debtors") == 0
    office.advance(1)
    assert now(office, invoice)["state"] == "scheduled"
    office.advance(1)
    after = now(office, invoice)
    assert (after["state"], after["sent_at"], after["invoice_id"]) == ("open", "2026-11-22", "2026-0001")
    assert after["updated_at"] == "2026-11-22T08:00:00.000Z"
    assert actions(after)[2:] == ["sales_invoice_state_changed_to_open", "sales_invoice_send_email"]
    assert (office.balance("debtors"), len(office.announced)) == (36300, 4)


def test_what_was_sent_cannot_be_scheduled(office: Office) -> None:
    invoice = sent(office)
    with office.unchanged():
        answer = try_to_send(office, invoice, sending_scheduled=True, invoice_date="2026-11-22")
    assert (answer.status_code, answer.json()["symbolic"]) == (400, {"id": "state"})


def test_mergeable_invoices_of_one_day_become_one_with_lines_and_hours(office: Office) -> None:
    entry = hour(office)
    plan = {"sending_scheduled": True, "invoice_date": "2026-11-22", "mergeable": True}
    first = send(office, draft(office), **plan)
    second = send(office, draft(office, {"description": "Meer", "price": "50"}, time_entry_ids=[entry]), **plan)
    dollars = send(office, draft(office, currency="USD"), **plan)
    alone = send(office, draft(office), sending_scheduled=True, invoice_date="2026-11-22")
    office.advance(2)
    merged = now(office, first)
    assert [line["description"] for line in merged["details"]] == ["Project X", "Meer"]
    assert [row["id"] for row in merged["time_entries"]] == [entry]
    assert merged["total_price_excl_tax"] == "350.0"
    assert "sales_invoice_merged" in actions(merged)
    assert office.get(f"sales_invoices/{second['id']}").status_code == 404
    assert {now(office, other)["state"] for other in (dollars, alone)} == {"open"}


def test_an_invoice_becomes_late_by_the_calendar_and_gets_a_new_version(office: Office) -> None:
    invoice = sent(office)
    office.advance(14)
    assert now(office, invoice)["version"] == invoice["version"]
    office.advance(1)
    late = now(office, invoice)
    assert (late["state"], late["updated_at"]) == ("late", "2026-12-04T23:01:00.000Z")
    assert actions(late)[-1] == "sales_invoice_state_changed_to_late"
    pay(office, late)
    assert actions(now(office, invoice))[3:] == [
        "sales_invoice_state_changed_to_late", "sales_invoice_state_changed_to_paid",
    ]  # fmt: skip


def reminder(office: Office, *invoices: dict[str, Any], **more: Any) -> Any:
    first = invoices[0]
    wanted = {
        **{name: first[name] for name in ("contact_id", "workflow_id", "document_style_id", "identity_id")},
        "sales_invoice_ids": [invoice["id"] for invoice in invoices],
        **more,
    }
    return office.post("sales_invoices/send_reminders", {"sales_invoice_reminders": [wanted]})


def test_a_reminder_gives_the_days_of_its_step_and_then_it_is_late_again(office: Office) -> None:
    invoice = sent(office)
    office.advance(20)
    office.announced.clear()
    answer = reminder(office, invoice)
    assert (answer.status_code, answer.json()) == (200, 200)
    reminded = now(office, invoice)
    assert (reminded["state"], reminded["reminder_count"], reminded["next_reminder"]) == (
        "reminded",
        1,
        "2026-12-20",
    )
    assert [event for event, _ in office.announced] == [
        "sales_invoice_state_changed_to_reminded", "sales_invoice_send_reminder_email",
    ]  # fmt: skip
    office.advance(11)
    assert now(office, invoice)["state"] == "late"
    reminder(office, invoice, delivery_method="Manual")
    again = now(office, invoice)
    assert (again["state"], again["reminder_count"]) == ("reminded", 2)
    assert actions(again)[-1] == "sales_invoice_send_reminder_manually"


def test_one_wrong_reminder_holds_all_of_them_back(office: Office) -> None:
    invoice, paid, waiting = sent(office), sent(office), draft(office)
    pay(office, paid)
    with office.unchanged():
        for wrong in (
            reminder(office, invoice, paid),
            reminder(office, invoice, waiting),
            reminder(office, invoice, {"id": "123"}),
            reminder(office, invoice, contact_id=office.supplier),
            reminder(office, invoice, workflow_id="1"),
            reminder(office, invoice, sales_invoice_ids=[]),
            reminder(office, invoice, identity_id=None),
            office.post("sales_invoices/send_reminders", {}),
        ):
            assert wrong.status_code == 400, wrong.text
        assert reminder(office, invoice, delivery_method="Post").status_code == 422
        assert reminder(office, invoice, text="x").status_code == 422
        customer(office, email=None)
        assert reminder(office, invoice).json()["error"] == {"email_address": ["can't be blank"]}


def test_a_pause_puts_the_next_reminder_far_away_until_it_ends(office: Office) -> None:
    invoice = sent(office)
    answer = office.post(f"sales_invoices/{invoice['id']}/pause", {})
    assert (answer.status_code, answer.json()["paused"], answer.json()["next_reminder"]) == (201, True, "2099-01-01")
    answer = office.post(f"sales_invoices/{invoice['id']}/resume", {})
    assert (answer.status_code, answer.json()["paused"], answer.json()["next_reminder"]) == (201, False, "2026-12-04")
    assert actions(answer.json())[3:] == ["sales_invoice_paused", "sales_invoice_unpaused"]
    assert office.post("sales_invoices/1/pause", {}).status_code == 404


def test_nothing_is_sent_into_the_locked_period(office: Office) -> None:
    early = draft(office, invoice_date="2026-10-31")
    today = draft(office)
    office.administration.locked_until = office.administration.clock.today().replace(month=10, day=31)
    with office.unchanged():
        answer = try_to_send(office, early)
    assert answer.status_code == 422
    assert "locked period" in answer.json()["error"]
    assert try_to_send(office, today).status_code == 200


def test_the_chosen_person_is_kept_as_it_was_and_has_no_id_of_its_own(office: Office) -> None:
    at = office.administration.clock.milliseconds()
    people = tuple(Person(id_, name, "Jansen", None, None, at) for id_, name in ((11, "An"), (12, "Bo")))
    contact = customer(office, people=people)
    invoice = sent(office, contact_person_id="12")
    assert (invoice["contact_person_id"], invoice["contact_person"]["firstname"]) == ("12", "Bo")
    customer(office, people=())
    shown = now(office, invoice)
    assert (shown["contact_person"]["firstname"], shown["contact_person"]["id"]) == ("Bo", None)
    assert contact == shown["contact_id"]
