"""Extra charges: kept until the period is over, then billed with the subscription or to the contact.

Charges of one product, price, period and description become one line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from pipelines.sandbox import frequencies
from pipelines.sandbox.actions import billing, sales
from pipelines.sandbox.actions.history import remember
from pipelines.sandbox.actions.limits import count_down, may_make
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import decimal_text, quantity
from pipelines.sandbox.clock import local_date, moment
from pipelines.sandbox.model import Charge, Invoice, Line, Recurring, Subscription

_MONTHLY = (1, "month")


def create(administration: Administration, charge: Charge, at: int | None = None) -> Charge:
    """Stores a charge that has no id yet; there is no event for that."""
    at = administration.at(at)
    charge.id = administration.new_id(at)
    charge.created = at
    administration.charges[charge.id] = charge
    return charge


def bill_with(administration: Administration, recurring: Recurring, subscription: Subscription, at: int) -> None:
    """Puts what waits for this subscription on an invoice that merges with the subscription's of that moment."""
    waiting = [
        charge
        for charge in administration.charges.values()
        if charge.subscription_id == subscription.id and charge.line_id is None
    ]
    if waiting and may_make(administration, "sales_invoices"):
        invoice = billing.of_recurring(recurring, _lines(administration, waiting, at), at)
        invoice.joins = recurring.id
        _bill(administration, invoice, waiting, at, scheduled=recurring.auto_send)


def catch_up(administration: Administration) -> None:
    """Bills contacts on the first of the month for the charges of earlier months."""
    now = administration.clock.milliseconds()
    due: dict[tuple[int, int], list[Charge]] = defaultdict(list)
    for charge in _of_contacts(administration):
        if (at := _moment(charge)) <= now:
            due[at, charge.contact_id or 0].append(charge)
    for (at, contact_id), waiting in sorted(due.items()):
        if may_make(administration, "sales_invoices"):
            invoice = billing.of_contact(administration, contact_id, _lines(administration, waiting, at), at)
            _bill(administration, invoice, waiting, at, scheduled=True)


def next_moments(administration: Administration) -> Iterable[int]:
    """Unix milliseconds at which contacts are billed for what waits."""
    return (_moment(charge) for charge in _of_contacts(administration))


def _of_contacts(administration: Administration) -> Iterable[Charge]:
    return (
        charge
        for charge in administration.charges.values()
        if charge.subscription_id is None and charge.line_id is None
    )


def _moment(charge: Charge) -> int:
    first: date = local_date(charge.created).replace(day=1)
    return moment(frequencies.after(first, 1, _MONTHLY), billing.HOUR)


def _grouped(waiting: Sequence[Charge]) -> list[list[Charge]]:
    groups: dict[object, list[Charge]] = defaultdict(list)
    for charge in waiting:
        groups[charge.product_id, charge.price, charge.period, charge.description].append(charge)
    return list(groups.values())


def _lines(administration: Administration, waiting: Sequence[Charge], at: int) -> list[Line]:
    lines = []
    for order, group in enumerate(_grouped(waiting)):
        first = group[0]
        product = administration.products[first.product_id]
        count = sum((quantity(charge.amount) for charge in group), Decimal(0))
        amount = first.amount if len(group) == 1 else f"{decimal_text(count).removesuffix('.0')} x"
        lines.append(
            Line(
                0, first.description, first.price, amount, quantity(amount),
                product.tax_rate_id or administration.sales_rate(21), product.account_id, None, first.period, order, at,
                at, product.id,
            )
        )  # fmt: skip
    return lines


def _bill(
    administration: Administration, invoice: Invoice, waiting: Sequence[Charge], at: int, *, scheduled: bool
) -> None:
    invoice.invoice_date = local_date(at)
    invoice.delivery_method = billing.delivery_method(administration, invoice.contact_id)
    sales.create(administration, invoice, at=at)
    count_down(administration, "sales_invoices")
    for group, line in zip(_grouped(waiting), invoice.lines, strict=True):
        for charge in group:
            charge.line_id = line.id
    if scheduled and billing.is_reachable(administration, invoice.contact_id):
        remember(administration, invoice)
        invoice.scheduled = True
        administration.put_invoice(invoice)
