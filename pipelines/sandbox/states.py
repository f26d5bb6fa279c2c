"""What an invoice is at a moment: state, what is paid, what is open, when it last changed.

States follow the clock: the day after its due date an unpaid invoice is late, and because that is a change it gets a
new `updated_at` and so a new version, one minute after midnight in Amsterdam.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

from pipelines.sandbox.amounts import Figures
from pipelines.sandbox.cards import Milliseconds
from pipelines.sandbox.clock import moment
from pipelines.sandbox.model import Cents, Invoice, Payment

ALL = ("draft", "scheduled", "open", "pending_payment", "reminded", "late", "paid", "uncollectible")
REMINDER_DAYS = 10  # a reminder gives this much time before the invoice is late again


class Payable(Protocol):
    """Any document that money can be registered on."""

    @property
    def payments(self) -> Sequence[Payment]: ...


def is_posted(invoice: Invoice) -> bool:
    """Whether the invoice is in the books: sent, so neither draft nor scheduled."""
    return invoice.sent_on is not None


def paid(document: Payable) -> Cents:
    return sum(payment.price for payment in document.payments)


def is_settled(document: Payable, figures: Figures) -> bool:
    """Nothing left to receive, or for a credit invoice nothing left to give back. Too much is settled too."""
    rest = figures.incl - paid(document)
    return rest <= 0 if figures.incl >= 0 else rest >= 0


def state(invoice: Invoice, figures: Figures, today: date) -> str:
    if not is_posted(invoice):
        return "scheduled" if invoice.scheduled else "draft"
    if invoice.uncollectible_on is not None:
        return "uncollectible"
    if is_settled(invoice, figures):
        return "paid"
    if invoice.pending:
        return "pending_payment"
    ends = reminder_ends(invoice)
    if ends is not None and today <= ends:
        return "reminded"
    return "open" if today <= invoice.due_date else "late"


def reminders(invoice: Invoice) -> int:
    """How many reminders were sent; a date without a count is one."""
    return invoice.reminders or int(invoice.reminded_on is not None)


def updated(invoice: Invoice, figures: Figures, now: Milliseconds) -> Milliseconds:
    """Unix milliseconds of the last change, by a person or by the calendar."""
    last = invoice.updated
    if not is_posted(invoice) or invoice.uncollectible_on is not None or invoice.pending:
        return last
    if is_settled(invoice, figures):
        return last
    return max([last, *(at for at in became_late(invoice) if at <= now)])


def became_late(invoice: Invoice) -> list[Milliseconds]:
    """The moments at which the calendar makes the invoice late while it is open: after its due date, unless a reminder
    gives it more time then, and after the days of the last reminder."""
    ends = reminder_ends(invoice)
    days = {invoice.due_date} if ends is None else {ends}
    if ends is not None and invoice.reminded_on is not None and invoice.reminded_on > invoice.due_date:
        days.add(invoice.due_date)
    return sorted(moment(day + timedelta(days=1), 0, 1) for day in days)


def reminder_ends(invoice: Invoice) -> date | None:
    """The last day on which the latest reminder makes the invoice `reminded` and not late."""
    if invoice.reminded_on is None:
        return None
    return invoice.reminder_until or invoice.reminded_on + timedelta(days=REMINDER_DAYS)


def paid_on(invoice: Invoice, figures: Figures) -> date | None:
    """The date of the payment that settled it; None while something is open."""
    if not invoice.payments or not is_settled(invoice, figures) or not is_posted(invoice):
        return None
    return max(payment.day for payment in invoice.payments)
