"""Sales invoices of the small company, in as few words as tests about them need."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelines.sandbox.model import FinancialAccount, Mutation, TimeEntry
from tests.sandbox.office import Office

EMAIL = "info@klant.example"


def customer(office: Office, **changes: Any) -> str:
    """The company's one customer, with an e-mail address; `changes` are fields of its card."""
    contact = list(office.administration.contacts.values())[1]
    contact.card = replace(contact.card, **({"email": EMAIL} | changes))
    return str(contact.id)


def draft(office: Office, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A draft of 300.00 excluding tax, or of `lines`."""
    details = list(lines) or [{"description": "Project X", "price": "300", "amount": "1 x"}]
    body = {"contact_id": customer(office), "reference": "Project X", "details_attributes": details, **fields}
    answer = office.post("sales_invoices", {"sales_invoice": body})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def sent(office: Office, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The same, sent by e-mail."""
    return send(office, draft(office, *lines, **fields))


def send(office: Office, invoice: dict[str, Any], **how: Any) -> dict[str, Any]:
    body = {"sales_invoice_sending": how} if how else {}
    return done(office.patch(f"sales_invoices/{invoice['id']}/send_invoice", body))


def credit(office: Office, invoice: dict[str, Any]) -> dict[str, Any]:
    return done(office.patch(f"sales_invoices/{invoice['id']}/duplicate_creditinvoice", {}))


def pay(office: Office, invoice: dict[str, Any], price: str = "363.0", **more: Any) -> Any:
    body = {"payment": {"payment_date": "2026-11-20", "price": price, **more}}
    return office.post(f"sales_invoices/{invoice['id']}/payments", body)


def done(answer: Any) -> dict[str, Any]:
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def now(office: Office, invoice: dict[str, Any]) -> dict[str, Any]:
    """The invoice as it is read now."""
    return done(office.get(f"sales_invoices/{invoice['id']}"))


def actions(invoice: dict[str, Any]) -> list[str]:
    return [event["action"] for event in invoice["events"]]


def hour(office: Office) -> str:
    """A time entry of an hour that waits for its invoice."""
    administration = office.administration
    at = administration.clock.milliseconds()
    user = next(iter(administration.users))
    entry = TimeEntry(administration.new_id(), user, None, None, None, at - 3_600_000, at, "Advies", 0, True, at, at)
    return str(administration.put_time_entry(entry).id)


def bank_line(office: Office, amount: int) -> Mutation:
    """Money on the bank account in cents, of yesterday, not processed."""
    administration = office.administration
    at = administration.clock.milliseconds()
    account = administration.accounts[administration.roles["bank"]]
    yesterday = administration.clock.today().replace(day=19)
    mutation = Mutation(
        administration.new_id(), yesterday, amount, "Factuur", account.id, account.financial_account_id or 0, at, at
    )
    return administration.put_mutation(mutation)


def purse(office: Office, role: str) -> FinancialAccount:
    """A financial account on the ledger account of this role."""
    administration = office.administration
    at = administration.clock.milliseconds()
    account = FinancialAccount(
        administration.new_id(), "CashAccount", "Kas", "KAS1", administration.roles[role], at, at
    )
    administration.financial_accounts[account.id] = account
    return account
