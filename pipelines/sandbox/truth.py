"""What must be so, computed from the documents by code of its own.

Nothing here looks at postings: `books.py` and this module read the same documents and must come to the same figures,
which is what the tests compare. Open items follow DOMAIN R4.1 to R4.3; revenue spreads a line over its period by the
rule of P-2, written out again here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Cents, Invoice

CONTROL_ROLE = "debtors"
OPENING, JOURNAL, BANK = "opening balance", "journal on control account", "bank booking on control account"


@dataclass(frozen=True)
class OpenItem:
    """An invoice or credit invoice with something open on a date; amounts in cents."""

    invoice: Invoice
    open: Cents
    open_base: Cents


@dataclass(frozen=True)
class ControlItem:
    """An amount on the debtors account that no invoice explains; positive is debit."""

    day: date
    kind: str
    document_type: str
    document_id: int
    amount: Cents
    description: str
    contact_id: int | None


def _round(value: Decimal) -> Cents:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def open_items(administration: Administration, as_of: date) -> list[OpenItem]:
    """Every document with something open at the end of `as_of`; a receipt counts from its own day, invoiced or not."""
    items = []
    for invoice in administration.invoices.values():
        if invoice.sent_on is None or invoice.invoice_date is None:
            continue
        if invoice.uncollectible_on is not None and invoice.uncollectible_on <= as_of:
            continue
        figures = administration.figures(invoice)
        total = figures.incl if invoice.invoice_date <= as_of else 0
        rest = total - sum(payment.price for payment in invoice.payments if payment.day <= as_of)
        if rest:
            base = rest if invoice.rate == 1 else _round(Decimal(rest) * figures.incl_base / figures.incl)
            items.append(OpenItem(invoice, rest, base))
    return items


def control_items(administration: Administration, as_of: date) -> list[ControlItem]:
    """What was booked on debtors by hand: the opening balance, journals and bank lines without an invoice."""
    debtors = administration.roles[CONTROL_ROLE]
    items = []
    start = administration.period_start_date.replace(year=administration.period_start_date.year + 1)
    for journal in administration.journals.values():
        for entry in journal.entries:
            if entry.account_id == debtors and journal.day <= as_of:
                opening = journal.day < start  # the day before the first year of the books, P-17
                kind, amount = OPENING if opening else JOURNAL, entry.debit - entry.credit
                items.append(
                    ControlItem(journal.day, kind, "Document", journal.id, amount, entry.description, entry.contact_id)
                )
    items.extend(
        ControlItem(
            mutation.day,
            BANK,
            "FinancialMutation",
            mutation.id,
            -booking.price,
            booking.description,
            booking.contact_id,
        )
        for mutation in administration.mutations.values()
        for booking in mutation.bookings
        if booking.account_id == debtors and mutation.day <= as_of
    )
    return sorted(items, key=lambda item: (item.day, item.document_id))


def exchange_differences(administration: Administration, as_of: date) -> dict[int, Cents]:
    """Per invoice id what receipts brought more (positive) or less than the invoice's own value (R4.1)."""
    open_base = {item.invoice.id: item.open_base for item in open_items(administration, as_of)}
    found = {}
    for invoice in administration.invoices.values():
        received = [payment for payment in invoice.payments if payment.day <= as_of]
        if invoice.rate == 1 or not received or invoice.invoice_date is None or invoice.invoice_date > as_of:
            continue
        base = sum(payment.price_base for payment in received) + open_base.get(invoice.id, 0)
        if difference := base - administration.figures(invoice).incl_base:
            found[invoice.id] = difference
    return found


def debtors_balance(administration: Administration, as_of: date) -> Cents:
    """What account 13011 must show: open items in the administration's currency plus the listed items."""
    open_base = sum(item.open_base for item in open_items(administration, as_of))
    return open_base + sum(item.amount for item in control_items(administration, as_of))


def netted(items: list[OpenItem], invoices: dict[int, Invoice]) -> dict[int, tuple[Invoice, Cents, Cents]]:
    """Open amounts per item, a linked credit taken off its original (R4.3): its id → invoice, open, open in base."""
    sums: dict[int, list[Cents]] = defaultdict(lambda: [0, 0])
    for item in items:
        original = item.invoice.original_id
        key = original if original is not None and _is_sent(invoices.get(original)) else item.invoice.id
        sums[key][0] += item.open
        sums[key][1] += item.open_base
    return {key: (invoices[key], amount, base) for key, (amount, base) in sums.items() if amount}


def _is_sent(invoice: Invoice | None) -> bool:
    return invoice is not None and invoice.sent_on is not None


def bucket(open_amount: Cents, due_date: date, as_of: date) -> str:
    """The aging bucket of R4.2; a negative item is a credit."""
    overdue = (as_of - due_date).days
    if open_amount < 0:
        return "credit"
    if overdue <= 0:
        return "not_due"
    return next((f"{low}-{high}" for low, high in ((1, 30), (31, 60), (61, 90)) if overdue <= high), ">90")


def revenue(administration: Administration) -> dict[tuple[date, int], Cents]:
    """Revenue per first day of the month and account, credit positive, closing journals left out."""
    sums: dict[tuple[date, int], Cents] = defaultdict(int)
    kinds = {account.id: account.kind for account in administration.accounts.values()}
    by_days = administration.dialect.d6_partial_months == "by_days"
    for invoice in administration.invoices.values():
        if invoice.sent_on is None or invoice.invoice_date is None:
            continue
        nets = administration.figures(invoice).nets_base
        for line, net in zip(invoice.lines, nets, strict=True):
            if kinds[line.account_id] == "revenue":
                period = line.period or (invoice.invoice_date, invoice.invoice_date)
                for month, part in _spread(net, period, by_days):
                    sums[month, line.account_id] += part
    for journal in administration.journals.values():
        if journal.kind is None:
            for entry in journal.entries:
                if kinds[entry.account_id] == "revenue":
                    sums[journal.day.replace(day=1), entry.account_id] += entry.credit - entry.debit
    for mutation in administration.mutations.values():
        for booking in mutation.bookings:
            if kinds[booking.account_id] == "revenue":
                sums[mutation.day.replace(day=1), booking.account_id] += booking.price
    return {key: amount for key, amount in sums.items() if amount}


def _spread(net: Cents, period: tuple[date, date], by_days: bool) -> Iterator[tuple[date, Cents]]:
    """Equal parts per touched month, the last takes what is left; or by days when the dialect says so."""
    months = list(_months(period))
    weights = [(end - start).days + 1 if by_days else 1 for start, end in months]
    left = net
    for position, (start, _) in enumerate(months):
        last = position == len(months) - 1
        part = left if last else _round(Decimal(net) * weights[position] / sum(weights))
        left -= part
        yield start.replace(day=1), part


def _months(period: tuple[date, date]) -> Iterator[tuple[date, date]]:
    start, final = period
    while start <= final:
        following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield start, min(final, following - timedelta(days=1))
        start = following
