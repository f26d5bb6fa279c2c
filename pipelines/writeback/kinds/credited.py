"""What of an invoice is credited: the lines and quantities that were asked for, at the invoice's own rates and amounts.

A whole credit is the invoice with every sign turned. Of a line that comes back in part, the amount is its unit price
times the quantity where that is how the line itself came about, and otherwise (prices with VAT, a discount) its share
of the line. A credit uses the rates of the invoice, also those that are no longer active (DOMAIN R1.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipelines.money import to_cents
from pipelines.writeback.catalogue import TaxRate
from pipelines.writeback.catalogue.documents import InvoiceLine, SalesInvoice
from pipelines.writeback.credit import CreditInvoice, CreditLine
from pipelines.writeback.keys import plain_number
from pipelines.writeback.pricing import Totals, line_amount, totals


@dataclass(frozen=True)
class CreditedLine:
    """A line of the invoice and what is credited of it: `quantity` as it will stand on the credit, None for nothing."""

    line: InvoiceLine
    quantity: Decimal | None

    @property
    def is_whole(self) -> bool:
        return self.quantity == -self.line.quantity

    @property
    def net(self) -> Decimal:
        """Without VAT, as it will stand on the credit."""
        if self.quantity is None:
            return Decimal("0.00")
        if self.is_whole:
            return -self.line.net_amount
        if line_amount(self.line.quantity, self.line.unit_price) == self.line.net_amount:
            return line_amount(self.quantity, self.line.unit_price)
        return to_cents(self.line.net_amount * self.quantity / self.line.quantity)


@dataclass(frozen=True)
class Chosen:
    """Every line of the invoice in order, and what is wrong with the choice, one sentence each."""

    lines: tuple[CreditedLine, ...]
    problems: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return all(line.is_whole for line in self.lines)


def choose(request: CreditInvoice, original: SalesInvoice) -> Chosen:
    """No lines in the request: all of the invoice."""
    if not request.lines:
        return Chosen(tuple(CreditedLine(line, -line.quantity) for line in original.lines))
    chosen = [CreditedLine(line, None) for line in original.lines]
    problems = [problem for wanted in request.lines if (problem := _put(wanted, original, chosen)) is not None]
    return Chosen(tuple(chosen), tuple(problems))


def _put(wanted: CreditLine, original: SalesInvoice, chosen: list[CreditedLine]) -> str | None:
    """Sets the wanted quantity in `chosen`, or says why not."""
    place = _place(wanted, original)
    what = f"line {wanted.line}" if wanted.line is not None else f"line with id {wanted.detail_id}"
    if place is None:
        return f"Invoice {spoken(original)} has no {what}; it has {len(original.lines)} lines, choose one of them."
    line, taken = chosen[place].line, chosen[place].quantity
    if taken is not None:
        return f"{what.capitalize()} of invoice {spoken(original)} is chosen twice; say once how much of it comes back."
    quantity = abs(line.quantity) if wanted.quantity is None else wanted.quantity
    if quantity > abs(line.quantity):
        return (
            f"{what.capitalize()} of invoice {spoken(original)}: expected at most {plain_number(abs(line.quantity))}, "
            f"as was invoiced, found {plain_number(quantity)}; lower the quantity."
        )
    chosen[place] = CreditedLine(line, -quantity if line.quantity > 0 else quantity)
    return None


def _place(wanted: CreditLine, original: SalesInvoice) -> int | None:
    if wanted.line is not None:
        return wanted.line - 1 if wanted.line <= len(original.lines) else None
    return next((at for at, line in enumerate(original.lines) if line.line_id == wanted.detail_id), None)


def credit_totals(chosen: Chosen, original: SalesInvoice, rates: Sequence[TaxRate]) -> Totals:
    """The amounts of the credit; `rates` stand in the order of the lines. The whole has the invoice's own VAT, turned:
    with prices that include VAT its rounding may leave a cent, which goes to the rate with most VAT."""
    found = totals(
        (each.net, rate) for each, rate in zip(chosen.lines, rates, strict=True) if each.quantity is not None
    )
    rest = -original.tax_amount - found.tax_amount
    if not chosen.is_whole or not rest or not found.rate_totals:
        return found
    most = max(range(len(found.rate_totals)), key=lambda at: abs(found.rate_totals[at].tax_amount))
    per_rate = list(found.rate_totals)
    per_rate[most] = replace(per_rate[most], tax_amount=per_rate[most].tax_amount + rest)
    return Totals(tuple(per_rate), found.total_excl_amount, -original.tax_amount)


def spoken(original: SalesInvoice) -> str:
    """The invoice as people call it."""
    return original.number or original.sales_invoice_id
