"""Sending, scheduling, reminding, pausing."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipelines.sandbox import states
from pipelines.sandbox.actions import sales, sending
from pipelines.sandbox.actions.sending import Sending
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import fields, sending_fields
from pipelines.sandbox.api.answer import Call, Complaints, Reply, refuse
from pipelines.sandbox.api.invoice_writes import found, invalid_state
from pipelines.sandbox.api.locks import refuse_locked
from pipelines.sandbox.api.routing import INVOICE, Operation, row
from pipelines.sandbox.cards import Card
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.model import Invoice
from pipelines.sandbox.render.invoices import identity_id, sales_invoice

_KEYS = frozenset({
    "delivery_method", "sending_scheduled", "deliver_ubl", "mergeable", "email_address", "email_message",
    "invoice_date",
})  # fmt: skip
_METHODS = ("Email", "Peppol", "Manual")
_REMINDER_KEYS = frozenset({
    "contact_id", "workflow_id", "document_style_id", "identity_id", "sales_invoice_ids", "reminder_text",
    "delivery_method", "email_address",
})  # fmt: skip


def send(call: Call) -> Reply:
    """Sends now, or leaves it to the calendar. A sent invoice goes out again; over Peppol only once, then by e-mail."""
    administration, complaints = call.administration, Complaints()
    invoice = found(call)
    body = call.object()
    wanted = body.get("sales_invoice_sending") or {}
    if not isinstance(wanted, dict):
        raise refuse(400, "Sales Invoice Sending is invalid", {"sales_invoice_sending": "invalid"})
    fields.unknown(complaints, body, frozenset({"sales_invoice_sending"}), "")
    fields.unknown(complaints, wanted, _KEYS, "")
    if not invoice.lines:
        raise refuse(400, "details cannot be empty", {"sales_invoice": "details_cannot_be_empty"})
    later = fields.flag(wanted.get("sending_scheduled"), "sending_scheduled", complaints)
    mergeable = fields.flag(wanted.get("mergeable"), "mergeable", complaints)
    fields.flag(wanted.get("deliver_ubl"), "deliver_ubl", complaints)
    card = administration.contacts[invoice.contact_id].card
    how = _how(administration, invoice, card, wanted, complaints)
    if later and states.is_posted(invoice):
        raise invalid_state()
    day = _scheduled_on(administration, wanted, later, complaints)
    complaints.refuse_if_any()
    today = administration.clock.today()
    if day is not None:
        refuse_locked(administration, day, what="Sales invoice")
        sending.schedule(administration, invoice, day, how, mergeable)
    else:
        if not states.is_posted(invoice):
            refuse_locked(administration, invoice.invoice_date or today, what="Sales invoice")
        sending.send(administration, invoice, how)
    call.world.calendar_changed()
    return Reply(200, sales_invoice(administration, invoice))


def _how(
    administration: Administration, invoice: Invoice, card: Card, wanted: dict[str, Any], complaints: Complaints
) -> Sending:
    method = wanted.get("delivery_method") or _usual(invoice, card)
    if method not in (*_METHODS, "Post") or (method == "Post" and wanted.get("delivery_method")):
        complaints.add("delivery_method", "is not included in the list", "inclusion", value=method)
    if method == "Peppol" and not card.si_identifier:
        complaints.add("delivery_method", "is invalid", "invalid")  # the contact cannot be reached there; wording ours
    address = sending_fields.address(wanted, card.email, complaints) if method == "Email" else None
    if method == "Email":
        sending_fields.check_sender(administration, invoice, complaints)
    return Sending(str(method), address, fields.text(wanted, "email_message", complaints))


def _usual(invoice: Invoice, card: Card) -> str:
    """As it went before, else as the contact wants it."""
    usual = "Peppol" if card.delivery_method == "Simplerinvoicing" else card.delivery_method
    if states.is_posted(invoice):
        return "Email" if invoice.delivery_method == "Peppol" else invoice.delivery_method
    return usual


def _scheduled_on(
    administration: Administration, wanted: dict[str, Any], later: bool, complaints: Complaints
) -> date | None:
    """The day to send on; it must be named and still come. Which words the service uses no example shows."""
    if not later:
        return None
    day = fields.day(wanted.get("invoice_date"), "invoice_date", complaints)
    if day is None:
        if wanted.get("invoice_date") in (None, ""):
            complaints.add("invoice_date", "can't be blank", "blank")
    elif day <= administration.clock.today():
        complaints.add("invoice_date", "must be in the future", "invalid")
    return day


def send_reminders(call: Call) -> Reply:
    """The bare number 200. All reminders are checked first; one of them wrong and none is sent."""
    administration, complaints = call.administration, Complaints()
    body = call.object()
    wanted = body.get("sales_invoice_reminders")
    if not isinstance(wanted, list) or not all(isinstance(reminder, dict) for reminder in wanted):
        raise refuse(400, "Sales Invoice Reminders is required", {"sales_invoice_reminders": "required"})
    fields.unknown(complaints, body, frozenset({"sales_invoice_reminders"}), "")
    ready = [_reminder(administration, reminder, complaints) for reminder in wanted]
    complaints.refuse_if_any()
    for invoices, how in ready:
        for invoice in invoices:
            sending.remind(administration, invoice, how)
    return Reply(200, 200)


def _reminder(
    administration: Administration, wanted: dict[str, Any], complaints: Complaints
) -> tuple[list[Invoice], Sending]:
    """The invoices of one reminder: of this contact, with this workflow, style and sender, and still to be paid.

    The contract has no 404 here, so an invoice that does not fit is a 400 of our wording.
    """
    fields.unknown(complaints, wanted, _REMINDER_KEYS, "")
    ids = {name: str(wanted.get(name) or "") for name in _REMINDER_KEYS if name.endswith("_id")}
    for name, value in sorted(ids.items()):
        if not value:
            raise refuse(400, f"{name.replace('_', ' ').capitalize()} is required", {name: "required"})
    contact = administration.contacts.get(id_of(ids["contact_id"]))
    if contact is None:
        raise refuse(400, "Contact not found", {"contact_id": "not_found"})
    given = wanted.get("sales_invoice_ids")
    if not isinstance(given, list) or not given:
        raise refuse(400, "Sales invoice ids is required", {"sales_invoice_ids": "required"})
    invoices = []
    for id_ in dict.fromkeys(map(str, given)):
        invoice = administration.invoices.get(id_of(id_))
        if invoice is None or not _grouped(administration, invoice, ids):
            raise refuse(400, "Sales invoice not found", {"sales_invoice_ids": "not_found"})
        if administration.state(invoice) not in ("open", "late", "reminded"):
            raise refuse(400, "Invalid sales invoice state", {"sales_invoice_ids": "state"})
        invoices.append(invoice)
    method = wanted.get("delivery_method") or ("Email" if contact.card.delivery_method == "Email" else "Manual")
    if method not in ("Email", "Manual"):
        complaints.add("delivery_method", "is not included in the list", "inclusion", value=method)
    address = sending_fields.address(wanted, contact.card.email, complaints) if method == "Email" else None
    return invoices, Sending(str(method), address, fields.text(wanted, "reminder_text", complaints))


def _grouped(administration: Administration, invoice: Invoice, ids: dict[str, str]) -> bool:
    """Whether the invoice goes in a reminder of this contact, workflow, style and sender."""
    own = {
        "contact_id": invoice.contact_id,
        "workflow_id": invoice.workflow_id,
        "document_style_id": invoice.document_style_id,
        "identity_id": identity_id(administration, invoice),
    }
    return all(str(own[name]) == value for name, value in ids.items())


def pause(call: Call) -> Reply:
    return _paused(call, True)


def resume(call: Call) -> Reply:
    return _paused(call, False)


def _paused(call: Call, paused: bool) -> Reply:
    """201 whatever it was before: the contract has no refusal here but the 404."""
    invoice = found(call)
    sales.pause(call.administration, invoice, paused)
    return Reply(201, sales_invoice(call.administration, invoice))


OPERATIONS: tuple[Operation, ...] = (
    row("PATCH", "sales_invoices/{id}/send_invoice", INVOICE, send),
    row("POST", "sales_invoices/send_reminders", INVOICE, send_reminders),
    row("POST", "sales_invoices/{id}/pause", INVOICE, pause),
    row("POST", "sales_invoices/{id}/resume", INVOICE, resume),
)
