"""Invoices that nobody typed: drafts with the terms of a contact or of a recurring invoice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pipelines.sandbox import currencies
from pipelines.sandbox.administration import PAYMENT_CONDITIONS, Administration
from pipelines.sandbox.clock import local_date
from pipelines.sandbox.model import Invoice, Line, Recurring, Workflow

HOUR = 9  # when the calendar bills and sends, in Amsterdam
DUE_DAYS = 14  # where the workflow does not say


def of_contact(administration: Administration, contact_id: int, lines: list[Line], at: int) -> Invoice:
    """Not stored: currency, language and days to pay come from the contact's workflow, else the administration's."""
    card = administration.contacts[contact_id].card
    workflow_id = card.invoice_workflow_id or administration.workflow_id
    workflow = administration.workflows.get(workflow_id)
    days = due_days(workflow)
    currency = workflow.currency if workflow else administration.currency
    return Invoice(
        id=0, contact_id=contact_id, due_date=local_date(at) + timedelta(days=days), created=at, updated=at,
        lines=copies(lines, at), due_days=days, language=workflow.language if workflow else "nl", currency=currency,
        rate=currencies.rate(currency, administration.currency),
        prices_are_incl_tax=workflow.prices_are_incl_tax if workflow else False,
        payment_conditions=PAYMENT_CONDITIONS, workflow_id=workflow_id,
        document_style_id=administration.document_style_id, delivery_method=delivery_method(administration, contact_id),
    )  # fmt: skip


def of_recurring(recurring: Recurring, lines: list[Line], at: int) -> Invoice:
    """Not stored: everything but the lines as the recurring invoice has it."""
    return Invoice(
        id=0, contact_id=recurring.contact_id, due_date=local_date(at) + timedelta(days=recurring.due_days),
        created=at, updated=at, lines=copies(lines, at), person=recurring.person, due_days=recurring.due_days,
        language=recurring.language, currency=recurring.currency, rate=recurring.rate, discount=recurring.discount,
        prices_are_incl_tax=recurring.prices_are_incl_tax, payment_conditions=recurring.payment_conditions,
        workflow_id=recurring.workflow_id, document_style_id=recurring.document_style_id,
    )  # fmt: skip


def due_days(workflow: Workflow | None) -> int:
    """How long a customer has to pay, or an estimate to be decided on."""
    return workflow.steps[0].due if workflow and workflow.steps else DUE_DAYS


def copies(lines: list[Line], at: int) -> list[Line]:
    """The lines as lines of another document, which gives them ids."""
    return [replace(line, id=0, created=at, updated=at, is_optional=False, is_selected=True) for line in lines]


def delivery_method(administration: Administration, contact_id: int) -> str:
    """How the contact wants its invoices, in the words of a sending."""
    wanted = administration.contacts[contact_id].card.delivery_method
    return "Peppol" if wanted == "Simplerinvoicing" else wanted


def is_reachable(administration: Administration, contact_id: int) -> bool:
    """Whether an invoice can be sent the way the contact wants it: nobody is mailed without an address."""
    card = administration.contacts[contact_id].card
    return delivery_method(administration, contact_id) != "Email" or bool(card.email)
