"""What an invoice adds up to: nets per line, tax per rate, totals, and the text a quantity is typed as.

Whole cents, rounded half away from zero. Tax is computed per rate over the document (`tax_totals`; D18 asks per line);
a rate of 0 % or none has no row there. Prices including tax give the tax by division and the net as the rest, and the
last line of a rate takes the cent that is left, so lines plus tax are always the total.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple

from pipelines.sandbox.model import Cents, Invoice, TaxRate

_HUNDRED = Decimal(100)
_LEADING_NUMBER = re.compile(r"^\s*(-?\d+(?:[.,]\d+)?)")
_NUMBER = re.compile(r"^-?\d+[.,]?\d*$")


class TaxTotal(NamedTuple):
    """One row of `tax_totals`."""

    tax_rate_id: int
    taxable: Cents
    taxable_base: Cents
    tax: Cents
    tax_base: Cents


class Figures(NamedTuple):
    """Everything that follows from lines, rates, discount and currency. `nets` stand in the order of the lines."""

    nets: tuple[Cents, ...]
    nets_base: tuple[Cents, ...]
    tax_totals: tuple[TaxTotal, ...]
    excl: Cents
    excl_base: Cents
    incl: Cents
    incl_base: Cents
    discount: Cents


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


def figures(invoice: Invoice, rates: Mapping[int, TaxRate], per_line: bool = False) -> Figures:
    """The figures of one invoice. `per_line` rounds tax on every line instead of once per rate (D18)."""
    keep = (_HUNDRED - invoice.discount) / _HUNDRED
    prices = [to_int(line.price * line.quantity * keep) for line in invoice.lines]
    full = sum(to_int(line.price * line.quantity) for line in invoice.lines)
    groups: dict[int, list[int]] = {}
    for position, line in enumerate(invoice.lines):
        groups.setdefault(line.tax_rate_id, []).append(position)
    nets = list(prices)
    taxes: list[tuple[int, Cents, Cents]] = []
    for rate_id, positions in groups.items():
        percentage = rates[rate_id].percentage or Decimal(0)
        tax = _tax([prices[p] for p in positions], percentage, invoice.prices_are_incl_tax, per_line)
        if invoice.prices_are_incl_tax:
            _take_tax_out(nets, positions, percentage, tax)
        if percentage:
            taxes.append((rate_id, sum(nets[p] for p in positions), tax))
    return _with_base(invoice, nets, taxes, full - sum(prices))


def _tax(prices: list[Cents], percentage: Decimal, included: bool, per_line: bool) -> Cents:
    share = percentage / (_HUNDRED + percentage) if included else percentage / _HUNDRED
    parts = prices if per_line else [sum(prices)]
    return sum(to_int(part * share) for part in parts)


def _take_tax_out(nets: list[Cents], positions: list[int], percentage: Decimal, tax: Cents) -> None:
    gross = sum(nets[p] for p in positions)
    for position in positions:
        nets[position] = to_int(nets[position] * _HUNDRED / (_HUNDRED + percentage))
    nets[positions[-1]] += gross - tax - sum(nets[p] for p in positions)


def _with_base(invoice: Invoice, nets: list[Cents], taxes: list[tuple[int, Cents, Cents]], discount: Cents) -> Figures:
    rate = invoice.rate
    nets_base = nets if rate == 1 else [to_int(net * rate) for net in nets]
    totals = tuple(
        TaxTotal(
            rate_id,
            taxable,
            sum(base for base, line in zip(nets_base, invoice.lines, strict=True) if line.tax_rate_id == rate_id),
            tax,
            tax if rate == 1 else to_int(tax * rate),
        )
        for rate_id, taxable, tax in taxes
    )
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
    )
