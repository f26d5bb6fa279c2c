"""The expected totals of a document, per VAT rate.

VAT is rounded half up once per document and rate, as the `tax_totals` of Moneybird's own examples are (POSTINGS D18,
the default; not confirmed on a live administration).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pipelines.money import ZERO, to_cents
from pipelines.writeback.catalogue import TaxRate
from pipelines.writeback.vat.rounding import on_net


@dataclass(frozen=True)
class RateTotal:
    """One VAT rate of the document: `taxable_amount` without VAT, `tax_amount` the VAT on it."""

    tax_rate_id: str
    name: str
    percentage: Decimal
    taxable_amount: Decimal
    tax_amount: Decimal


@dataclass(frozen=True)
class Totals:
    """A document's amounts."""

    rate_totals: tuple[RateTotal, ...]
    total_excl_amount: Decimal
    tax_amount: Decimal

    @property
    def total_incl_amount(self) -> Decimal:
        return self.total_excl_amount + self.tax_amount


def line_amount(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """A line without VAT, in cents."""
    return to_cents(quantity * unit_price)


def totals(lines: Iterable[tuple[Decimal, TaxRate]]) -> Totals:
    """The totals of lines given as amount without VAT and rate."""
    nets: dict[str, Decimal] = defaultdict(lambda: ZERO)
    rates: dict[str, TaxRate] = {}
    for net, rate in lines:
        nets[rate.tax_rate_id] += net
        rates[rate.tax_rate_id] = rate
    per_rate = tuple(_rate_total(rates[rate_id], net) for rate_id, net in nets.items())
    vat = sum((total.tax_amount for total in per_rate), ZERO)
    return Totals(per_rate, sum(nets.values(), ZERO), vat)


def _rate_total(rate: TaxRate, net: Decimal) -> RateTotal:
    percentage = rate.percentage or Decimal(0)
    return RateTotal(rate.tax_rate_id, rate.name, percentage, net, on_net(net, percentage))
