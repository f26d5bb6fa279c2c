"""Payments on invoices: where the money comes from in the books, what each manual action needs, taking one back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.office import Office, open_office, samples
from tests.sandbox.sales_office import (
    actions,
    bank_line,
    credit,
    done,
    draft,
    now,
    pay,
    purse,
    send,
    sent,
)


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


def test_the_documented_payment_gives_the_documented_answer(office: Office) -> None:
    """The account is that of receipts without a transaction; the date comes out of a moment."""
    invoice = sent(office)
    body = {"payment": {"payment_date": "2026-11-20T13:50:41.508Z", "price": "363.0"}}
    made = done(office.post(f"sales_invoices/{invoice['id']}/payments", body))
    assert (made["invoice_type"], made["invoice_id"], made["payment_date"]) == (
        "SalesInvoice",
        invoice["id"],
        "2026-11-20",
    )
    assert (made["price"], made["price_base"], made["manual_payment_action"]) == ("363.0", "363.0", None)
    assert made["ledger_account_id"] == office.account("unmatched_receipts")
    assert (made["financial_mutation_id"], made["linked_payment_id"], made["credit_invoice_id"]) == (None, None, None)
    paid = now(office, invoice)
    assert (paid["state"], paid["paid_at"], paid["total_unpaid"]) == ("paid", "2026-11-20", "0.0")
    assert paid["payments"] == [made]
    assert actions(paid)[-1] == "sales_invoice_state_changed_to_paid"
    assert (office.balance("debtors"), office.balance("unmatched_receipts")) == (0, 36300)
    documented = samples("sales_invoice_payment_created")
    assert documented is None or documented["response"].keys() == made.keys()


def test_a_payment_of_a_part_leaves_the_rest_open_and_one_of_too_much_is_taken(office: Office) -> None:
    invoice = sent(office)
    assert pay(office, invoice, "100").status_code == 201
    assert (now(office, invoice)["state"], now(office, invoice)["total_unpaid"]) == ("open", "263.0")
    assert pay(office, invoice, "300,50").status_code == 201
    assert (now(office, invoice)["state"], now(office, invoice)["total_unpaid"]) == ("paid", "-37.5")


def test_a_payment_announces_itself_and_the_state_it_makes(office: Office) -> None:
    invoice = sent(office)
    office.announced.clear()
    pay(office, invoice)
    assert office.announced == [
        ("payment_registered", invoice["id"]),
        ("sales_invoice_state_changed_to_paid", invoice["id"]),
    ]


def test_what_is_missing_is_complained_about_as_documented(office: Office) -> None:
    invoice = sent(office)
    with office.unchanged():
        answer = office.post(f"sales_invoices/{invoice['id']}/payments", {"payment": {}})
    assert answer.status_code == 422
    assert answer.json() == {
        "error": {
            "payment_date": ["can't be blank", "is not a valid date"],
            "price": ["can't be blank", "is not a number"],
        },
        "details": {
            "payment_date": [{"error": "blank"}, {"error": "is not a valid date"}],
            "price": [{"error": "blank"}, {"error": "not_a_number", "value": None}],
        },
    }


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"manual_payment_action": "private_payment"}, "financial_account_id"),
        ({"manual_payment_action": "cash_payment"}, "financial_account_id"),
        ({"manual_payment_action": "bank_transfer"}, "financial_mutation_id"),
        ({"manual_payment_action": "balance_settlement"}, "ledger_account_id"),
        ({"manual_payment_action": "invoices_settlement"}, "invoice_id"),
        ({"manual_payment_action": "barter"}, "manual_payment_action"),
        ({"price": "veel"}, "price"),
        ({"price": 1e12}, "price"),
        ({"payment_date": "gisteren"}, "payment_date"),
        ({"transaction_identifier": 5}, "transaction_identifier"),
        ({"amount": "5"}, "amount"),
    ],
)
def test_an_action_without_what_it_needs_and_nonsense_are_refused(
    office: Office, more: dict[str, Any], field: str
) -> None:
    invoice = sent(office)
    with office.unchanged():
        answer = pay(office, invoice, **more)
    assert (answer.status_code, list(answer.json()["error"])) == (422, [field])


@pytest.mark.parametrize("name", ["financial_account_id", "financial_mutation_id", "ledger_account_id"])
def test_what_does_not_exist_is_a_404_by_its_name(office: Office, name: str) -> None:
    invoice = sent(office)
    with office.unchanged():
        answer = pay(office, invoice, **{name: "123"})
    assert (answer.status_code, answer.json()) == (404, {"error": "record not found", "symbolic": {name: "not_found"}})


def test_only_what_was_sent_can_be_paid(office: Office) -> None:
    waiting = draft(office)
    with office.unchanged():
        answer = pay(office, waiting)
    assert (answer.status_code, answer.json()["symbolic"]) == (400, {"id": "state"})
    answer = office.post("sales_invoices/1/payments", {"payment": {}})
    assert (answer.status_code, answer.json()["symbolic"]) == (404, {"invoice_id": "not_found"})


def test_a_bank_transfer_takes_date_and_accounts_of_the_transaction(office: Office) -> None:
    """P-9: the money leaves the unprocessed transactions on the day it came in."""
    mutation = bank_line(office, 36300)
    assert office.balance("unprocessed_transactions") == -36300
    invoice = sent(office)
    made = done(pay(office, invoice, manual_payment_action="bank_transfer", financial_mutation_id=str(mutation.id)))
    assert (made["payment_date"], made["financial_mutation_id"]) == ("2026-11-19", str(mutation.id))
    assert made["ledger_account_id"] == office.account("bank")
    assert (office.balance("unprocessed_transactions"), office.balance("debtors")) == (0, 0)
    assert ("payment_linked_to_financial_mutation", invoice["id"]) in office.announced
    assert office.delete(f"sales_invoices/{invoice['id']}/payments/{made['id']}").status_code == 204
    assert (office.balance("unprocessed_transactions"), office.balance("debtors")) == (-36300, 36300)


@pytest.mark.parametrize(
    ("action", "role"),
    [("cash_payment", "cash"), ("private_payment", "private")],
)
def test_cash_and_private_payments_use_the_ledger_account_of_the_financial_account(
    office: Office, action: str, role: str
) -> None:
    made = done(
        pay(office, sent(office), manual_payment_action=action, financial_account_id=str(purse(office, role).id))
    )
    assert (made["manual_payment_action"], made["ledger_account_id"]) == (action, office.account(role))
    assert office.balance(role) == 36300


def test_rounding_proofless_and_settled_balances_have_accounts_of_their_own(office: Office) -> None:
    assert done(pay(office, sent(office), manual_payment_action="rounding_error"))["ledger_account_id"] == (
        office.account("rounding")
    )
    proofless = done(pay(office, sent(office), manual_payment_action="payment_without_proof"))
    assert proofless["ledger_account_id"] == office.account("unmatched_receipts")
    account = office.named("Algemene kosten")
    given = done(pay(office, sent(office), manual_payment_action="balance_settlement", ledger_account_id=account))
    assert given["ledger_account_id"] == account


def bought(office: Office, price: str) -> dict[str, Any]:
    line = {"description": "Inhuur", "price": price, "tax_rate_id": office.rate("purchase_invoice", 21, "NL/5b")}
    body = {"purchase_invoice": {"reference": "I-1", "contact_id": office.supplier, "details_attributes": [line]}}
    return done(office.post("documents/purchase_invoices", body))


def test_settling_a_sale_against_a_purchase_pays_both_and_leaves_nothing_between_them(office: Office) -> None:
    invoice, purchase = sent(office), bought(office, "300")
    made = done(pay(office, invoice, manual_payment_action="invoices_settlement", invoice_id=purchase["id"]))
    assert made["ledger_account_id"] == office.account("settlements")
    other = office.get(f"documents/purchase_invoices/{purchase['id']}").json()
    assert (now(office, invoice)["state"], other["state"]) == ("paid", "paid")
    assert (other["payments"][0]["price"], other["payments"][0]["invoice_type"]) == ("363.0", "Document")
    assert (office.balance("settlements"), office.balance("debtors"), office.balance("creditors")) == (0, 0, 0)
    office.delete(f"sales_invoices/{invoice['id']}/payments/{made['id']}")
    other = office.get(f"documents/purchase_invoices/{purchase['id']}").json()
    assert (other["payments"], other["state"], office.balance("settlements")) == ([], "open", 0)


def test_settling_needs_an_open_document_the_other_way_in_the_own_currency(office: Office) -> None:
    invoice, same_way, purchase = sent(office), sent(office), bought(office, "300")
    dollars = sent(office, currency="USD")
    action = {"manual_payment_action": "invoices_settlement"}
    with office.unchanged():
        assert pay(office, invoice, **action, invoice_id=same_way["id"]).status_code == 422
        assert pay(office, invoice, **action, invoice_id=invoice["id"]).status_code == 404
        assert pay(office, invoice, **action, invoice_id="77").status_code == 404
        refused = pay(office, dollars, price_base="10", **action, invoice_id=purchase["id"])
    assert list(refused.json()["error"]) == ["currency"]


def test_a_credit_invoice_can_be_settled_as_a_payment_too(office: Office) -> None:
    invoice = sent(office)
    note = send(office, credit(office, invoice))
    done(pay(office, invoice, manual_payment_action="invoices_settlement", invoice_id=note["id"]))
    assert (now(office, note)["payments"][0]["price"], now(office, note)["state"]) == ("-363.0", "paid")
    assert office.balance("settlements") == 0


def test_a_foreign_document_wants_the_amount_the_bank_saw(office: Office) -> None:
    """P-18: what the bank saw more or less is an exchange difference."""
    invoice = sent(office, {"description": "Licence", "price": "1000", "tax_rate_id": untaxed(office)}, currency="USD")
    with office.unchanged():
        answer = pay(office, invoice, "1000")
    assert answer.json()["details"] == {"price_base": [{"error": "blank"}]}
    made = done(pay(office, invoice, "1000", price_base="900"))
    assert (made["price"], made["price_base"]) == ("1000.0", "900.0")
    assert (office.balance("debtors"), office.balance("exchange_differences")) == (0, 2000)


def untaxed(office: Office) -> str:
    return office.rate("sales_invoice", 0, "NL/1e")


def test_the_deprecated_way_answers_with_the_payment_and_200(office: Office) -> None:
    invoice = sent(office)
    body = {"payment": {"payment_date": "2026-11-20", "price": "363.0"}}
    answer = office.patch(f"sales_invoices/{invoice['id']}/register_payment", body)
    assert (answer.status_code, answer.json()["invoice_id"]) == (200, invoice["id"])
    assert now(office, invoice)["payments"] == [answer.json()]


def test_taking_a_payment_back_opens_the_invoice_again(office: Office) -> None:
    invoice = sent(office)
    made = done(pay(office, invoice))
    office.announced.clear()
    assert office.delete(f"sales_invoices/{invoice['id']}/payments/{made['id']}").status_code == 204
    after = now(office, invoice)
    assert (after["state"], after["paid_at"], after["payments"]) == ("open", None, [])
    assert [event for event, _ in office.announced] == ["payment_destroyed", "sales_invoice_state_changed_to_open"]
    answer = office.delete(f"sales_invoices/{invoice['id']}/payments/{made['id']}")
    assert (answer.status_code, answer.json()["symbolic"]) == (404, {"id": "not_found"})


def test_no_payment_moves_in_or_out_of_the_locked_period(office: Office) -> None:
    invoice = sent(office)
    made = done(pay(office, invoice, "100"))
    office.administration.locked_until = office.administration.clock.today()
    with office.unchanged():
        assert pay(office, invoice, "100").status_code == 422
        assert office.delete(f"sales_invoices/{invoice['id']}/payments/{made['id']}").status_code == 400
    assert pay(office, invoice, "100", payment_date="2026-11-21").status_code == 201
