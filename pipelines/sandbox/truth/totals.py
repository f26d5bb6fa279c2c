"""What a document adds up to, in whole numbers only.

The rules are those the API shows (`tax_totals` per rate, tax taken out of prices that include it, the last line of a
rate keeping the odd cent, every amount converted by itself); the arithmetic shares nothing with `amounts`, so that a
mistake there is seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Protocol

from pipelines.sandbox.model import Cents, Line, TaxRate

BUYER_OWES = frozenset({"NL/2a", "NL/4a", "NL/4b"})


class Adding(Protocol):
    """A document with lines."""

    @property
    def lines(self) -> Sequence[Line]: ...
    @property
    def rate(self) -> Decimal: ...
    @property
    def discount(self) -> Decimal: ...
    @property
    def prices_are_incl_tax(self) -> bool: ...


class Tax(NamedTuple):
    """One rate on a document; `shifted` tax is the buyer's to declare and not on the document."""

    tax_rate_id: int
    taxable: Cents
    taxable_base: Cents
    tax: Cents
    tax_base: Cents
    shifted: bool


class Totals(NamedTuple):
    """`nets` are in the order of the lines, `_base` amounts in the administration's currency."""

    nets: tuple[Cents, ...]
    nets_base: tuple[Cents, ...]
    taxes: tuple[Tax, ...]
    total: Cents
    total_base: Cents


def half_up(numerator: int, denominator: int) -> int:
    """The quotient as a whole number, half away from zero. The denominator is positive."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def times(amount: Cents, *factors: Decimal) -> Cents:
    """The amount times the factors, rounded once."""
    numerator, denominator = amount, 1
    for factor in factors:
        top, bottom = factor.as_integer_ratio()
        numerator *= top
        denominator *= bottom
    return half_up(numerator, denominator)


def is_shifted(rate: TaxRate) -> bool:
    return rate.kind == "purchase_invoice" and any(reference in BUYER_OWES for reference in rate.references)


def totals(document: Adding, rates: Mapping[int, TaxRate], per_line: bool = False) -> Totals:
    """`per_line` rounds tax on every line (D18) instead of once per rate."""
    left = 1 - document.discount / 100
    nets = [times(line.price, line.quantity, left) for line in document.lines]
    of_rate: dict[int, list[int]] = {}
    for number, line in enumerate(document.lines):
        of_rate.setdefault(line.tax_rate_id, []).append(number)
    taxed: list[tuple[int, Cents, Cents, bool]] = []
    for rate_id, numbers in of_rate.items():
        percentage, shifted = rates[rate_id].percentage or Decimal(0), is_shifted(rates[rate_id])
        if document.prices_are_incl_tax and not shifted:
            tax = _take_out(nets, numbers, percentage, per_line)
        else:
            tax = _sum([nets[number] for number in numbers], percentage / 100, per_line)
        if percentage:
            taxed.append((rate_id, sum(nets[number] for number in numbers), tax, shifted))
    bases = [times(net, document.rate) for net in nets]
    taxes = tuple(
        Tax(rate_id, net, sum(bases[n] for n in of_rate[rate_id]), tax, times(tax, document.rate), shifted)
        for rate_id, net, tax, shifted in taxed
    )
    charged = [tax for tax in taxes if not tax.shifted]
    total, base = sum(nets) + sum(t.tax for t in charged), sum(bases) + sum(t.tax_base for t in charged)
    return Totals(tuple(nets), tuple(bases), taxes, total, base)


def _sum(amounts: list[Cents], share: Decimal, per_line: bool) -> Cents:
    return sum(times(amount, share) for amount in amounts) if per_line else times(sum(amounts), share)


def _take_out(nets: list[Cents], numbers: list[int], percentage: Decimal, per_line: bool) -> Cents:
    """Turns prices that include tax into nets, and gives the tax."""
    top, bottom = percentage.as_integer_ratio()
    whole = 100 * bottom + top  # a price is this many parts, of which `top` are tax
    gross = [nets[number] for number in numbers]
    tax = sum(half_up(price * top, whole) for price in gross) if per_line else half_up(sum(gross) * top, whole)
    for number, price in zip(numbers, gross, strict=True):
        nets[number] = half_up(price * 100 * bottom, whole)
    nets[numbers[-1]] += sum(gross) - tax - sum(nets[number] for number in numbers)
    return tax


def rest_in_base(total: Cents, total_base: Cents, rate: Decimal, paid: Cents) -> Cents:
    """R4.1: what is open after `paid`, in the administration's currency: its share of the document's own value."""
    rest = total - paid
    if rate == 1:
        return rest
    if total == 0:
        return times(rest, rate)
    return half_up(total_base * rest if total > 0 else -total_base * rest, abs(total))
