"""Editing, crediting, doubting and deleting sales invoices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from pipelines.sandbox.model import CustomField, Product
from tests.sandbox.office import Office, open_office
from tests.sandbox.sales_office import actions, bank_line, credit, customer, done, draft, hour, now, pay, send, sent

STATE = {"error": "Invalid sales invoice state", "symbolic": {"id": "state"}}


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


def patch(office: Office, invoice: dict[str, Any], **fields: Any) -> Any:
    return office.patch(f"sales_invoices/{invoice['id']}", {"sales_invoice": fields})


def act(office: Office, invoice: dict[str, Any], verb: str, body: dict[str, Any] | None = None) -> Any:
    return office.patch(f"sales_invoices/{invoice['id']}/{verb}", body or {})


# Making one


def test_a_product_gives_a_line_what_it_leaves_out(office: Office) -> None:
    administration = office.administration
    at, account = administration.clock.milliseconds(), administration.roles["services_revenue"]
    chair = Product(administration.new_id(), None, "Stoel", None, 8000, "EUR", None, account, at, at)
    administration.products[chair.id] = chair
    line = draft(office, {"product_id": str(chair.id), "price": "75"})["details"][0]
    assert (line["product_id"], line["description"], line["price"]) == (str(chair.id), "Stoel", "75.0")
    assert line["ledger_account_id"] == office.account("services_revenue")


def test_the_workflow_of_the_contact_comes_before_that_of_the_administration(office: Office) -> None:
    own = next(w for w in office.administration.workflows.values() if w.kind == "InvoiceWorkflow")
    other = type(own)(
        office.administration.new_id(), "InvoiceWorkflow", "Snel", own.steps[1:], own.created, own.updated,
        default=False, currency="USD", prices_are_incl_tax=True,
    )  # fmt: skip
    office.administration.workflows[other.id] = other
    customer(office, invoice_workflow_id=other.id)
    made = draft(office)
    assert (made["workflow_id"], made["currency"], made["prices_are_incl_tax"]) == (str(other.id), "USD", True)
    assert made["due_date"] == f"2026-11-{20 + other.steps[0].due}"
    assert draft(office, workflow_id=str(own.id))["currency"] == "EUR"


def test_custom_fields_are_shown_with_their_names(office: Office) -> None:
    field = CustomField(office.administration.new_id(), "Inkoopnummer", "sales_invoice")
    office.administration.custom_fields[field.id] = field
    made = draft(office, custom_fields_attributes={"0": {"id": str(field.id), "value": "PO 7"}})
    assert made["custom_fields"] == [{"id": str(field.id), "name": "Inkoopnummer", "value": "PO 7"}]


def test_a_plan_that_is_full_makes_no_invoice_and_no_credit_invoice(office: Office) -> None:
    invoice = sent(office)
    office.administration.limits["sales_invoices"] = 1
    draft(office)
    limited = {"error": "creating sales invoices is limited", "symbolic": {"administration": "limit_reached"}}
    with office.unchanged():
        body = {"sales_invoice": {"contact_id": customer(office)}}
        for answer in (office.post("sales_invoices", body), act(office, invoice, "duplicate_creditinvoice")):
            assert (answer.status_code, answer.json()) == (402, limited)


def test_an_invoice_of_a_payment_request_says_so(office: Office) -> None:
    body = {"sales_invoice": {"contact_id": customer(office)}, "from_payment_request": True}
    assert actions(done(office.post("sales_invoices", body))) == ["sales_invoice_created_from_payment_request"]


@pytest.mark.parametrize(
    ("fields", "status", "name"),
    [
        ({"workflow_id": "1"}, 404, "workflow_id"),
        ({"document_style_id": "1"}, 404, "document_style_id"),
        ({"original_estimate_id": "1"}, 404, "original_estimate_id"),
        ({"invoice_sequence_id": "1"}, 404, "invoice_sequence_id"),
        ({"contact_person_id": "1"}, 404, "contact_person_id"),
        ({"time_entry_ids": ["1"]}, 404, "time_entry_ids"),
        ({"time_entry_ids": "1"}, 422, "time_entry_ids"),
        ({"prices_are_incl_tax": "perhaps"}, 422, "prices_are_incl_tax"),
        ({"first_due_interval": "soon"}, 422, "first_due_interval"),
        ({"first_due_interval": 10**9}, 422, "first_due_interval"),
        ({"update_contact": True}, 422, "update_contact"),
        ({"details_attributes": [{"is_optional": True}]}, 422, "details.is_optional"),
    ],
)
def test_what_a_new_invoice_cannot_be(office: Office, fields: dict[str, Any], status: int, name: str) -> None:
    with office.unchanged():
        body = {"sales_invoice": {"contact_id": customer(office), **fields}}
        answer = office.post("sales_invoices", body)
    shown = answer.json()["error"] if status == 422 else answer.json()["symbolic"]
    assert (answer.status_code, list(shown)) == (status, [name])


def test_an_invoice_says_where_it_came_from_and_is_found_by_it(office: Office) -> None:
    made, other = draft(office), draft(office)
    kept = office.administration.invoices[int(made["id"])]
    kept.recurring_id, kept.subscription_id = 5, 6
    shown = now(office, made)
    assert (shown["recurring_sales_invoice_id"], shown["subscription_id"]) == ("5", "6")
    assert actions(shown) == ["sales_invoice_created_based_on_subscription"]
    found = office.get("sales_invoices", filter="recurring_sales_invoice_id:5").json()
    assert [row["id"] for row in found] == [made["id"]] != [other["id"]]


# Editing


def test_lines_are_changed_added_and_taken_away_and_the_rest_stays(office: Office) -> None:
    made = draft(office, {"description": "a", "price": "10"}, {"description": "b", "price": "20"}, {"description": "c"})
    first, second, third = made["details"]
    after = done(
        patch(
            office,
            made,
            details_attributes=[
                {"id": first["id"], "price": "11"},
                {"id": third["id"], "_destroy": "true"},
                {"description": "d", "price": "40", "row_order": 0},
            ],
        )
    )
    assert [(d["description"], d["price"]) for d in after["details"]] == [("a", "11.0"), ("d", "40.0"), ("b", "20.0")]
    assert after["details"][2] == second
    assert after["reference"] == made["reference"]


def test_a_sent_invoice_is_edited_and_booked_again_and_tells_what_changed(office: Office) -> None:
    """The contract's own example edits an open one: a line added, a line gone, the totals in the event."""
    invoice = sent(office)
    lines = [{"description": "Sofa", "price": 199.99}, {"id": invoice["details"][0]["id"], "_destroy": True}]
    after = done(patch(office, invoice, details_attributes=lines, reference="30053"))
    assert (after["state"], after["invoice_id"], after["total_price_incl_tax"]) == ("open", "2026-0001", "241.99")
    assert office.balance("debtors") == 24199
    event = after["events"][-1]
    assert event["action"] == "sales_invoice_updated"
    assert event["data"]["changes"]["reference"] == ["Project X", "30053"]
    assert event["data"]["changes"]["total_price_incl_tax"] == ["363.0", "241.99"]
    assert ("sales_invoice_updated", invoice["id"]) in office.announced


def test_an_edit_can_change_the_state(office: Office) -> None:
    invoice = sent(office)
    pay(office, invoice)
    after = done(patch(office, invoice, details_attributes=[{"description": "Nog iets", "price": "10"}]))
    assert (after["state"], after["total_unpaid"], actions(after)[-1]) == (
        "open",
        "12.1",
        "sales_invoice_state_changed_to_open",
    )


def test_the_snapshot_is_renewed_only_when_asked(office: Office) -> None:
    invoice = sent(office)
    customer(office, city="Elders")
    assert done(patch(office, invoice, reference="x"))["contact"]["city"] is None
    assert done(patch(office, invoice, update_contact=True))["contact"]["city"] == "Elders"


def test_another_contact_brings_its_own_card(office: Office) -> None:
    invoice = sent(office)
    after = done(patch(office, invoice, contact_id=office.supplier))
    assert (after["contact_id"], after["contact"]["company_name"]) == (office.supplier, "Leverancier B.V.")


def test_dates_and_days_move_together_and_a_sent_invoice_keeps_a_date(office: Office) -> None:
    waiting = draft(office)
    after = done(patch(office, waiting, invoice_date="2026-12-01", first_due_interval=30))
    assert (after["invoice_date"], after["due_date"]) == ("2026-12-01", "2026-12-31")
    assert done(patch(office, waiting, invoice_date=None))["invoice_date"] is None
    invoice = sent(office)
    assert done(patch(office, invoice, invoice_date=None))["invoice_date"] == "2026-11-20"


def test_hours_are_replaced_as_a_whole(office: Office) -> None:
    first, second = hour(office), hour(office)
    made = draft(office, time_entry_ids=[first])
    after = done(patch(office, made, time_entry_ids=[second]))
    assert [row["id"] for row in after["time_entries"]] == [second]
    assert office.administration.time_entries[int(first)].invoice_id is None
    assert done(patch(office, made, reference="x"))["time_entries"] == after["time_entries"]


def test_the_sequence_can_be_named_and_removed(office: Office) -> None:
    office.administration.invoice_sequences[77] = "W"
    made = draft(office, invoice_sequence_id="77")
    patch(office, made, remove_invoice_sequence_id=True)
    assert send(office, made)["invoice_id"] == "2026-0001"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"due_date": "2026-12-01"}, 422),
        ({"contact_person_id": "1"}, 422),  # needs the contact beside it
        ({"contact_id": "1"}, 404),
        ({"details_attributes": [{"id": "1", "price": "5"}]}, 404),
        ({"details_attributes": "none"}, 422),
        ({"currency": "XXX"}, 422),
        ({"reference": 5}, 422),
        ({"invoice_date": "2026-02-30"}, 422),
    ],
)
def test_a_refused_edit_leaves_everything_as_it_was(office: Office, fields: dict[str, Any], status: int) -> None:
    invoice = sent(office)
    with office.unchanged():
        assert patch(office, invoice, **({"discount": "50"} | fields)).status_code == status
    assert now(office, invoice) == invoice


def test_a_sent_invoice_cannot_lose_its_last_line_or_enter_the_locked_period(office: Office) -> None:
    invoice = sent(office)
    with office.unchanged():
        answer = patch(office, invoice, details_attributes=[{"id": invoice["details"][0]["id"], "_destroy": True}])
        assert (answer.status_code, answer.json()["symbolic"]) == (400, {"sales_invoice": "details_cannot_be_empty"})
    office.administration.locked_until = office.administration.clock.today().replace(day=1)
    with office.unchanged():
        assert patch(office, invoice, invoice_date="2026-10-31").status_code == 422
    assert patch(office, invoice, reference="x").status_code == 200
    office.administration.locked_until = office.administration.clock.today()
    with office.unchanged():
        assert patch(office, invoice, reference="y").status_code == 422


# Crediting


def test_a_credit_invoice_is_a_draft_with_a_heading_and_quantities_negated(office: Office) -> None:
    invoice = sent(
        office,
        {"description": "Project X", "price": "300", "amount": "1 x"},
        {"description": "Uren", "price": "80", "amount": "10 uur"},
        {"description": "Iets", "price": "5"},
        {"description": "Terug", "price": "7", "amount": "-2 x"},
        {"description": "Kop"},
    )
    made = credit(office, invoice)
    assert (made["state"], made["original_sales_invoice_id"], made["draft_id"]) == ("draft", invoice["id"], 2)
    assert [(d["description"], d["amount"], d["amount_decimal"], d["row_order"]) for d in made["details"]] == [
        ("**Creditfactuur voor factuur 2026-0001**", None, "1.0", 1),
        ("Project X", "-1 x", "-1.0", 2),
        ("Uren", "-10 uur", "-10.0", 3),
        ("Iets", "-1", "-1.0", 4),
        ("Terug", "2 x", "2.0", 5),
        ("Kop", None, "1.0", 6),
    ]
    assert made["total_price_incl_tax"] == f"-{invoice['total_price_incl_tax']}"
    assert made["events"][0]["action"] == "credit_invoice_created_from_original"
    assert made["events"][0]["data"] == {"original_invoice": "2026-0001"}
    assert ("credit_invoice_created_from_original", made["id"]) in office.announced


def test_a_draft_cannot_be_credited(office: Office) -> None:
    waiting = draft(office)
    with office.unchanged():
        answer = act(office, waiting, "duplicate_creditinvoice")
    assert (answer.status_code, answer.json()) == (400, STATE)


def test_settling_pays_both_through_settlements(office: Office) -> None:
    invoice = sent(office)
    note = send(office, credit(office, invoice))
    after = done(act(office, note, "register_payment_creditinvoice"))
    (payment,) = after["payments"]
    assert (after["state"], after["paid_at"], payment["price"]) == ("paid", "2026-11-20", "-363.0")
    assert payment["ledger_account_id"] == office.account("settlements")
    assert (payment["credit_invoice_id"], payment["manual_payment_action"]) == (None, None)
    original = now(office, invoice)
    assert (original["state"], original["payments"][0]["price"]) == ("paid", "363.0")
    assert (office.balance("settlements"), office.balance("debtors")) == (0, 0)
    with office.unchanged():
        answer = act(office, note, "register_payment_creditinvoice")
    assert (answer.status_code, answer.json()) == (400, STATE)


def test_only_a_sent_credit_invoice_of_the_same_contact_settles(office: Office) -> None:
    invoice = sent(office)
    waiting = credit(office, invoice)
    moved = send(
        office, done(patch(office, credit(office, invoice), contact_id=office.supplier)), delivery_method="Manual"
    )
    with office.unchanged():
        for wrong in (invoice, waiting, moved):
            assert act(office, wrong, "register_payment_creditinvoice").status_code == 400


# Doubt


def test_dubious_is_a_date_and_uncollectible_a_state_that_stays_unpaid(office: Office) -> None:
    invoice = sent(office)
    dubious = done(act(office, invoice, "mark_as_dubious"))
    assert (dubious["state"], dubious["marked_dubious_on"]) == ("open", "2026-11-20")
    assert actions(dubious)[-1] == "sales_invoice_marked_as_dubious"
    gone = done(act(office, invoice, "mark_as_uncollectible", {"uncollectible_date": "2026-11-21"}))
    assert (gone["state"], gone["marked_uncollectible_on"], gone["total_unpaid"], gone["payments"]) == (
        "uncollectible",
        "2026-11-21",
        "363.0",
        [],
    )
    assert actions(gone)[-2:] == [
        "sales_invoice_state_changed_to_uncollectible", "sales_invoice_marked_as_uncollectible",
    ]  # fmt: skip
    assert gone["next_reminder"] == "2026-12-04"
    assert office.balance("debtors") == 0


def test_a_write_off_can_be_booked_on_revenue(office: Office) -> None:
    invoice = sent(office)
    act(office, invoice, "mark_as_uncollectible", {"book_method": "revenue"})
    assert office.administration.invoices[int(invoice["id"])].uncollectible_as_revenue


@pytest.mark.parametrize("verb", ["mark_as_dubious", "mark_as_uncollectible"])
def test_only_what_is_to_be_collected_can_be_doubted(office: Office, verb: str) -> None:
    waiting, paid, lost = draft(office), sent(office), sent(office)
    pay(office, paid)
    act(office, lost, "mark_as_uncollectible")
    with office.unchanged():
        for invoice in (waiting, paid, lost):
            answer = act(office, invoice, verb)
            assert (answer.status_code, answer.json()) == (400, STATE)
    assert office.patch(f"sales_invoices/1/{verb}", {}).status_code == 404


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("mark_as_dubious", {"dubious_date": "gisteren"}),
        ("mark_as_dubious", {"dubious_date": "2026-11-19"}),  # before the invoice
        ("mark_as_dubious", {"date": "2026-11-20"}),
        ("mark_as_uncollectible", {"uncollectible_date": "2026-11-19"}),
        ("mark_as_uncollectible", {"book_method": "luck"}),
    ],
)
def test_a_doubt_that_cannot_be_is_refused(office: Office, verb: str, body: dict[str, Any]) -> None:
    invoice = sent(office)
    with office.unchanged():
        assert act(office, invoice, verb, body).status_code == 400


def test_a_second_doubt_and_one_in_the_locked_period_are_refused(office: Office) -> None:
    invoice, other = sent(office), sent(office)
    act(office, invoice, "mark_as_dubious")
    office.administration.locked_until = office.administration.clock.today()
    with office.unchanged():
        assert act(office, invoice, "mark_as_dubious").json() == STATE
        assert act(office, other, "mark_as_dubious").status_code == 400
        assert act(office, other, "mark_as_uncollectible").status_code == 400


# Deleting


def test_deleting_takes_books_hours_and_half_settlements_along(office: Office) -> None:
    mutation = bank_line(office, 10000)
    invoice = sent(office, time_entry_ids=[(entry := hour(office))])
    pay(office, invoice, "100", financial_mutation_id=str(mutation.id), manual_payment_action="bank_transfer")
    note = send(office, credit(office, invoice))
    act(office, note, "register_payment_creditinvoice")
    office.announced.clear()
    assert office.delete(f"sales_invoices/{invoice['id']}").status_code == 204
    assert office.get(f"sales_invoices/{invoice['id']}").status_code == 404
    assert office.administration.time_entries[int(entry)].invoice_id is None
    assert (now(office, note)["payments"], now(office, note)["state"]) == ([], "open")
    assert (office.balance("settlements"), office.balance("unprocessed_transactions")) == (0, -10000)
    assert office.announced[-1] == ("sales_invoice_destroyed", invoice["id"])


def test_an_invoice_whose_payment_is_under_way_or_whose_books_are_closed_stays(office: Office) -> None:
    invoice = sent(office)
    kept = office.administration.invoices[int(invoice["id"])]
    kept.pending = True
    assert now(office, invoice)["state"] == "pending_payment"
    with office.unchanged():
        assert office.delete(f"sales_invoices/{invoice['id']}").status_code == 400
    kept.pending = False
    office.administration.locked_until = office.administration.clock.today()
    with office.unchanged():
        assert office.delete(f"sales_invoices/{invoice['id']}").status_code == 400
    assert office.delete(f"sales_invoices/{draft(office)['id']}").status_code == 204


# Papers


def test_papers_are_behind_a_link_that_is_good_for_half_a_minute(office: Office) -> None:
    invoice = sent(office)
    for name in ("download_pdf", "download_packing_slip_pdf"):
        url = f"/{office.administration.id}/sales_invoices/{invoice['id']}/{name}.json"
        answer = office.client.get(url, headers={"Authorization": "Bearer office"})
        assert answer.status_code == 302
        assert answer.headers["content-type"].startswith("text/plain")
        location = answer.headers["location"]
        assert answer.json() == f"This resource has been moved temporarily to {location}."
        file = office.client.get(location)
        assert file.headers["content-type"] == "application/pdf"
        assert file.content.startswith(b"%PDF-1.4")
        assert b"Project X" in file.content
        assert (b"363.0" in file.content) == (name == "download_pdf")
        office.world.clock.advance(timedelta(seconds=31))
        assert office.client.get(location).status_code == 404


def test_the_ubl_says_what_the_invoice_says(office: Office) -> None:
    invoice = sent(office, reference="A & B")
    url = f"/{office.administration.id}/sales_invoices/{invoice['id']}/download_ubl.json"
    answer = office.client.get(url, headers={"Authorization": "Bearer office"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml")
    root = ElementTree.fromstring(answer.content)
    cbc = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
    texts = {element.tag.removeprefix(cbc): element.text for element in root.iter() if element.tag.startswith(cbc)}
    assert (root.find(f"{cbc}ID").text, texts["PayableAmount"], texts["InvoicedQuantity"]) == (
        "2026-0001",
        "363.0",
        "1.0",
    )
    assert "A & B" in [element.text for element in root.iter(f"{cbc}ID")]


def test_notes_and_files_stay_with_the_invoice(office: Office) -> None:
    invoice = sent(office)
    note = done(office.post(f"sales_invoices/{invoice['id']}/notes", {"note": {"note": "Bellen"}}))
    office.client.post(
        f"/{office.administration.id}/sales_invoices/{invoice['id']}/attachments.json",
        files={"file": ("bon.txt", b"bon", "text/plain")},
        headers={"Authorization": "Bearer office"},
    )
    shown = now(office, invoice)
    assert (shown["notes"], [file["filename"] for file in shown["attachments"]]) == ([note], ["bon.txt"])
    assert (note["entity_type"], shown["attachments"][0]["attachable_type"]) == ("SalesInvoice", "SalesInvoice")
