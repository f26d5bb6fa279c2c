"""What a purchase or an external invoice is at a moment: state, date of payment, when it last changed.

As with sales invoices the calendar changes them: the day after its due date an unpaid one is late, and gets a new
version one minute after midnight in Amsterdam. Without a due date nothing is ever late: the contract's external invoice
of three months ago is still `open`.
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.sandbox.amounts import Figures
from pipelines.sandbox.cards import Milliseconds
from pipelines.sandbox.clock import moment
from pipelines.sandbox.model import ExternalInvoice, Purchase
from pipelines.sandbox.states import is_settled

Document = Purchase | ExternalInvoice

OF_DOCUMENTS = ("new", "saved", "open", "paid", "late", "pending_payment")
OF_EXTERNAL = ("new", "open", "late", "paid", "uncollectible", "pending_payment")


def state(document: Document, figures: Figures, today: date) -> str:
    if document.is_new:
        return "new"
    if isinstance(document, Purchase):
        if document.is_saved:
            return "saved"
    elif document.uncollectible_on is not None:
        return "uncollectible"
    if is_settled(document, figures):
        return "paid"
    if document.pending:
        return "pending_payment"
    return "late" if document.due_date is not None and document.due_date < today else "open"


def updated(document: Document, figures: Figures, now: Milliseconds) -> Milliseconds:
    """Unix milliseconds of the last change, by a person or by the calendar."""
    if document.due_date is None or state(document, figures, date.max) != "late":
        return document.updated
    at = moment(document.due_date + timedelta(days=1), 0, 1)
    return at if document.updated < at <= now else document.updated


def paid_on(document: Document, figures: Figures) -> date | None:
    """The date of the payment that settled it; None while something is open."""
    if not document.payments or document.is_new or not is_settled(document, figures):
        return None
    return max(payment.day for payment in document.payments)
