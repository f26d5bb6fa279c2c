"""Payments on sales invoices, external invoices and purchases: one parser, one answer for all of them.

A family finds its document and calls `created` or `deleted`; nothing is stored before everything is checked. The 422 of
a missing date or price is the example of external invoices; other words here are guesses, and say so.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pipelines.sandbox import states
from pipelines.sandbox.actions import payments
from pipelines.sandbox.actions.payments import Remittance
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Call, Complaints, Reply, not_found, refuse
from pipelines.sandbox.api.locks import refuse_locked
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.model import Cents, Payment, Purchase
from pipelines.sandbox.payers import Payable
from pipelines.sandbox.render.payments import payment as render

_KEYS = frozenset({
    "payment_date", "price", "price_base", "financial_account_id", "financial_mutation_id", "transaction_identifier",
    "manual_payment_action", "ledger_account_id", "invoice_id",
})  # fmt: skip

_NEEDS = {
    "private_payment": "financial_account_id",
    "cash_payment": "financial_account_id",
    "bank_transfer": "financial_mutation_id",
    "balance_settlement": "ledger_account_id",
    "invoices_settlement": "invoice_id",
}


def created(call: Call, document: Payable) -> Reply:
    """`POST …/payments`: 201 with the payment."""
    return Reply(201, render(call.administration, document, registered(call, document)))


def registered(call: Call, document: Payable) -> Payment:
    """The payment of the request's body, booked on the document; or a refusal that leaves nothing behind."""
    complaints = Complaints()
    fields.unknown(complaints, call.object(), frozenset({"payment"}), "")
    remittance = _parsed(call.administration, document, call.below("payment") or {}, complaints)
    complaints.refuse_if_any()
    if not payments.accepts(document):
        raise refuse(400, "Invalid invoice state", {"id": "state"})  # worded after "Invalid estimate state"
    refuse_locked(call.administration, remittance.day, what="Payment")
    return payments.register(call.administration, document, remittance)


def deleted(call: Call, document: Payable, name: str = "id") -> Reply:
    """`DELETE …/payments/{…}`: 204; a settlement takes its other half along."""
    payment = next((payment for payment in document.payments if payment.id == call.id(name)), None)
    if payment is None:
        raise not_found()
    refuse_locked(call.administration, payment.day, status=400, what="Payment")
    payments.remove(call.administration, document, payment)
    return Reply(204)


def _parsed(
    administration: Administration, document: Payable, wanted: dict[str, Any], complaints: Complaints
) -> Remittance:
    fields.unknown(complaints, wanted, _KEYS, "")
    day = _day(wanted.get("payment_date"), complaints)
    price = _price(wanted.get("price"), complaints)
    action = _action(wanted, complaints)
    mutation_id, financial_account_id, account_id = (
        fields.record_id(wanted.get(name), known, name, complaints)
        for name, known in (
            ("financial_mutation_id", administration.mutations),
            ("financial_account_id", administration.financial_accounts),
            ("ledger_account_id", administration.accounts),
        )
    )
    return Remittance(
        day=day or administration.clock.today(),
        price=price,
        price_base=_base(administration, document, wanted, complaints),
        action=action,
        mutation_id=mutation_id if action != "invoices_settlement" else None,  # no money moves: both halves settle
        financial_account_id=financial_account_id,
        account_id=account_id if action == "balance_settlement" else None,
        transaction_identifier=fields.text(wanted, "transaction_identifier", complaints),
        other=_other(administration, document, wanted, price, complaints) if action == "invoices_settlement" else None,
    )


def _day(value: Any, complaints: Complaints) -> date | None:
    """The date, also out of a moment: the contract's own request sends one."""
    if value in (None, ""):
        complaints.add("payment_date", "can't be blank", "blank")
    try:
        return fields.calendar_day(value)
    except ValueError:
        complaints.add("payment_date", "is not a valid date", "is not a valid date")
        return None


def _price(value: Any, complaints: Complaints) -> Cents:
    if value in (None, ""):
        complaints.add("price", "can't be blank", "blank")
        complaints.add("price", "is not a number", "not_a_number", value=None)
    return fields.cents(value, "price", complaints) or 0


def _base(
    administration: Administration, document: Payable, wanted: dict[str, Any], complaints: Complaints
) -> int | None:
    """Required for a document in another currency, says the contract; the words of the complaint are the usual ones.

    In the administration's own currency it can only say the same as the price, so there it is not looked at.
    """
    value = wanted.get("price_base")
    if value in (None, "") and document.currency != administration.currency:
        complaints.add("price_base", "can't be blank", "blank")
    base = fields.cents(value, "price_base", complaints)
    return None if document.currency == administration.currency else base


def _action(wanted: dict[str, Any], complaints: Complaints) -> str | None:
    """The action with what it needs, as the descriptions of the fields say."""
    action = wanted.get("manual_payment_action")
    if action in (None, ""):
        return None
    if action not in payments.MANUAL_ACTIONS:
        complaints.add("manual_payment_action", "is not included in the list", "inclusion", value=action)
        return None
    needed = _NEEDS.get(action)
    if needed is not None and wanted.get(needed) in (None, ""):
        complaints.add(needed, "can't be blank", "blank")
        return None
    return str(action)


def _other(
    administration: Administration, document: Payable, wanted: dict[str, Any], price: int, complaints: Complaints
) -> Payable | None:
    """The document to settle against: open in the other direction, both in the administration's currency."""
    id_ = id_of(wanted.get("invoice_id"))
    other = (
        administration.invoices.get(id_)
        or administration.external_invoices.get(id_)
        or administration.purchases.get(id_)
    )
    if other is None or id_ == document.id:
        raise not_found("invoice_id")
    if document.currency != administration.currency or other.currency != administration.currency:
        complaints.add("currency", "must be the currency of the administration", "invalid")  # POSTINGS H9: EUR only
    same_side = isinstance(document, Purchase) == isinstance(other, Purchase)
    share = -price if same_side else price
    rest = administration.figures(other).incl - states.paid(other)
    if not payments.accepts(other) or share * rest <= 0:
        complaints.add("invoice_id", "is invalid", "invalid")
    return other
