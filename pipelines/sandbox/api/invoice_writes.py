"""Writing sales invoices: made as a draft, edited, credited, settled, doubted, given up, paid, deleted.

Everything is checked before anything is stored: a refused request leaves nothing behind. Sent invoices can be edited as
drafts can, as the contract's own example of an edit shows. No example shows an illegal transition of a sales invoice;
its words are those of an estimate's.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pipelines.sandbox import states
from pipelines.sandbox.actions import payments, sales
from pipelines.sandbox.actions.limits import count_down
from pipelines.sandbox.api import invoice_fields
from pipelines.sandbox.api import payments as payment_requests
from pipelines.sandbox.api.answer import Call, RefusalError, Reply, not_found, refuse, refuse_unknown
from pipelines.sandbox.api.fields import calendar_day
from pipelines.sandbox.api.limits import refuse_at_limit
from pipelines.sandbox.api.locks import refuse_locked
from pipelines.sandbox.api.routing import INVOICE, Operation, row
from pipelines.sandbox.model import Invoice
from pipelines.sandbox.render.invoices import sales_invoice
from pipelines.sandbox.render.payments import payment as render_payment


def found(call: Call, name: str = "id", shown: str = "id") -> Invoice:
    """The invoice in the path, or a 404 that calls the id `shown`."""
    return call.find(call.administration.invoices, not_found(shown), name=name)


def invalid_state() -> RefusalError:
    return refuse(400, "Invalid sales invoice state", {"id": "state"})


def create(call: Call) -> Reply:
    administration = call.administration
    refuse_at_limit(administration, "sales_invoices")
    parsed = invoice_fields.of_new(call)
    requested = call.object().get("from_payment_request") in (True, "true")
    made = "sales_invoice_created_from_payment_request" if requested else None
    invoice = sales.create(administration, parsed.invoice, parsed.hours or (), made)
    count_down(administration, "sales_invoices")
    return _answer(call, invoice, 201)


def update(call: Call) -> Reply:
    administration = call.administration
    before = found(call)
    parsed = invoice_fields.of_edit(call, before)
    invoice = parsed.invoice
    if states.is_posted(before):
        if not invoice.lines:
            raise refuse(400, "details cannot be empty", {"sales_invoice": "details_cannot_be_empty"})
        refuse_locked(administration, before.invoice_date, invoice.invoice_date, what="Sales invoice")
        if parsed.update_contact or invoice.contact_id != before.contact_id:
            administration.snapshot(invoice)
    sales.change(administration, invoice, parsed.hours)
    call.world.calendar_changed()
    return _answer(call, invoice)


def delete(call: Call) -> Reply:
    """Refused while a payment is pending and inside the locked period; both refusals are worded by us."""
    invoice = found(call)
    if invoice.pending:
        raise refuse(400, "Sales invoice has pending payments", {"id": "pending_payments"})
    days = [payment.day for payment in invoice.payments]
    if states.is_posted(invoice):
        refuse_locked(call.administration, invoice.invoice_date, *days, status=400, what="Sales invoice")
    sales.delete(call.administration, invoice)
    call.world.calendar_changed()
    return Reply(204)


def credit(call: Call) -> Reply:
    administration = call.administration
    original = found(call)
    refuse_at_limit(administration, "sales_invoices")
    if not states.is_posted(original):
        raise invalid_state()
    draft = sales.credit(administration, original)
    count_down(administration, "sales_invoices")
    return _answer(call, draft)


def settle_credit(call: Call) -> Reply:
    """Settles a credit invoice against the one it credits, whole and today; both must take a payment."""
    administration = call.administration
    invoice = found(call)
    original = administration.invoices.get(invoice.original_id or 0)
    if original is None or administration.figures(invoice).incl >= 0:
        raise refuse(400, "Sales invoice is not a credit invoice", {"id": "invalid"})
    if original.contact_id != invoice.contact_id or original.currency != invoice.currency:
        raise refuse(400, "Credit invoice does not belong to its original invoice", {"id": "invalid"})
    if any(administration.state(one) in ("draft", "scheduled", "paid") for one in (invoice, original)):
        raise invalid_state()
    refuse_locked(administration, administration.clock.today(), status=400, what="Payment")
    payments.settle_credit(administration, invoice, original)
    return _answer(call, invoice)


def mark_as_dubious(call: Call) -> Reply:
    invoice = found(call)
    day = _marked_on(call, "dubious_date", frozenset())
    if not sales.can_be_doubted(call.administration, invoice) or invoice.dubious_on is not None:
        raise invalid_state()
    _check_day(call, invoice, day, "dubious_date")
    sales.mark_dubious(call.administration, invoice, day)
    return _answer(call, invoice)


def mark_as_uncollectible(call: Call) -> Reply:
    invoice = found(call)
    day = _marked_on(call, "uncollectible_date", frozenset({"book_method"}))
    method = call.object().get("book_method")
    if method not in (None, "", "revenue"):
        raise refuse(400, "Book method is not included in the list", {"book_method": "inclusion"})
    if not sales.can_be_doubted(call.administration, invoice):
        raise invalid_state()
    _check_day(call, invoice, day, "uncollectible_date")
    sales.mark_uncollectible(call.administration, invoice, day, method == "revenue")
    return _answer(call, invoice)


def _marked_on(call: Call, name: str, beside: frozenset[str]) -> date:
    """The day in the body, today without one. These operations have no 422: what is wrong is a 400 of our wording."""
    body = call.object()
    label = name.replace("_", " ").capitalize()
    refuse_unknown(body, beside | {name})
    value: Any = body.get(name)
    if value in (None, ""):
        return call.administration.clock.today()
    try:
        return calendar_day(value)
    except ValueError:
        raise refuse(400, f"{label} is invalid", {name: "invalid"}) from None


def _check_day(call: Call, invoice: Invoice, day: date, name: str) -> None:
    if invoice.invoice_date is not None and day < invoice.invoice_date:
        raise refuse(400, "Date cannot be before the invoice date", {name: "invalid"})
    refuse_locked(call.administration, day, status=400, what="Sales invoice")


def pay(call: Call) -> Reply:
    return payment_requests.created(call, found(call, "sales_invoice_id", "invoice_id"))


def register_payment(call: Call) -> Reply:
    """The deprecated way: 200, with the payment and not the invoice, as the example shows."""
    invoice = found(call)
    payment = payment_requests.registered(call, invoice)
    return Reply(200, render_payment(call.administration, invoice, payment))


def delete_payment(call: Call) -> Reply:
    return payment_requests.deleted(call, found(call, "sales_invoice_id", "invoice_id"))


def _answer(call: Call, invoice: Invoice, status: int = 200) -> Reply:
    return Reply(status, sales_invoice(call.administration, invoice))


OPERATIONS: tuple[Operation, ...] = (
    row("POST", "sales_invoices", INVOICE, create),
    row("PATCH", "sales_invoices/{id}", INVOICE, update),
    row("DELETE", "sales_invoices/{id}", INVOICE, delete),
    row("PATCH", "sales_invoices/{id}/duplicate_creditinvoice", INVOICE, credit),
    row("PATCH", "sales_invoices/{id}/register_payment_creditinvoice", INVOICE, settle_credit),
    row("PATCH", "sales_invoices/{id}/mark_as_dubious", INVOICE, mark_as_dubious),
    row("PATCH", "sales_invoices/{id}/mark_as_uncollectible", INVOICE, mark_as_uncollectible),
    row("PATCH", "sales_invoices/{id}/register_payment", INVOICE, register_payment),
    row("POST", "sales_invoices/{sales_invoice_id}/payments", INVOICE, pay),
    row("DELETE", "sales_invoices/{sales_invoice_id}/payments/{id}", INVOICE, delete_payment),
)
