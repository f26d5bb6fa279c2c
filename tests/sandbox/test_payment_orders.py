"""Purchase transactions: made by the company, listed, sent to the bank, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.sandbox.actions import payment_orders
from pipelines.sandbox.model import PaymentOrder
from tests.sandbox.office import Office, open_office

PATH = "purchase_transactions"


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


def bill(office: Office) -> str:
    line = {"description": "Delivery", "price": 100, "tax_rate_id": office.rate("purchase_invoice", 21, "NL/5b")}
    body = {"contact_id": office.supplier, "reference": "FOOBAR-1", "details_attributes": [line]}
    made = office.post("documents/purchase_invoices", {"purchase_invoice": {**body, "due_date": "2026-11-30"}})
    return str(made.json()["id"])


def order(office: Office, bill_id: str) -> PaymentOrder:
    bank = office.administration.accounts[int(office.account("bank"))].financial_account_id
    assert bank is not None
    return payment_orders.order(office.administration, office.administration.purchases[int(bill_id)], bank)


def state_of(office: Office, bill_id: str) -> Any:
    return office.get(f"documents/purchase_invoices/{bill_id}").json()["state"]


def test_an_order_shows_the_supplier_the_account_and_the_document(office: Office) -> None:
    bill_id = bill(office)
    made = order(office, bill_id)
    shown = office.get(f"{PATH}/{made.id}").json()
    assert (shown["amount"], shown["state"], shown["date"]) == ("121.0", "open", "2026-11-30")
    assert (shown["description"], shown["end_to_end_id"]) == ("FOOBAR-1", "FOOBAR-1")
    assert (shown["payable_type"], shown["payable_id"]) == ("Document", bill_id)
    assert (shown["contact"]["id"], shown["sepa_iban"]) == (office.supplier, "NL91ABNA0417164300")
    assert shown["source_sepa_iban"] == "NL02ABNA0123456789"
    assert office.balance("creditors") == -12100


def test_while_the_bank_has_it_the_document_waits_and_cannot_be_deleted(office: Office) -> None:
    bill_id = bill(office)
    made = order(office, bill_id)
    payment_orders.send(office.administration, made)
    assert state_of(office, bill_id) == "pending_payment"
    office.advance(30)
    assert state_of(office, bill_id) == "pending_payment"
    with office.unchanged():
        assert office.delete(f"documents/purchase_invoices/{bill_id}").status_code == 400
    payment_orders.carry_out(office.administration, made)
    assert state_of(office, bill_id) == "late"  # until the bank's own line is linked to it
    with pytest.raises(ValueError, match="is paid"):
        payment_orders.send(office.administration, made)


def test_the_list_shows_what_is_in_no_batch_unless_told_otherwise(office: Office) -> None:
    loose, batched = order(office, bill(office)), order(office, bill(office))
    payment_orders.send(office.administration, batched, batch_id=7)

    def found(**query: Any) -> list[str]:
        return [row["id"] for row in office.get(PATH, **query).json()]

    assert found() == [str(loose.id)]
    assert found(filter="unbatched:false") == [str(batched.id), str(loose.id)]
    assert found(filter="state:pending_payment") == [str(batched.id)]
    assert found(filter="state:open|paid") == [str(loose.id)]
    assert found(filter="period:this_month,state:all") == [str(batched.id), str(loose.id)]
    assert found(filter="period:prev_month") == []
    loose.state = "awaiting_authorization"
    assert found(filter="state:open") == [str(loose.id)]


@pytest.mark.parametrize("suffix", ["", "/delete"])
def test_an_order_can_be_taken_back_until_the_bank_has_it(office: Office, suffix: str) -> None:
    first, second = order(office, bill(office)), order(office, bill(office))
    assert office.delete(f"{PATH}/{first.id}{suffix}").status_code == 204
    missing = office.get(f"{PATH}/{first.id}")
    assert missing.json() == {"error": "Record not found for model name: Purchase transaction"}
    assert office.delete(f"{PATH}/{first.id}{suffix}", documented=False).status_code == 404
    payment_orders.send(office.administration, second)
    with office.unchanged():
        assert office.delete(f"{PATH}/{second.id}{suffix}", documented=False).status_code == 400


def test_deleting_the_document_cancels_its_open_order(office: Office) -> None:
    bill_id = bill(office)
    made = order(office, bill_id)
    assert office.delete(f"documents/purchase_invoices/{bill_id}").status_code == 200
    assert office.get(f"{PATH}/{made.id}").json()["state"] == "cancelled"


def test_nothing_is_ordered_for_what_is_paid(office: Office) -> None:
    bill_id = bill(office)
    payment = {"payment_date": "2026-11-20", "price": "121"}
    office.post(f"documents/purchase_invoices/{bill_id}/payments", {"payment": payment})
    with pytest.raises(ValueError, match="nothing to pay"):
        order(office, bill_id)


def test_a_file_of_transfers_needs_a_bank_that_nobody_here_has(office: Office) -> None:
    answer = office.post("sepa_credit_transfer", {})
    assert (answer.status_code, answer.json()) == (403, {"error": "No access to SEPA credit transfers"})
