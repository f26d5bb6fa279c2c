"""What the calendar does by itself, at nine in the morning.

It makes the invoices that recurring invoices and extra charges come to, and sends what is scheduled, merged where that
was asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from pipelines.sandbox import states
from pipelines.sandbox.actions import billing, charges, recurring_days
from pipelines.sandbox.actions.history import happened
from pipelines.sandbox.actions.sending import Sending, send
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import moment
from pipelines.sandbox.model import Invoice

HOUR = billing.HOUR


def catch_up(administration: Administration) -> list[Invoice]:
    """Does everything whose moment has come, oldest first; returns the invoices that were sent.

    Of one day those of recurring invoices go first, so that others merge into them and not the other way round.
    """
    administration.catch_up()
    recurring_days.catch_up(administration)
    charges.catch_up(administration)
    now = administration.clock.milliseconds()
    due = sorted(
        (day, invoice.recurring_id is None, invoice.id, invoice)
        for invoice, day in _scheduled(administration)
        if moment(day, HOUR) <= now
    )
    sent = []
    for day, *_, invoice in due:
        if invoice.id not in administration.invoices:
            continue  # merged into an older one
        at = moment(day, HOUR)
        _merge(administration, invoice, [other for *_, other in due], at)
        card = administration.contacts[invoice.contact_id].card
        sent.append(send(administration, invoice, Sending(invoice.delivery_method, card.email), at))
    return sent


def next_moment(administration: Administration) -> int:
    """Unix milliseconds at which the calendar has something to do again."""
    return min(
        [
            administration.next_scheduled(),
            *(moment(day, HOUR) for _, day in _scheduled(administration)),
            *recurring_days.next_moments(administration),
            *charges.next_moments(administration),
        ]
    )


def _scheduled(administration: Administration) -> Iterable[tuple[Invoice, date]]:
    for invoice in administration.invoices.values():
        if invoice.scheduled and not states.is_posted(invoice) and invoice.invoice_date is not None:
            yield invoice, invoice.invoice_date


def _merge(administration: Administration, invoice: Invoice, due: list[Invoice], at: int) -> None:
    """Takes the lines of mergeable invoices that agree in everything the contract names; those invoices are gone."""
    alike = [other for other in due if other.id != invoice.id and _agree(invoice, other)]
    for other in alike:
        if other.id not in administration.invoices:
            continue
        order = len(invoice.lines)
        invoice.lines = [
            *invoice.lines, *(replace(line, row_order=order + row) for row, line in enumerate(other.lines))
        ]  # fmt: skip
        for entry in administration.hours_of(other.id):
            administration.put_time_entry(replace(entry, invoice_id=invoice.id, updated=at))
        administration.remove_invoice(other.id)
        administration.announce("sales_invoice_destroyed", other)
        administration.put_invoice(invoice)
        recurs = invoice.recurring_id is not None or other.recurring_id is not None
        action = "sales_invoice_merged_with_recurring_sales_invoice" if recurs else "sales_invoice_merged"
        happened(administration, invoice, action, at)


def _agree(one: Invoice, other: Invoice) -> bool:
    """Contact, sender and layout (the style decides the identity), workflow, currency, language and date.

    Discount and whether prices include tax must agree too, or the sum would change; the contract does not say so.
    What was made for a subscription's next invoice merges with that one even if nothing else may.
    """
    may = (one.mergeable and other.mergeable) or (other.joins is not None and other.joins == one.recurring_id)
    return may and _terms(one) == _terms(other)


def _terms(invoice: Invoice) -> tuple[object, ...]:
    return (
        invoice.contact_id, invoice.document_style_id, invoice.workflow_id, invoice.currency, invoice.language,
        invoice.invoice_date, invoice.discount, invoice.prices_are_incl_tax,
    )  # fmt: skip
