"""What an invoice adds up to: nets per line, tax per rate, totals, and the text a quantity is typed as.

Whole cents, rounded half away from zero. Tax is computed per rate over the document (`tax_totals`; D18 asks per line);
a rate of 0 % or none has no row there. Prices including tax give the tax by division and the net as the rest, and the
last line of a rate takes the cent that is left, so lines plus tax are always the total.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple, Protocol

from pipelines.sandbox.model import Cents, Line, TaxRate
from pipelines.sandbox.rules import documents, follows, money

_HUNDRED = Decimal(100)
_LEADING_NUMBER = re.compile(r"^\s*(-?\d+(?:[.,]\d+)?)")
_BUYER_OWES = frozenset({"NL/2a", "NL/4a", "NL/4b"})
_INPUT_TAX = "NL/5b"
_NUMBER = re.compile(r"^-?\d+[.,]?\d*$")


class Document(Protocol):
    """What has lines and adds up: invoices of every kind, purchases, estimates, recurring invoices."""

    @property
    def id(self) -> int: ...
    @property
    def lines(self) -> Sequence[Line]: ...
    @property
    def rate(self) -> Decimal: ...
    @property
    def discount(self) -> Decimal: ...
    @property
    def prices_are_incl_tax(self) -> bool: ...


class TaxTotal(NamedTuple):
    """One row of `tax_totals`."""

    tax_rate_id: int
    taxable: Cents
    taxable_base: Cents
    tax: Cents
    tax_base: Cents


class Figures(NamedTuple):
    """Everything that follows from lines, rates, discount and currency. `nets` stand in the order of the lines.

    `reverse_charged` is tax that the buyer owes himself (P-7): in the books and the return, not on the document.
    """

    nets: tuple[Cents, ...]
    nets_base: tuple[Cents, ...]
    tax_totals: tuple[TaxTotal, ...]
    excl: Cents
    excl_base: Cents
    incl: Cents
    incl_base: Cents
    discount: Cents
    reverse_charged: tuple[TaxTotal, ...] = ()


@follows(documents.REVERSE_CHARGED_RATES)
def is_reverse_charged(rate: TaxRate) -> bool:
    """A purchase rate whose tax the buyer owes: its lines land in box 2a, 4a or 4b of the return (P-7, A)."""
    return rate.kind == "purchase_invoice" and not _BUYER_OWES.isdisjoint(rate.references)


def is_deductible(rate: TaxRate) -> bool:
    """Whether the tax comes back as input tax: box 5b is among the rate's. A small or exempt buyer's is not (A)."""
    return _INPUT_TAX in rate.references


@follows(documents.HALF_AWAY)
def to_int(value: Decimal) -> int:
    """A whole number, half away from zero."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def text(cents: Cents) -> str:
    """`36300` → `"363.0"`, `-15724` → `"-157.24"`: at least one decimal, no trailing zero, as the API writes money."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    decimals = f"{rest:02d}".rstrip("0") or "0"
    return f"{sign}{whole}.{decimals}"


def decimal_text(value: Decimal) -> str:
    """`Decimal("1")` → `"1.0"`, `Decimal("2.50")` → `"2.5"`."""
    plain = format(value, "f")
    if "." not in plain:
        return f"{plain}.0"
    plain = plain.rstrip("0")
    return f"{plain}0" if plain.endswith(".") else plain


def quantity(typed: str | None) -> Decimal:
    """What a typed quantity counts: `"1 x"` → 1, `"10 uur"` → 10, `"1,5"` → 1.5; nothing or only words → 1."""
    match = _LEADING_NUMBER.match(typed or "")
    return Decimal(match.group(1).replace(",", ".")) if match else Decimal(1)


def number(value: object) -> Decimal | None:
    """A number as requests may send it: JSON number or text with `.` or `,`; None when it is not one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Decimal(str(value))
    if isinstance(value, str) and _NUMBER.match(value):
        try:
            return Decimal(value.replace(",", "."))
        except InvalidOperation:
            return None
    return None


def figures(invoice: Document, rates: Mapping[int, TaxRate], per_line: bool = False) -> Figures:
    """The figures of one invoice. `per_line` rounds tax on every line instead of once per rate (D18)."""
    keep = (_HUNDRED - invoice.discount) / _HUNDRED
    prices = [to_int(line.price * line.quantity * keep) for line in invoice.lines]
    full = sum(to_int(line.price * line.quantity) for line in invoice.lines)
    groups: dict[int, list[int]] = {}
    for position, line in enumerate(invoice.lines):
        groups.setdefault(line.tax_rate_id, []).append(position)
    nets = list(prices)
    taxes: list[tuple[int, Cents, Cents]] = []
    reverse_charged: list[tuple[int, Cents, Cents]] = []
    for rate_id, positions in groups.items():
        percentage = rates[rate_id].percentage or Decimal(0)
        owed_by_buyer = is_reverse_charged(rates[rate_id])
        included = invoice.prices_are_incl_tax and not owed_by_buyer
        tax = _tax([prices[p] for p in positions], percentage, included, per_line)
        if included:
            _take_tax_out(nets, positions, percentage, tax)
        if percentage:
            kept = reverse_charged if owed_by_buyer else taxes
            kept.append((rate_id, sum(nets[p] for p in positions), tax))
    return _with_base(invoice, nets, taxes, reverse_charged, full - sum(prices))


@follows(money.OPEN_BASE)
def open_base(figures: Figures, paid: Cents, rate: Decimal) -> Cents:
    """What is open in the administration's currency after `paid` in the document's currency."""
    rest = figures.incl - paid
    if rate == 1:
        return rest
    if figures.incl == 0:
        return to_int(rest * rate)
    return to_int(Decimal(figures.incl_base) * rest / figures.incl)


@follows(documents.TAX_PER_DOCUMENT)
def _tax(prices: list[Cents], percentage: Decimal, included: bool, per_line: bool) -> Cents:
    share = percentage / (_HUNDRED + percentage) if included else percentage / _HUNDRED
    parts = prices if per_line else [sum(prices)]
    return sum(to_int(part * share) for part in parts)


@follows(documents.TAX_INCLUDED, documents.LAST_LINE)
def _take_tax_out(nets: list[Cents], positions: list[int], percentage: Decimal, tax: Cents) -> None:
    gross = sum(nets[p] for p in positions)
    for position in positions:
        nets[position] = to_int(nets[position] * _HUNDRED / (_HUNDRED + percentage))
    nets[positions[-1]] += gross - tax - sum(nets[p] for p in positions)


@follows(documents.BASE_PER_LINE)
def _with_base(
    invoice: Document,
    nets: list[Cents],
    taxes: list[tuple[int, Cents, Cents]],
    reverse_charged: list[tuple[int, Cents, Cents]],
    discount: Cents,
) -> Figures:
    rate = invoice.rate
    nets_base = nets if rate == 1 else [to_int(net * rate) for net in nets]

    def total(rate_id: int, taxable: Cents, tax: Cents) -> TaxTotal:
        base = sum(base for base, line in zip(nets_base, invoice.lines, strict=True) if line.tax_rate_id == rate_id)
        return TaxTotal(rate_id, taxable, base, tax, tax if rate == 1 else to_int(tax * rate))

    totals = tuple(total(*row) for row in taxes)
    excl, excl_base = sum(nets), sum(nets_base)
    return Figures(
        nets=tuple(nets),
        nets_base=tuple(nets_base),
        tax_totals=totals,
        excl=excl,
        excl_base=excl_base,
        incl=excl + sum(total.tax for total in totals),
        incl_base=excl_base + sum(total.tax_base for total in totals),
        discount=discount,
        reverse_charged=tuple(total(*row) for row in reverse_charged),
    )
