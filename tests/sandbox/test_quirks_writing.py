"""What surprised people about writing (QUIRKS 45–61), shown by the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from pipelines.sandbox import chart
from tests.sandbox.buying import PURCHASES, buy
from tests.sandbox.conftest import Desk
from tests.sandbox.office import Office, open_office
from tests.sandbox.sales_office import credit, customer, draft, hour, now, pay, send, sent


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


def contact(office: Office, **fields: Any) -> httpx.Response:
    return office.post("contacts", {"contact": {"company_name": "Nieuw B.V."} | fields})


def bank_line(office: Office, amount: str) -> str:
    """Id of a bank line that came with a statement."""
    account = next(iter(office.administration.financial_accounts))
    line = {"date": "2026-11-19", "message": "Factuur", "amount": amount}
    body = {"reference": "R1", "financial_account_id": account, "financial_mutations_attributes": [line]}
    made = office.post("financial_statements", {"financial_statement": body}).json()
    return str(made["financial_mutations"][0]["id"])


def link(office: Office, mutation: str, kind: str, id_: object, price: object) -> httpx.Response:
    body = {"booking_type": kind, "booking_id": id_, "price_base": price}
    return office.patch(f"financial_mutations/{mutation}/link_booking", body)


def unlink(office: Office, mutation: str, body: dict[str, Any] | None) -> httpx.Response:
    """A DELETE with a body, or without one as a client sends it that does not know of such."""
    url = f"/{office.administration.id}/financial_mutations/{mutation}/unlink_booking.json"
    return office.client.request("DELETE", url, json=body, headers={"Authorization": "Bearer office"})


def complaints(answer: httpx.Response) -> dict[str, list[str]]:
    assert answer.status_code == 422, answer.text
    return dict(answer.json()["error"])


@pytest.mark.parametrize(
    ("path", "wrapper", "stray"),
    [
        ("sales_invoices", "sales_invoice", {"date": "2026-11-20"}),
        ("sales_invoices", "sales_invoice", {"due_date": "2026-11-20"}),
        ("sales_invoices", "sales_invoice", {"source": "shop"}),
        ("external_sales_invoices", "external_sales_invoice", {"invoice_date": "2026-11-20"}),
        ("external_sales_invoices", "external_sales_invoice", {"first_due_interval": 14}),
        ("contacts", "contact", {"email": "info@klant.example"}),
    ],
)
def test_one_stray_key_rejects_the_call(office: Office, path: str, wrapper: str, stray: dict[str, Any]) -> None:
    """QUIRKS 45: the two kinds of sales invoices have different keys for the same things."""
    body = {"company_name": "X"} if wrapper == "contact" else {"contact_id": customer(office), "reference": "1"}
    with office.unchanged():
        assert list(complaints(office.post(path, {wrapper: body | stray}))) == list(stray)
    assert office.post(path, {wrapper: body}).status_code == 201


def test_a_link_takes_a_positive_price_also_for_money_that_goes_out(office: Office) -> None:
    """QUIRKS 46: the answer is the bare number 200; the payment that gives money back has the sign."""
    refunded = send(office, credit(office, sent(office)))
    for document, kind, path, amount, signed in (
        (refunded, "SalesInvoice", "sales_invoices", "363.0", "-363.0"),
        (buy(office), "Document", PURCHASES, "24.2", "24.2"),  # as the contract's example of paying a purchase
    ):
        paid = bank_line(office, f"-{amount}")
        answer = link(office, paid, kind, document["id"], amount)
        assert (answer.status_code, answer.json()) == (200, 200)
        (payment,) = office.get(f"financial_mutations/{paid}").json()["payments"]
        assert (payment["price"], payment["invoice_id"]) == (signed, document["id"])
        assert office.get(f"{path}/{document['id']}").json()["state"] == "paid"


def test_what_is_linked_as_an_account_is_unlinked_as_a_booking(office: Office) -> None:
    """QUIRKS 47: and unlinking is a DELETE with a body, which some clients drop on the way."""
    line = bank_line(office, "10")
    assert link(office, line, "LedgerAccount", office.account(chart.GENERAL), "10").json() == 200
    (booking,) = office.get(f"financial_mutations/{line}").json()["ledger_account_bookings"]
    assert unlink(office, line, None).status_code == 400
    wrong = unlink(office, line, {"booking_type": "LedgerAccount", "booking_id": booking["id"]})
    assert wrong.json()["error"] == "Booking Type isn't an option"
    done = unlink(office, line, {"booking_type": "LedgerAccountBooking", "booking_id": booking["id"]})
    assert (done.status_code, done.json()["ledger_account_bookings"]) == (200, [])


def test_a_booking_on_revenue_has_no_vat(office: Office) -> None:
    """QUIRKS 48: what was booked from the bank does not come into the return."""
    line = bank_line(office, "121")
    assert link(office, line, "LedgerAccount", office.account(chart.REV), "121").json() == 200
    report = office.get("reports/profit_loss", period="202611").json()
    assert report["total_revenue"] == "121.0"
    assert {row["tax"] for row in office.get("reports/tax", period="202611").json()["tax_rates"]} <= {"0.0"}


def test_a_credit_invoice_turns_the_quantities_and_not_the_prices(office: Office) -> None:
    """QUIRKS 49: with a heading line above them."""
    invoice = sent(office)
    heading, line = credit(office, invoice)["details"]
    assert heading["description"] == f"**Creditfactuur voor factuur {invoice['invoice_id']}**"
    assert (heading["price"], heading["amount"]) == ("0.0", None)
    assert (line["price"], line["amount"], line["amount_decimal"]) == ("300.0", "-1 x", "-1.0")


def test_a_draft_takes_no_payment(office: Office) -> None:
    """QUIRKS 50: since 2017; and `register_payment`, though deprecated, still answers."""
    made = draft(office)
    with office.unchanged():
        assert pay(office, made).status_code in (400, 422)
    invoice = send(office, made)
    body = {"payment": {"payment_date": "2026-11-20", "price": "363.0"}}
    assert office.patch(f"sales_invoices/{invoice['id']}/register_payment", body).status_code == 200
    assert now(office, invoice)["state"] == "paid"


def test_an_archived_contact_keeps_its_customer_number(office: Office) -> None:
    """QUIRKS 51: nobody else can have it, though no list shows the contact."""
    first = contact(office, customer_id="K-7").json()
    assert complaints(contact(office, customer_id="K-7")) == {"customer_id": ["is already in use"]}
    assert office.patch(f"contacts/{first['id']}/archive", None).status_code == 204
    assert complaints(contact(office, customer_id="K-7")) == {"customer_id": ["is already in use"]}


def test_an_address_is_checked_for_what_can_receive_mail(office: Office) -> None:
    """QUIRKS 52: a client tries again without it."""
    words = "includes a domain which cannot receive emails"
    refused = contact(office, send_invoices_to_email="info@klant.invalid")
    assert complaints(refused) == {"send_invoices_to_email": [words]}
    assert complaints(contact(office, send_invoices_to_email="info@")) == {"send_invoices_to_email": ["is invalid"]}
    assert contact(office).status_code == 201


def test_a_mandate_is_of_yesterday_or_before_in_the_administrations_time(office: Office) -> None:
    """QUIRKS 53: not of today. It is half past midnight in Amsterdam and still yesterday in UTC."""
    mandate = {
        "sepa_active": True, "sepa_iban": "NL91ABNA0417164300", "sepa_iban_account_name": "Klant",
        "sepa_bic": "ABNANL2A", "sepa_mandate_id": "M1",
    }  # fmt: skip
    office.world.clock.advance(timedelta(hours=15, minutes=30))  # from nine in the morning of the 20th
    assert list(complaints(contact(office, **mandate, sepa_mandate_date="2026-11-21"))) == ["sepa_mandate_date"]
    assert contact(office, **mandate, sepa_mandate_date="2026-11-20").status_code == 201


def test_archiving_twice_is_refused_and_cannot_be_undone(office: Office) -> None:
    """QUIRKS 54: and a DELETE archives what has documents, with the same refusal the second time."""
    refusal = {"error": "Contact can not be archived", "symbolic": {"id": "can_not_be_archived"}}
    gone = contact(office).json()["id"]
    assert office.patch(f"contacts/{gone}/archive", None).status_code == 204
    assert office.patch(f"contacts/{gone}/archive", None).json() == refusal
    url = f"/{office.administration.id}/contacts/{gone}/unarchive.json"
    assert office.client.patch(url, headers={"Authorization": "Bearer office"}).status_code == 404
    sent(office)
    used = customer(office)
    assert office.delete(f"contacts/{used}").status_code == 204
    assert office.get(f"contacts/{used}", include_archived="true").json()["archived"]
    assert office.delete(f"contacts/{used}", documented=False).json() == refusal


def test_a_write_without_an_answer_may_have_been_done(fresh_desk: Desk) -> None:
    """QUIRKS 55: look it up by reference, do not send it again."""
    first = next(iter(fresh_desk.names["Studio"].contacts))
    body = {"sales_invoice": {"contact_id": str(first), "reference": "eenmalig-1"}}
    path = "sales_invoices/find_by_reference/eenmalig-1.json"
    assert fresh_desk.get("Studio", path).status_code == 404
    fresh_desk.fault("timeout", match="sales_invoices", method="POST")
    with pytest.raises(httpx.ReadTimeout):
        fresh_desk.post("Studio", "sales_invoices.json", body)
    assert fresh_desk.get("Studio", path).json()["reference"] == "eenmalig-1"


def test_a_payment_is_answered_without_a_wrapper(office: Office) -> None:
    """QUIRKS 56: some clients have seen it below `payment`; the contract's example is bare."""
    answer = pay(office, sent(office)).json()
    assert answer["price"] == "363.0"
    assert "payment" not in answer


def test_deletions_answer_differently(office: Office) -> None:
    """QUIRKS 57: 200 with the body `200` for documents, 204 for sales invoices."""
    document = office.delete(f"{PURCHASES}/{buy(office)['id']}")
    assert (document.status_code, document.text) == (200, "200")
    invoice = office.delete(f"sales_invoices/{draft(office)['id']}")
    assert (invoice.status_code, invoice.content) == (204, b"")


def test_a_ledger_account_needs_a_code_of_the_scheme(office: Office) -> None:
    """QUIRKS 58: since July 2024 none can be made without an RGS code."""
    body = {"ledger_account": {"name": "Nieuw", "account_type": "expenses"}}
    assert office.post("ledger_accounts", body).status_code == 400
    assert office.post("ledger_accounts", body | {"rgs_code": "WBedAlkOal"}).status_code == 201


def test_hours_know_no_lines_and_no_seconds(office: Office) -> None:
    """QUIRKS 59: `detail_id` is gone since July 2025, and times are cut to whole minutes."""
    entry = hour(office)
    assert complaints(office.patch(f"time_entries/{entry}", {"time_entry": {"detail_id": "1"}})).keys() == {"detail_id"}
    times = {"started_at": "2026-11-19T09:00:59.999Z", "ended_at": "2026-11-19T10:30:31Z"}
    changed = office.patch(f"time_entries/{entry}", {"time_entry": times}).json()
    assert (changed["started_at"], changed["ended_at"]) == ("2026-11-19T09:00:00.000Z", "2026-11-19T10:30:00.000Z")
    assert "detail_id" not in changed
    invoice = draft(office, time_entry_ids=[entry])
    assert office.get(f"time_entries/{entry}").json()["sales_invoice_id"] == invoice["id"]


@pytest.mark.parametrize(("auto_send", "status"), [(True, 201), (False, 400)])
def test_only_what_sends_itself_can_be_merged(office: Office, auto_send: bool, status: int) -> None:
    """QUIRKS 60: `mergeable` of a recurring invoice requires `auto_send`."""
    body = {
        "contact_id": customer(office), "invoice_date": "2027-01-01", "frequency": 1, "frequency_type": "month",
        "auto_send": auto_send, "mergeable": True, "details_attributes": [{"description": "x", "price": 1}],
    }  # fmt: skip
    assert office.post("recurring_sales_invoices", {"recurring_sales_invoice": body}).status_code == status


def test_sending_by_mail_needs_two_addresses(office: Office) -> None:
    """QUIRKS 61: the customer's, and that of who sends it."""
    made = draft(office)
    customer(office, email=None)
    body = {"sales_invoice_sending": {"delivery_method": "Email"}}
    answer = office.patch(f"sales_invoices/{made['id']}/send_invoice", body)
    assert complaints(answer) == {"email_address": ["can't be blank"]}
    customer(office)
    identities = office.administration.identities
    for id_, identity in identities.items():
        identities[id_] = replace(identity, email=None)  # the API does not take it away, the website may
    words = {"delivery_method": ["The sender address must contain an email address"]}
    assert complaints(office.patch(f"sales_invoices/{made['id']}/send_invoice", body)) == words
