"""Subscriptions: those of a contact, one, begun, changed, cancelled, and billed for something extra once.

The contract has no example of a refusal but of the unknown ids, so all other words here are guesses; which status an
operation may answer with it does say.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pipelines.sandbox.actions import subscriptions
from pipelines.sandbox.actions.limits import count_down
from pipelines.sandbox.api import details, fields, subscriptions_fields
from pipelines.sandbox.api.answer import Call, Complaints, Reply, not_there, refuse, refuse_unknown
from pipelines.sandbox.api.limits import refuse_at_limit
from pipelines.sandbox.api.routing import INVOICE, Operation, row
from pipelines.sandbox.model import Recurring, Subscription
from pipelines.sandbox.render.invoices import sales_invoice
from pipelines.sandbox.render.subscriptions import subscription as render

_ONE_OFF_KEYS = frozenset({"details_attributes", "invoice_date"})


def listed(call: Call) -> Reply:
    """All of one contact, ended ones too. There is no other list."""
    wanted = call.query.get("contact_id", "")
    if not wanted:
        raise refuse(400, "contact_id is missing")
    found = [each for each in call.administration.subscriptions.values() if str(each.contact_id) == wanted]
    return Reply(200, [render(call.administration, each) for each in sorted(found, key=lambda each: each.id)])


def single(call: Call) -> Reply:
    found = call.find(call.administration.subscriptions, not_there("Subscription"))
    return Reply(200, render(call.administration, found))


def found(call: Call) -> Subscription:
    return call.find(call.administration.subscriptions)


def create(call: Call) -> Reply:
    administration = call.administration
    refuse_at_limit(administration, "subscriptions")
    subscription, terms = subscriptions_fields.of_new(call)
    subscriptions.create(administration, subscription, terms)
    count_down(administration, "subscriptions")
    call.world.calendar_changed()
    return Reply(201, render(administration, subscription))


def update(call: Call) -> Reply:
    administration = call.administration
    subscription = found(call)
    changes, terms, start = subscriptions_fields.of_edit(call, subscription)
    _refuse_when_over(subscription)
    subscriptions.change(administration, subscription, start, terms, **changes)
    call.world.calendar_changed()
    return Reply(200, render(administration, subscription))


def cancel(call: Call) -> Reply:
    """Today, or on `end_date` when that is still to come; the subscription itself is the answer."""
    administration = call.administration
    subscription = found(call)
    end = _end(call)
    _refuse_when_over(subscription)
    if end < administration.clock.today():
        raise refuse(400, "End Date must be in the future", {"subscription": {"end_date": "invalid"}})
    subscriptions.cancel(administration, subscription, end)
    call.world.calendar_changed()
    return Reply(200, render(administration, subscription))


def _end(call: Call) -> date:
    given = call.below("subscription") or {}
    refuse_unknown(call.object(), {"subscription"})
    refuse_unknown(given, {"end_date"})
    complaints = Complaints()
    end = fields.day(given.get("end_date"), "end_date", complaints)
    if complaints.error:
        raise refuse(400, "End Date is invalid", {"subscription": {"end_date": "invalid"}})
    return end or call.administration.clock.today()


def _refuse_when_over(subscription: Subscription) -> None:
    if subscription.cancelled is not None:
        raise refuse(400, "Subscription is already cancelled", {"id": "cancelled"})


def one_off(call: Call) -> Reply:
    """An invoice scheduled for the day of the next subscription invoice; when both are sent they become one."""
    administration = call.administration
    subscription = found(call)
    bills = administration.recurring.get(subscription.recurring_id or 0)
    if bills is None or not bills.active:
        raise refuse(400, "Subscription is already cancelled", {"id": "cancelled"})
    wanted = call.below("sales_invoice")
    if wanted is None:
        raise refuse(400, "Sales Invoice is required", {"sales_invoice": "required"})
    complaints = Complaints()
    fields.unknown(complaints, call.object(), frozenset({"sales_invoice"}), "")
    fields.unknown(complaints, wanted, _ONE_OFF_KEYS, "")
    day = _scheduled_on(call, bills, wanted, complaints)
    given = wanted.get("details_attributes")
    lines = details.lines(administration, given, complaints, details.of_sales(administration))
    if any(line.is_optional for line in lines):
        complaints.add("details.is_optional", "is not allowed", "invalid")
    for name, texts in complaints.error.items():
        raise refuse(400, f"{name} {texts[0]}", {"sales_invoice": {name: complaints.details[name][0]["error"]}})
    if not lines:
        raise refuse(400, "details cannot be empty", {"sales_invoice": "details_cannot_be_empty"})
    refuse_at_limit(administration, "sales_invoices")
    invoice = subscriptions.one_off(administration, bills, lines, day)
    call.world.calendar_changed()
    return Reply(201, sales_invoice(administration, invoice))


def _scheduled_on(call: Call, bills: Recurring, wanted: dict[str, Any], complaints: Complaints) -> date:
    chosen = fields.day(wanted.get("invoice_date"), "invoice_date", complaints)
    if chosen is not None and chosen <= call.administration.clock.today():
        complaints.add("invoice_date", "must be in the future", "invalid")
    return chosen or bills.next_day


OPERATIONS: tuple[Operation, ...] = (
    row("GET", "subscriptions", INVOICE, listed),
    row("POST", "subscriptions", INVOICE, create),
    row("GET", "subscriptions/{id}", INVOICE, single),
    row("PATCH", "subscriptions/{id}", INVOICE, update),
    row("DELETE", "subscriptions/{id}", INVOICE, cancel),
    row("POST", "subscriptions/{id}/create_and_schedule_one_off_sales_invoice", INVOICE, one_off),
)
