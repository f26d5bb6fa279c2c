"""VAT in cents: per line or on the total, both allowed, never mixed (DOMAIN R1.5); and packages of several rates.

Moneybird's own way is not documented; what it answers is kept, and this only says what to expect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from pipelines.money import ZERO, to_cents

_HUNDRED = Decimal(100)


def on_net(net: Decimal, percentage: Decimal) -> Decimal:
    """VAT over an amount without VAT: 20.00 at 21 % → 4.20."""
    return to_cents(net * percentage / _HUNDRED)


def in_gross(gross: Decimal, percentage: Decimal) -> Decimal:
    """VAT inside an amount with VAT: 100.00 at 21 % → 17.36."""
    return to_cents(gross * percentage / (_HUNDRED + percentage))


def per_line(amounts: Iterable[Decimal], percentage: Decimal, *, with_vat: bool = False) -> Decimal:
    """VAT of a document, every line rounded by itself."""
    one = in_gross if with_vat else on_net
    return sum((one(amount, percentage) for amount in amounts), ZERO)


def on_total(amounts: Iterable[Decimal], percentage: Decimal, *, with_vat: bool = False) -> Decimal:
    """VAT of a document, rounded once over the total."""
    total = sum(amounts, ZERO)
    return in_gross(total, percentage) if with_vat else on_net(total, percentage)


def split_package(price: Decimal, market_values: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """An all-in price over its parts by market value, cents to the largest part (DOMAIN R1.3). Sums to `price`."""
    whole = sum(market_values, Decimal(0))
    if whole <= 0 or min(market_values) < 0:
        raise ValueError("the market values of a package are not negative and together more than nothing")
    parts = [to_cents(price * value / whole) for value in market_values]
    parts[max(range(len(parts)), key=lambda place: market_values[place])] += price - sum(parts, ZERO)
    return tuple(parts)
