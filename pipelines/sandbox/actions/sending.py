"""Sending a sales invoice, scheduling that, and reminding of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.sandbox import states
from pipelines.sandbox.actions.history import happened, remember
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import local_date
from pipelines.sandbox.model import Invoice, Step

EVENTS = {
    "Email": "sales_invoice_send_email",
    "Peppol": "sales_invoice_send_si",
    "Post": "sales_invoice_send_post",
    "Manual": "sales_invoice_send_manually",
}


@dataclass(frozen=True)
class Sending:
    """How it goes: `method` is a delivery method of the API; address and message are those of an e-mail."""

    method: str = "Manual"
    address: str | None = None
    message: str | None = None


def send(administration: Administration, invoice: Invoice, how: Sending, at: int | None = None) -> Invoice:
    """Gives a draft its date, number and snapshot and posts it. What was sent before is only sent once more.

    The invoice date stays what it is; without one it is the day of sending.
    """
    at = administration.at(at)
    remember(administration, invoice)
    invoice.delivery_method = how.method
    if not states.is_posted(invoice):
        day = local_date(at)
        invoice.due_date = (invoice.invoice_date or day) + timedelta(days=invoice.due_days)
        administration.send(invoice, invoice.invoice_date or day, at, day)
        happened(administration, invoice, f"sales_invoice_state_changed_to_{administration.state(invoice)}", at)
    else:
        invoice.updated = max(invoice.updated, at)
        administration.put_invoice(invoice)
    happened(administration, invoice, EVENTS[how.method], at, _data(invoice, how))
    return invoice


def schedule(
    administration: Administration, invoice: Invoice, day: date, how: Sending, mergeable: bool, at: int | None = None
) -> Invoice:
    """Leaves the sending to the calendar: nine in the morning of `day`."""
    if states.is_posted(invoice):
        raise ValueError("what was sent cannot be scheduled")
    at = administration.at(at)
    remember(administration, invoice)
    was_scheduled = invoice.scheduled
    invoice.invoice_date, invoice.due_date = day, day + timedelta(days=invoice.due_days)
    invoice.scheduled, invoice.mergeable = True, mergeable
    invoice.delivery_method = how.method
    invoice.updated = max(invoice.updated, at)
    administration.put_invoice(invoice)
    if not was_scheduled:
        happened(administration, invoice, "sales_invoice_state_changed_to_scheduled", at)
    return invoice


def remind(administration: Administration, invoice: Invoice, how: Sending, at: int | None = None) -> Invoice:
    """Sends the next reminder of the workflow: the state is `reminded` until the days of that step are over."""
    if administration.state(invoice) not in ("open", "late", "reminded"):
        raise ValueError("only what is still to be paid can be reminded of")
    at = administration.at(at)
    remember(administration, invoice)
    was = administration.state(invoice)
    step = next_step(administration, invoice)
    count = states.reminders(invoice) + 1
    invoice.reminded_on = local_date(at)
    invoice.reminder_until = invoice.reminded_on + timedelta(days=_days(step))
    invoice.reminders = count
    invoice.updated = max(invoice.updated, at)
    administration.put_invoice(invoice)
    if was != "reminded":
        happened(administration, invoice, "sales_invoice_state_changed_to_reminded", at)
    manually = how.method != "Email"
    event = "sales_invoice_send_reminder_manually" if manually else "sales_invoice_send_reminder_email"
    happened(administration, invoice, event, at, _data(invoice, how))
    return invoice


def next_step(administration: Administration, invoice: Invoice) -> Step | None:
    """The reminder of the workflow that is next; None when there is no further one."""
    workflow = administration.workflows.get(invoice.workflow_id)
    steps = workflow.steps[1:] if workflow else ()
    sent = states.reminders(invoice)
    return steps[sent] if sent < len(steps) else None


def _days(step: Step | None) -> int:
    """What a reminder gives the customer; a workflow may name it as either of its two numbers of days."""
    return (step and (step.due or step.delay)) or states.REMINDER_DAYS


def _data(invoice: Invoice, how: Sending) -> dict[str, str | None] | None:
    """What the event shows: of a message of one's own the words as they were sent, placeholders included."""
    card = invoice.card
    if how.method == "Peppol":
        return {"si_identifier": f"{card.si_identifier_type}:{card.si_identifier}"} if card else None
    if how.method != "Email":
        return None
    name = card.name if card else ""
    message = how.message or f"Geachte {name},\n\nIn de bijlage kunt u factuur {invoice.number} vinden."
    return {"email_address": how.address, "email_message": message}
