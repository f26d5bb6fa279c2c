"""The body of a new or an edited recurring invoice: a recurring invoice comes out, nothing is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from pipelines.sandbox import currencies, frequencies
from pipelines.sandbox.actions.billing import due_days
from pipelines.sandbox.actions.recurring import last_day
from pipelines.sandbox.administration import PAYMENT_CONDITIONS, Administration
from pipelines.sandbox.api import fields, offer_fields
from pipelines.sandbox.api.answer import Call, Complaints, refuse
from pipelines.sandbox.model import Recurring

MOST_TIMES = 1000  # a frequency or a count above this is refused; where the service draws the line is not known
_KEY, _LABEL = "recurring_sales_invoice", "Recurring Sales Invoice"
_KEYS = frozenset({
    "document_style_id", "contact_id", "contact_person_id", "update_contact", "reference", "invoice_date",
    "workflow_id", "currency", "first_due_interval", "prices_are_incl_tax", "discount", "frequency_type", "frequency",
    "has_desired_count", "desired_count", "auto_send", "mergeable", "details_attributes", "custom_fields_attributes",
})  # fmt: skip
_PLANNING = frozenset({"invoice_date", "frequency", "frequency_type", "has_desired_count"})


def of_new(call: Call) -> Recurring:
    """Yearly when nothing is said, as in the example. Contact, lines and first date are needed; which words refuse
    their absence no example shows."""
    administration, complaints = call.administration, Complaints()
    given = offer_fields.wanted(call, _KEY, _LABEL, _KEYS, complaints)
    now, tomorrow = administration.clock.milliseconds(), administration.clock.today() + timedelta(days=1)
    recurring = Recurring(
        0, 0, tomorrow, tomorrow, now, now, [], frequency_type="year", payment_conditions=PAYMENT_CONDITIONS,
        document_style_id=administration.document_style_id,
    )  # fmt: skip
    offer_fields.contact(administration, given, recurring, complaints)
    recurring.workflow_id = offer_fields.workflow(
        administration, given, "InvoiceWorkflow", recurring.contact_id, complaints
    )
    workflow = administration.workflows.get(recurring.workflow_id)
    recurring.due_days = due_days(workflow)
    recurring.currency = workflow.currency if workflow else administration.currency
    recurring.rate = currencies.rate(recurring.currency, administration.currency)
    recurring.language = workflow.language if workflow else administration.language
    recurring.prices_are_incl_tax = workflow.prices_are_incl_tax if workflow else False
    if given.get("invoice_date") in (None, ""):
        complaints.add("invoice_date", "can't be blank", "blank")
    return _parsed(administration, given, recurring, complaints)


def of_edit(call: Call, before: Recurring) -> Recurring:
    """A copy of `before` with what the request names; the rest stays."""
    administration, complaints = call.administration, Complaints()
    given = offer_fields.wanted(call, _KEY, _LABEL, _KEYS, complaints)
    recurring = replace(before)
    offer_fields.contact(administration, given, recurring, complaints)
    if given.get("workflow_id") not in (None, ""):
        recurring.workflow_id = offer_fields.workflow(
            administration, given, "InvoiceWorkflow", recurring.contact_id, complaints
        )
    return _parsed(administration, given, recurring, complaints)


def _parsed(
    administration: Administration, given: dict[str, Any], recurring: Recurring, complaints: Complaints
) -> Recurring:
    offer_fields.common(administration, given, recurring, complaints)
    if not recurring.lines and "details" not in complaints.error:
        complaints.add("details", "can't be blank", "blank")
    fields.flag(given.get("update_contact"), "update_contact", complaints)  # the contact is always that of now
    if "first_due_interval" in given:
        recurring.due_days = fields.whole(given, "first_due_interval", recurring.due_days, complaints)
        if not 0 <= recurring.due_days <= MOST_TIMES:
            complaints.add("first_due_interval", "is invalid", "invalid")
    _rhythm(given, recurring, complaints)
    _planning(administration, given, recurring, complaints)
    for name in ("auto_send", "mergeable"):
        if given.get(name) is not None:
            setattr(recurring, name, fields.flag(given[name], name, complaints))
    complaints.refuse_if_any()
    if recurring.mergeable and not recurring.auto_send:
        raise refuse(400, "if mergeable is true, auto_send must be true", {"mergeable": "invalid"})
    offer_fields.custom(administration, given, recurring, "sales_invoice")
    return recurring


def _rhythm(given: dict[str, Any], recurring: Recurring, complaints: Complaints) -> None:
    if given.get("frequency_type") not in (None, ""):
        kind = str(given["frequency_type"])
        if kind in frequencies.TYPES:
            recurring.frequency_type = kind
        else:
            complaints.add("frequency_type", "is not included in the list", "inclusion", value=given["frequency_type"])
    if "frequency" in given:
        recurring.frequency = fields.whole(given, "frequency", recurring.frequency, complaints)
        if not 1 <= recurring.frequency <= MOST_TIMES:
            complaints.add("frequency", "is invalid", "invalid")


def _planning(
    administration: Administration, given: dict[str, Any], recurring: Recurring, complaints: Complaints
) -> None:
    """The next day, and after how many invoices it ends."""
    chosen = fields.day(given.get("invoice_date"), "invoice_date", complaints)
    if chosen is not None:
        if chosen <= administration.clock.today():
            complaints.add("invoice_date", "must be further in the future", "too_early")
        made = any(invoice.recurring_id == recurring.id for invoice in administration.invoices.values())
        recurring.start = recurring.start if recurring.id and made else chosen
        recurring.next_day = chosen
    if "has_desired_count" in given:
        recurring.desired_count = recurring.last_day = None
        if fields.flag(given["has_desired_count"], "has_desired_count", complaints):
            recurring.desired_count = fields.whole(given, "desired_count", 0, complaints)
            if not 1 <= recurring.desired_count <= MOST_TIMES:
                complaints.add("desired_count", "is invalid", "invalid")
    if recurring.desired_count and not complaints.error and _PLANNING & given.keys():
        try:
            recurring.last_day = last_day(recurring)
        except (OverflowError, ValueError):
            complaints.add("desired_count", "is invalid", "invalid")
