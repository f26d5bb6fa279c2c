"""The day of a recurring invoice has come: its invoice is made, with what else goes on the bill, and left to be sent.

That is at nine in the morning, and the invoice has that day's date: guesses, the contract only says "on set intervals".
With `auto_send` the calendar sends it at once; without, it stays a draft.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipelines.sandbox import frequencies
from pipelines.sandbox.actions import billing, charges, plans, sales
from pipelines.sandbox.actions.history import remember
from pipelines.sandbox.actions.limits import count_down, may_make
from pipelines.sandbox.actions.recurring import deactivate, frequency, happened, subscription_of
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import moment
from pipelines.sandbox.model import Invoice, Recurring, Subscription

HOUR = billing.HOUR


def next_moments(administration: Administration) -> Iterable[int]:
    """Unix milliseconds at which an invoice comes of each that is active."""
    return (moment(recurring.next_day, HOUR) for recurring in administration.recurring.values() if recurring.active)


def catch_up(administration: Administration) -> None:
    """Makes every invoice whose moment has come, oldest first."""
    now = administration.clock.milliseconds()
    while due := sorted(
        (recurring.next_day, recurring.id)
        for recurring in administration.recurring.values()
        if recurring.active and moment(recurring.next_day, HOUR) <= now
    ):
        _produce(administration, administration.recurring[due[0][1]])


def _produce(administration: Administration, recurring: Recurring) -> None:
    """The invoice of `next_day`, unless the last day is over or the plan allows no more invoices."""
    at = moment(recurring.next_day, HOUR)
    if recurring.last_day is not None and recurring.next_day > recurring.last_day:
        deactivate(administration, recurring, at)
        return
    subscription = subscription_of(administration, recurring)
    if subscription is not None:
        plans.follow(administration, recurring, subscription, recurring.next_day)
    if may_make(administration, "sales_invoices"):
        _invoice(administration, recurring, subscription, at)
        if subscription is not None:
            charges.bill_with(administration, recurring, subscription, at)
    else:
        happened(administration, recurring, "recurring_sales_invoice_creating_skipped_due_to_limits", at)
    _move_on(administration, recurring, at)


def _invoice(
    administration: Administration, recurring: Recurring, subscription: Subscription | None, at: int
) -> Invoice:
    invoice = billing.of_recurring(recurring, recurring.lines, at)
    invoice.recurring_id = recurring.id
    invoice.subscription_id = subscription.id if subscription else None
    invoice.reference, invoice.custom_fields = recurring.reference, recurring.custom_fields
    invoice.invoice_date, invoice.mergeable = recurring.next_day, recurring.mergeable
    sales.create(administration, invoice, at=at)
    count_down(administration, "sales_invoices")
    happened(administration, recurring, "recurring_sales_invoice_invoice_created", at)
    if recurring.auto_send:
        _send_today(administration, recurring, invoice, at)
    return invoice


def _send_today(administration: Administration, recurring: Recurring, invoice: Invoice, at: int) -> None:
    """Leaves the sending to the calendar. Without an address to mail to it stays a draft, and so do all later ones."""
    if not billing.is_reachable(administration, invoice.contact_id):
        recurring.auto_send = recurring.mergeable = False
        happened(administration, recurring, "recurring_sales_invoice_auto_send_forcefully_disabled", at)
        return
    remember(administration, invoice)
    invoice.delivery_method = billing.delivery_method(administration, invoice.contact_id)
    invoice.scheduled = True
    administration.put_invoice(invoice)


def _move_on(administration: Administration, recurring: Recurring, at: int) -> None:
    """To the next day, with the periods of its lines; it ends after the last day.

    A day that somebody chose later and that is not in the row of the first one begins a row of its own.
    """
    every, day = frequency(recurring), recurring.next_day
    start = recurring.start if frequencies.is_in(recurring.start, day, every) else day
    recurring.next_day = frequencies.following(start, day, every)
    recurring.lines = [
        replace(line, period=frequencies.moved(line.period, every)) if line.period else line for line in recurring.lines
    ]
    recurring.updated = max(recurring.updated, at)
    if recurring.last_day is not None and recurring.next_day > recurring.last_day:
        if recurring.desired_count:
            happened(administration, recurring, "recurring_sales_invoice_reached_desired_count_of_invoices", at)
        deactivate(administration, recurring, at)
