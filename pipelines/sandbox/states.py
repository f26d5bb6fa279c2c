"""What an invoice is at a moment: state, what is paid, what is open, when it last changed.

States follow the clock: the day after its due date an unpaid invoice is late, and because that is a change it gets a
new `updated_at` and so a new version, one minute after midnight in Amsterdam.
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.sandbox.amounts import Figures
from pipelines.sandbox.cards import Milliseconds
from pipelines.sandbox.clock import moment
from pipelines.sandbox.model import Cents, Invoice

ALL = ("draft", "scheduled", "open", "pending_payment", "reminded", "late", "paid", "uncollectible")
REMINDER_DAYS = 10  # a reminder gives this much time before the invoice is late again


def is_posted(invoice: Invoice) -> bool:
    """Whether the invoice is in the books: sent, so neither draft nor scheduled."""
    return invoice.sent_on is not None


def paid(invoice: Invoice) -> Cents:
    return sum(payment.price for payment in invoice.payments)


def is_settled(invoice: Invoice, figures: Figures) -> bool:
    """Nothing left to receive, or for a credit invoice nothing left to give back. Too much is settled too."""
    rest = figures.incl - paid(invoice)
    return rest <= 0 if figures.incl >= 0 else rest >= 0


def state(invoice: Invoice, figures: Figures, today: date) -> str:
    if not is_posted(invoice):
        return "scheduled" if invoice.scheduled else "draft"
    if invoice.uncollectible_on is not None:
        return "uncollectible"
    if is_settled(invoice, figures):
        return "paid"
    if today <= invoice.due_date:
        return "open"
    if invoice.reminded_on is not None and today <= invoice.reminded_on + timedelta(days=REMINDER_DAYS):
        return "reminded"
    return "late"


def updated(invoice: Invoice, figures: Figures, now: Milliseconds) -> Milliseconds:
    """Unix milliseconds of the last change, by a person or by the calendar."""
    last = invoice.updated
    if not is_posted(invoice) or invoice.uncollectible_on is not None or is_settled(invoice, figures):
        return last
    for day in (invoice.due_date, _reminder_ends(invoice)):
        if day is not None:
            at = moment(day + timedelta(days=1), 0, 1)
            if last < at <= now:
                last = at
    return last


def _reminder_ends(invoice: Invoice) -> date | None:
    return invoice.reminded_on + timedelta(days=REMINDER_DAYS) if invoice.reminded_on else None


def paid_on(invoice: Invoice, figures: Figures) -> date | None:
    """The date of the payment that settled it; None while something is open."""
    if not invoice.payments or not is_settled(invoice, figures) or not is_posted(invoice):
        return None
    return max(payment.day for payment in invoice.payments)
