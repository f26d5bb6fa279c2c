"""Events of the control surface that only sales invoices have: each does what the API would, without asking for it."""

from __future__ import annotations

from typing import Any


def shown(desk: Any, answer: dict[str, Any], key: str = "sales_invoice_id") -> dict[str, Any]:
    return dict(desk.get("Studio", f"sales_invoices/{answer[key]}.json").json())


def test_a_late_invoice_is_reminded_of(fresh_desk: Any) -> None:
    invoice = shown(fresh_desk, fresh_desk.event("Studio", "remind_of_invoice"))
    assert invoice["state"] == "reminded"
    assert invoice["reminder_count"] >= 1
    assert invoice["events"][-1]["action"] == "sales_invoice_send_reminder_manually"


def test_a_payment_under_way_ends_when_the_money_is_there(fresh_desk: Any) -> None:
    answer = fresh_desk.event("Studio", "await_payment")
    assert shown(fresh_desk, answer)["state"] == "pending_payment"
    listed = fresh_desk.get("Studio", "sales_invoices.json", filter="state:pending_payment").json()
    assert answer["sales_invoice_id"] in [row["id"] for row in listed]
    fresh_desk.event("Studio", "pay_invoice", sales_invoice_id=answer["sales_invoice_id"])
    assert shown(fresh_desk, answer)["state"] == "paid"


def test_an_invoice_is_credited_and_settled_in_one_step(fresh_desk: Any) -> None:
    administration = fresh_desk.names["Studio"]
    today = fresh_desk.world.business_date
    before = administration.ledger.balance(administration.roles["settlements"], today)
    answer = fresh_desk.event("Studio", "credit_invoice")
    original, credit = shown(fresh_desk, answer), shown(fresh_desk, answer, "credit_invoice_id")
    assert credit["original_sales_invoice_id"] == original["id"]
    assert (original["state"], credit["state"]) == ("paid", "paid")
    assert administration.ledger.balance(administration.roles["settlements"], today) == before
