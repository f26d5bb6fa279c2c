"""Amounts: `Decimal` in, `Decimal` out, cents rounded half away from zero as Dutch VAT practice does.

Python's `round()` and the decimal context default are half-even and wrong here (DOMAIN, global conventions).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def to_cents(amount: Decimal) -> Decimal:
    """`amount` rounded to whole cents, half away from zero: 20.125 → 20.13, −20.125 → −20.13."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
