"""What happens to a sales invoice beside sending and paying it: made, changed, credited, doubted, given up, deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from pipelines.sandbox import amounts, states
from pipelines.sandbox.actions import payments
from pipelines.sandbox.actions.history import happened, history, remember
from pipelines.sandbox.actions.numbering import numbered
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import Happening, Invoice, Line

COLLECTABLE = ("open", "late", "reminded", "pending_payment")


def create(
    administration: Administration,
    invoice: Invoice,
    hours: Iterable[int] = (),
    made: str | None = None,
    at: int | None = None,
) -> Invoice:
    """Stores a draft that has no id yet and marks the time entries `hours` as invoiced on it.

    The event that is announced follows from the invoice's origin (estimate, subscription, recurring invoice, nothing),
    unless `made` names another one.
    """
    at = administration.at(at)
    invoice.id = administration.new_id(at)
    invoice.created = invoice.updated = at
    invoice.draft_number = administration.next_draft_number()
    invoice.lines = numbered(administration, invoice.lines, at)
    if made is not None:
        invoice.log = (Happening(made, at),)
    administration.put_invoice(invoice)
    bill_hours(administration, invoice, hours, at)
    administration.announce(history(administration, invoice)[0].action, invoice)
    return invoice


def change(
    administration: Administration, invoice: Invoice, hours: Iterable[int] | None = None, at: int | None = None
) -> Invoice:
    """Stores `invoice`, an edited copy of the one with its id; `hours` replaces the time entries on it."""
    at = administration.at(at)
    before = administration.invoices[invoice.id]
    old = _shown(administration, before)
    was = administration.state(before)
    remember(administration, before)
    invoice.log = before.log
    invoice.lines = numbered(administration, invoice.lines, at)
    invoice.updated = max(before.updated, at)
    administration.put_invoice(invoice)
    if hours is not None:
        kept = set(hours)
        _release_hours(administration, invoice, at, kept)
        bill_hours(administration, invoice, kept, at)
    new = _shown(administration, invoice)
    changes = {name: [old[name], new[name]] for name in old if old[name] != new[name]}
    changes["updated_at"] = [iso(before.updated), iso(invoice.updated)]
    happened(administration, invoice, "sales_invoice_updated", at, {"changes": changes})
    _announce_state(administration, invoice, was, at)
    return invoice


def bill_hours(administration: Administration, invoice: Invoice, hours: Iterable[int], at: int) -> None:
    for entry_id in hours:
        entry = administration.time_entries[entry_id]
        if entry.invoice_id != invoice.id:
            billed = administration.put_time_entry(replace(entry, invoice_id=invoice.id, updated=at))
            administration.announce("time_entry_sales_invoice_created", billed)


def credit(administration: Administration, original: Invoice) -> Invoice:
    """A draft that takes the original back: a heading line, then its lines with their quantities negated."""
    at = administration.clock.milliseconds()
    if not states.is_posted(original):
        raise ValueError("only a sent invoice can be credited")
    today = administration.clock.today()
    first = original.lines[0]
    heading = replace(
        first, id=0, description=f"**Creditfactuur voor factuur {original.number}**", price=0, amount=None,
        quantity=amounts.quantity(None), project_id=None, period=None, product_id=None, row_order=1, created=at,
        updated=at,
    )  # fmt: skip
    lines = [
        replace(line, id=0, row_order=order, created=at, updated=at, **_negated(line))
        for order, line in enumerate(original.lines, start=2)
    ]
    draft = Invoice(
        id=administration.new_id(at), contact_id=original.contact_id,
        due_date=today + timedelta(days=original.due_days), created=at, updated=at,
        lines=numbered(administration, (heading, *lines), at), person=original.person,
        draft_number=administration.next_draft_number(), due_days=original.due_days, reference=original.reference,
        language=original.language, currency=original.currency, rate=original.rate, discount=original.discount,
        prices_are_incl_tax=original.prices_are_incl_tax, payment_conditions=original.payment_conditions,
        original_id=original.id, workflow_id=original.workflow_id, document_style_id=original.document_style_id,
        custom_fields=original.custom_fields, sequence_id=original.sequence_id,
    )  # fmt: skip
    draft.log = history(administration, draft)  # names the original, which may be deleted later
    administration.put_invoice(draft)
    administration.announce("credit_invoice_created_from_original", draft)
    return draft


def can_be_doubted(administration: Administration, invoice: Invoice) -> bool:
    """Still to be collected, and something was sold: nothing is lost on a credit invoice or on one of nothing."""
    return administration.state(invoice) in COLLECTABLE and administration.figures(invoice).incl > 0


def mark_dubious(administration: Administration, invoice: Invoice, day: date) -> None:
    """P-11: the claim is doubted from `day`; it stays open."""
    if not can_be_doubted(administration, invoice) or invoice.dubious_on is not None:
        raise ValueError("only an open invoice can become dubious, once")
    at = administration.clock.milliseconds()
    remember(administration, invoice)
    invoice.dubious_on = day
    _store(administration, invoice, at)
    happened(administration, invoice, "sales_invoice_marked_as_dubious", at)


def mark_uncollectible(administration: Administration, invoice: Invoice, day: date, as_revenue: bool = False) -> None:
    """P-12 and P-12b: the claim is given up on `day`; what was open stays shown as unpaid."""
    if not can_be_doubted(administration, invoice):
        raise ValueError("only an open invoice can become uncollectible")
    at = administration.clock.milliseconds()
    remember(administration, invoice)
    invoice.uncollectible_on = day
    invoice.uncollectible_as_revenue = as_revenue
    _store(administration, invoice, at)
    happened(administration, invoice, "sales_invoice_state_changed_to_uncollectible", at)
    happened(administration, invoice, "sales_invoice_marked_as_uncollectible", at)


def pause(administration: Administration, invoice: Invoice, paused: bool) -> None:
    """Holds back, or lets go on, the automatic steps of the workflow."""
    if invoice.paused == paused:
        return
    at = administration.clock.milliseconds()
    remember(administration, invoice)
    invoice.paused = paused
    _store(administration, invoice, at)
    happened(administration, invoice, "sales_invoice_paused" if paused else "sales_invoice_unpaused", at)


def await_payment(administration: Administration, invoice: Invoice) -> None:
    """A collection was started and the bank has not confirmed it: no API call does this, the control surface does."""
    if administration.state(invoice) not in COLLECTABLE:
        raise ValueError("only an open invoice can wait for its payment")
    at = administration.clock.milliseconds()
    remember(administration, invoice)
    invoice.pending = True
    _store(administration, invoice, at)
    happened(administration, invoice, "sales_invoice_state_changed_to_pending_payment", at)


def delete(administration: Administration, invoice: Invoice, at: int | None = None) -> None:
    """Takes the invoice away; what its payments touched elsewhere is undone, its hours are unbilled again."""
    at = administration.at(at)
    for payment in invoice.payments:
        payments.undo_elsewhere(administration, payment, at)
        administration.announce("payment_destroyed", invoice)
    _release_hours(administration, invoice, at)
    administration.remove_invoice(invoice.id)
    administration.announce("sales_invoice_destroyed", invoice)


def _store(administration: Administration, invoice: Invoice, at: int) -> None:
    invoice.updated = max(invoice.updated, at)
    administration.put_invoice(invoice)


def _negated(line: Line) -> dict[str, Any]:
    """The quantity the other way round, in the words it was typed in; a line of words only stays a heading."""
    typed = line.amount
    if typed is None and line.price == 0:
        return {}
    if amounts.quantity(typed) < 0:
        text = (typed or "").replace("-", "", 1)
    else:
        text = f"-{typed.strip()}" if typed and typed.strip()[:1].isdecimal() else f"-1 {typed or ''}".rstrip()
    return {"amount": text, "quantity": -line.quantity}


def _release_hours(
    administration: Administration, invoice: Invoice, at: int, kept: Collection[int] = frozenset()
) -> None:
    for entry in administration.hours_of(invoice.id):
        if entry.id not in kept:
            administration.put_time_entry(replace(entry, invoice_id=None, updated=at))


def _shown(administration: Administration, invoice: Invoice) -> dict[str, str | None]:
    """What the event of an edit tells of, when it is another than before."""
    figures = administration.figures(invoice)
    facts = {
        name: getattr(invoice, name)
        for name in (
            "contact_id",
            "reference",
            "currency",
            "payment_conditions",
            "invoice_date",
            "due_date",
            "discount",
        )
    }
    return {name: None if value is None else str(value) for name, value in facts.items()} | {
        "total_price_excl_tax": amounts.text(figures.excl),
        "total_price_excl_tax_base": amounts.text(figures.excl_base),
        "total_price_incl_tax": amounts.text(figures.incl),
        "total_price_incl_tax_base": amounts.text(figures.incl_base),
    }


def _announce_state(administration: Administration, invoice: Invoice, was: str, at: int) -> None:
    state = administration.state(invoice)
    if state != was:
        happened(administration, invoice, f"sales_invoice_state_changed_to_{state}", at)
