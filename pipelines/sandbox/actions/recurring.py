"""What happens to a recurring invoice: made, changed, stopped. Its invoices come of it in `recurring_days`."""

from __future__ import annotations

from datetime import date

from pipelines.sandbox import frequencies
from pipelines.sandbox.actions.numbering import numbered
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Happening, Recurring, Subscription


def create(administration: Administration, recurring: Recurring, at: int | None = None) -> Recurring:
    """Stores a recurring invoice that has no id yet."""
    at = administration.at(at)
    recurring.id = administration.new_id(at)
    recurring.created = recurring.updated = at
    _store(administration, recurring, at)
    administration.announce("recurring_sales_invoice_created", recurring)
    return recurring


def change(administration: Administration, recurring: Recurring, at: int | None = None) -> Recurring:
    """Stores `recurring`, an edited copy of the one with its id. Its log says nothing of that, as in the examples."""
    at = administration.at(at)
    before = administration.recurring[recurring.id]
    recurring.updated = max(before.updated, at)
    _store(administration, recurring, at)
    administration.announce("recurring_sales_invoice_updated", recurring)
    if before.auto_send != recurring.auto_send:
        verb = "started" if recurring.auto_send else "stopped"
        happened(administration, recurring, f"recurring_sales_invoice_{verb}_auto_send", at)
    return recurring


def delete(administration: Administration, recurring: Recurring, at: int | None = None) -> None:
    """Takes it away when no invoice came of it, else only stops it. A subscription behind it goes on without."""
    if any(invoice.recurring_id == recurring.id for invoice in administration.invoices.values()):
        deactivate(administration, recurring, at)
        return
    for subscription in administration.subscriptions.values():
        if subscription.recurring_id == recurring.id:
            subscription.recurring_id = None
    del administration.recurring[recurring.id]
    administration.forget_figures(recurring.id)
    administration.announce("recurring_sales_invoice_destroyed", recurring)


def deactivate(administration: Administration, recurring: Recurring, at: int | None = None) -> None:
    if recurring.active:
        at = administration.at(at)
        recurring.active = False
        recurring.updated = max(recurring.updated, at)
        happened(administration, recurring, "recurring_sales_invoice_deactivated", at)


def history(recurring: Recurring) -> tuple[Happening, ...]:
    """Its making, and what happened after that; one that ended without a log was stopped when it last changed."""
    made = Happening("recurring_sales_invoice_created", recurring.created)
    if not recurring.log and not recurring.active:
        return made, Happening("recurring_sales_invoice_deactivated", recurring.updated)
    return made, *recurring.log


def happened(administration: Administration, recurring: Recurring, action: str, at: int) -> None:
    """Writes `action`, a name of webhook_events.md, in its log and announces it."""
    recurring.log = (*recurring.log, Happening(action, at))
    administration.announce(action, recurring)


def frequency(recurring: Recurring) -> frequencies.Frequency:
    return recurring.frequency, recurring.frequency_type


def last_day(recurring: Recurring) -> date | None:
    """The day of the last invoice when only so many are wanted. OverflowError beyond the calendar."""
    if not recurring.desired_count:
        return None
    return frequencies.after(recurring.start, recurring.desired_count - 1, frequency(recurring))


def subscription_of(administration: Administration, recurring: Recurring) -> Subscription | None:
    for subscription in administration.subscriptions.values():
        if subscription.recurring_id == recurring.id:
            return subscription
    return None


def _store(administration: Administration, recurring: Recurring, at: int) -> None:
    recurring.lines = numbered(administration, recurring.lines, at)
    administration.forget_figures(recurring.id)
    administration.recurring[recurring.id] = recurring
