"""Bank transactions through the API: read, linked, booked, taken apart; each step shows in the ledger report too."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipelines.sandbox import chart
from tests.sandbox.conftest import Desk

DAY = "2026-11-19"


def statement(desk: Desk, *amounts: str, name: str = "Studio") -> list[dict[str, Any]]:
    """A new statement of yesterday with these transactions."""
    account = desk.get(name, "financial_accounts.json").json()[0]["id"]
    rows = {str(n): {"date": DAY, "message": f"Regel {n}", "amount": amount} for n, amount in enumerate(amounts)}
    body = {"reference": "AFSCHRIFT-1", "financial_account_id": account, "financial_mutations_attributes": rows}
    answer = desk.post(name, "financial_statements.json", {"financial_statement": body})
    assert answer.status_code == 201, answer.text
    return list(answer.json()["financial_mutations"])


def mutation(desk: Desk, id_: str) -> dict[str, Any]:
    return dict(desk.get("Studio", f"financial_mutations/{id_}.json").json())


def link(desk: Desk, id_: str, **body: Any) -> None:
    answer = desk.patch("Studio", f"financial_mutations/{id_}/link_booking.json", body)
    assert (answer.status_code, answer.json()) == (200, 200), answer.text


def open_invoice(desk: Desk) -> dict[str, Any]:
    made = desk.event("Studio", "create_and_send_invoice", price="100.00")
    return dict(desk.get("Studio", f"sales_invoices/{made['sales_invoice_id']}.json").json())


def balance(desk: Desk, role: str) -> Decimal:
    """Debit positive, as the report shows it this month."""
    id_ = str(desk.names["Studio"].roles[role])
    rows = desk.get("Studio", "reports/general_ledger.json", period="202611").json()["final_balance"]
    return next((Decimal(r["value"]) for r in rows["ledger_accounts"] if r["ledger_account_id"] == id_), Decimal(0))


def test_a_statement_brings_its_transactions_in_unprocessed(fresh_desk: Desk) -> None:
    waiting, bank = balance(fresh_desk, chart.BANK_UNM), balance(fresh_desk, chart.BANK)
    first, second = statement(fresh_desk, "121.0", "-20")
    assert (first["state"], first["amount_open"], second["amount_open"]) == ("unprocessed", "121.0", "-20.0")
    assert mutation(fresh_desk, first["id"]) == first
    assert balance(fresh_desk, chart.BANK) == bank + 101
    assert balance(fresh_desk, chart.BANK_UNM) == waiting - 101


def test_linking_pays_the_invoice_and_unlinking_opens_it_again(fresh_desk: Desk) -> None:
    invoice = open_invoice(fresh_desk)
    (line,) = statement(fresh_desk, "121.0")
    debtors = balance(fresh_desk, chart.AR)
    fresh_desk.world.clock.advance(timedelta(seconds=2))
    link(fresh_desk, line["id"], booking_type="SalesInvoice", booking_id=invoice["id"], price_base="121.0")
    processed = mutation(fresh_desk, line["id"])
    assert (processed["state"], processed["amount_open"]) == ("processed", "0.0")
    assert processed["version"] > line["version"]
    (payment,) = processed["payments"]
    assert (payment["invoice_id"], payment["financial_mutation_id"]) == (invoice["id"], line["id"])
    assert fresh_desk.get("Studio", f"payments/{payment['id']}.json").json() == payment
    assert fresh_desk.get("Studio", f"sales_invoices/{invoice['id']}.json").json()["state"] == "paid"
    assert balance(fresh_desk, chart.AR) == debtors - 121
    answer = fresh_desk.delete(
        "Studio",
        f"financial_mutations/{line['id']}/unlink_booking.json",
        {"booking_type": "Payment", "booking_id": payment["id"]},
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "unprocessed")
    assert balance(fresh_desk, chart.AR) == debtors
    assert fresh_desk.get("Studio", f"sales_invoices/{invoice['id']}.json").json()["state"] == "open"


def test_part_of_a_transaction_stays_open(fresh_desk: Desk) -> None:
    invoice = open_invoice(fresh_desk)
    (line,) = statement(fresh_desk, "100.0")
    link(fresh_desk, line["id"], booking_type="SalesInvoice", booking_id=invoice["id"], price_base=60)
    assert mutation(fresh_desk, line["id"])["amount_open"] == "40.0"
    shown = fresh_desk.get("Studio", f"sales_invoices/{invoice['id']}.json").json()
    assert (shown["total_paid"], shown["total_unpaid"], shown["state"]) == ("60.0", "61.0", "open")


def test_an_outgoing_line_is_split_as_the_contract_describes(fresh_desk: Desk) -> None:
    """-95: 100 of costs in the direction of the money, 5 received back against it."""
    costs = balance(fresh_desk, chart.GENERAL)
    (line,) = statement(fresh_desk, "-95")
    account = str(fresh_desk.names["Studio"].roles[chart.GENERAL])
    link(fresh_desk, line["id"], booking_type="LedgerAccount", booking_id=account, price_base="100")
    link(fresh_desk, line["id"], booking_type="LedgerAccount", booking_id=account, price_base="-5")
    shown = mutation(fresh_desk, line["id"])
    assert (shown["state"], [b["price"] for b in shown["ledger_account_bookings"]]) == ("processed", ["-100.0", "5.0"])
    assert balance(fresh_desk, chart.GENERAL) == costs + 95
    booking = shown["ledger_account_bookings"][0]["id"]
    wrong = fresh_desk.delete(
        "Studio",
        f"financial_mutations/{line['id']}/unlink_booking.json",
        {"booking_type": "LedgerAccount", "booking_id": booking},
    )
    assert (wrong.status_code, wrong.json()) == (
        400,
        {"error": "Booking Type isn't an option", "symbolic": {"booking_type": "in"}},
    )


def test_an_overbooked_incoming_line_swaps_the_sign(fresh_desk: Desk) -> None:
    (line,) = statement(fresh_desk, "10")
    account = str(fresh_desk.names["Studio"].roles[chart.GENERAL])
    link(fresh_desk, line["id"], booking_type="LedgerAccount", booking_id=account, price_base="12")
    link(fresh_desk, line["id"], booking_type="LedgerAccount", booking_id=account, price_base="2")
    assert mutation(fresh_desk, line["id"])["amount_open"] == "0.0"


def test_a_payment_known_before_its_bank_line_is_matched_with_it(fresh_desk: Desk) -> None:
    invoice = open_invoice(fresh_desk)
    body = {"payment": {"payment_date": DAY, "price": "121.0"}}
    payment = fresh_desk.post("Studio", f"sales_invoices/{invoice['id']}/payments.json", body).json()
    unmatched = balance(fresh_desk, chart.IN_UNM)
    (line,) = statement(fresh_desk, "121")
    link(fresh_desk, line["id"], booking_type="Payment", booking_id=payment["id"])
    assert balance(fresh_desk, chart.IN_UNM) == unmatched - 121
    assert mutation(fresh_desk, line["id"])["state"] == "processed"
    again = fresh_desk.patch(
        "Studio",
        f"financial_mutations/{line['id']}/link_booking.json",
        {"booking_type": "Payment", "booking_id": payment["id"]},
    )
    assert again.status_code == 400


def test_a_new_receipt_is_made_of_an_outgoing_line(fresh_desk: Desk) -> None:
    (line,) = statement(fresh_desk, "-42.35")
    link(fresh_desk, line["id"], booking_type="NewReceipt", price_base="42.35")
    (payment,) = mutation(fresh_desk, line["id"])["payments"]
    receipt = fresh_desk.get("Studio", f"documents/receipts/{payment['invoice_id']}.json").json()
    assert (receipt["total_price_incl_tax"], receipt["state"]) == ("42.35", "paid")


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"booking_type": "Cheque"}, 400, "Booking Type isn't an option"),
        ({}, 400, "Booking Type is required"),
        ({"booking_type": "SalesInvoice", "booking_id": "1", "price_base": 1}, 404, "record not found"),
        ({"booking_type": "LedgerAccount", "booking_id": "ledger"}, 400, "Price can't be nil"),
    ],
)
def test_a_wrong_link_changes_nothing(fresh_desk: Desk, body: dict[str, Any], status: int, error: str) -> None:
    (line,) = statement(fresh_desk, "-5")
    if body.get("booking_id") == "ledger":
        body = body | {"booking_id": str(fresh_desk.names["Studio"].roles[chart.GENERAL])}
    answer = fresh_desk.patch("Studio", f"financial_mutations/{line['id']}/link_booking.json", body)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert mutation(fresh_desk, line["id"]) == line


def test_a_statement_is_changed_and_removed_with_what_was_linked_to_it(fresh_desk: Desk) -> None:
    invoice = open_invoice(fresh_desk)
    first, second = statement(fresh_desk, "121.0", "7")
    link(fresh_desk, first["id"], booking_type="SalesInvoice", booking_id=invoice["id"], price_base="121.0")
    path = f"financial_statements/{first['financial_statement_id']}.json"
    blank = fresh_desk.patch("Studio", path, {"financial_statement": {"reference": ""}})
    assert (blank.status_code, blank.json()["error"]) == (422, {"reference": ["can't be blank"]})
    rows = [{"id": second["id"], "_destroy": True}, {"date": DAY, "message": "Nieuw", "amount": "3,50"}]
    changed = fresh_desk.patch("Studio", path, {"financial_statement": {"financial_mutations_attributes": rows}}).json()
    assert sorted(m["amount"] for m in changed["financial_mutations"]) == ["121.0", "3.5"]
    assert fresh_desk.get("Studio", f"financial_mutations/{second['id']}.json").status_code == 404
    assert fresh_desk.delete("Studio", path).status_code == 204
    assert fresh_desk.get("Studio", f"sales_invoices/{invoice['id']}.json").json()["state"] == "open"
    assert fresh_desk.delete("Studio", path).status_code == 404


def test_more_than_a_hundred_are_refused_and_synchronization_gives_them_all(desk: Desk) -> None:
    answer = desk.get("Studio", "financial_mutations.json", filter="period:202401..202612")
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "Too many financial mutations to return, please use sync API"},
    )
    found = desk.get("Studio", "financial_mutations/synchronization.json", filter="period:202401..202612").json()
    assert len(found) == len(desk.names["Studio"].mutations)
    hundred = desk.post("Studio", "financial_mutations/synchronization.json", {"ids": [r["id"] for r in found[:120]]})
    assert len(hundred.json()) == 100


def test_filters_narrow_by_state_direction_and_amount(desk: Desk) -> None:
    def asked(more: str) -> list[dict[str, Any]]:
        return list(desk.get("Studio", "financial_mutations.json", filter=f"period:this_month{more}").json())

    every = asked("")
    assert {m["id"] for m in asked(",state:unprocessed")} == {m["id"] for m in every if m["state"] == "unprocessed"}
    assert {m["id"] for m in asked(",mutation_type:debit")} == {m["id"] for m in every if m["amount"].startswith("-")}
    big = {m["id"] for m in every if abs(Decimal(m["amount"])) >= 1000}
    assert {m["id"] for m in asked(",amount_from:-1000")} == big
    wrong = desk.get("Studio", "financial_mutations.json", filter="state:half")
    assert (wrong.status_code, wrong.json()["error"]) == (400, "Status is not included in the list")
