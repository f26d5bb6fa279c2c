"""What happened to a sales invoice, in the order it happened: shown as its `events` and told to webhooks.

An invoice that nobody touched since it was made keeps no log: what its facts tell is derived. The first change writes
those derived entries down before it adds its own, so nothing is lost and a hundred thousand invoices stay small.
"""

from __future__ import annotations

from typing import Any

from pipelines.sandbox import states
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import moment
from pipelines.sandbox.model import Happening, Invoice

_SENT = {"Email": "sales_invoice_send_email", "Peppol": "sales_invoice_send_si"}


def history(administration: Administration, invoice: Invoice) -> tuple[Happening, ...]:
    """Everything that happened, oldest first."""
    if invoice.log:
        return invoice.log
    found = [_creation(administration, invoice)]
    if invoice.sent_on is not None:
        at = max(invoice.created, moment(invoice.sent_on))
        found.append(Happening("sales_invoice_state_changed_to_open", at))
        found.append(Happening(_SENT.get(invoice.delivery_method, "sales_invoice_send_manually"), at))
    elif invoice.scheduled:
        found.append(Happening("sales_invoice_state_changed_to_scheduled", invoice.updated))
    if invoice.dubious_on is not None:
        found.append(Happening("sales_invoice_marked_as_dubious", moment(invoice.dubious_on, 15)))
    if invoice.uncollectible_on is not None:
        at = moment(invoice.uncollectible_on, 15)
        found.append(Happening("sales_invoice_marked_as_uncollectible", at))
        found.append(Happening("sales_invoice_state_changed_to_uncollectible", at))
    return tuple(found)


def with_lateness(administration: Administration, invoice: Invoice) -> list[Happening]:
    """The history with what the calendar did: a moment at which the invoice became late is in no log."""
    found = list(history(administration, invoice))
    if invoice.sent_on is None:
        return found
    now, total = administration.clock.milliseconds(), administration.figures(invoice).incl
    for at in states.became_late(invoice):
        given_up = invoice.uncollectible_on is not None and moment(invoice.uncollectible_on) <= at
        paid = sum(payment.price for payment in invoice.payments if payment.created < at)
        is_open = total > paid if total >= 0 else total < paid
        if moment(invoice.sent_on) <= at <= now and is_open and not given_up:
            found.append(Happening("sales_invoice_state_changed_to_late", at))
    return sorted(found, key=lambda happening: happening.at)


def _creation(administration: Administration, invoice: Invoice) -> Happening:
    if invoice.original_id is not None:
        original = administration.invoices.get(invoice.original_id)
        data = {"original_invoice": original.number if original else None}
        return Happening("credit_invoice_created_from_original", invoice.created, data)
    if invoice.estimate_id is not None:
        estimate = administration.estimates.get(invoice.estimate_id)
        data = {"original_estimate": estimate.number if estimate else None}
        return Happening("sales_invoice_created_based_on_estimate", invoice.created, data)
    if invoice.subscription_id is not None:
        return Happening("sales_invoice_created_based_on_subscription", invoice.created)
    if invoice.recurring_id is not None:
        return Happening("sales_invoice_created_based_on_recurring", invoice.created)
    return Happening("sales_invoice_created", invoice.created)


def happened(
    administration: Administration, invoice: Invoice, action: str, at: int, data: dict[str, Any] | None = None
) -> None:
    """Writes `action`, a name of webhook_events.md, in the invoice's log and announces it."""
    invoice.log = (*history(administration, invoice), Happening(action, at, data))
    administration.announce(action, invoice)


def remember(administration: Administration, invoice: Invoice) -> None:
    """Writes down what the facts tell now; call it before changing facts that `history` derives from."""
    invoice.log = history(administration, invoice)
