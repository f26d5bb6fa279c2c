"""Purchases and receipts as a client sends them, for the office's tests."""

from __future__ import annotations

from typing import Any

from tests.sandbox.office import Office

PURCHASES, RECEIPTS = "documents/purchase_invoices", "documents/receipts"


def lunch(office: Office, price: Any = 20, **more: Any) -> dict[str, Any]:
    rate = office.rate("purchase_invoice", 21, "NL/5b")
    return {"description": "Lunch", "price": price, "tax_rate_id": rate, "ledger_account_id": cost(office), **more}


def cost(office: Office) -> str:
    return office.named("Algemene kosten")


def buy(office: Office, *lines: dict[str, Any], **more: Any) -> Any:
    details = list(lines) or [lunch(office)]
    body = {"reference": "foobar", "contact_id": office.supplier, "details_attributes": details, **more}
    answer = office.post(PURCHASES, {"purchase_invoice": body})
    assert answer.status_code == 201, answer.text
    return answer.json()


def receipt(office: Office, price: Any = 20, **more: Any) -> Any:
    body = {"reference": "foobar", "details_attributes": {"0": lunch(office, price)}, **more}
    answer = office.post(RECEIPTS, {"receipt": body})
    assert answer.status_code == 201, answer.text
    return answer.json()


def share(office: Office, percentage: Any) -> dict[str, Any]:
    private = office.account("private")
    return {"ledger_account_id": cost(office), "private_ledger_account_id": private, "percentage": percentage}
