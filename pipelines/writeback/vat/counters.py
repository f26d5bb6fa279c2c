"""The two limits a seller can cross: sales to consumers elsewhere in the EU, and turnover in the small business scheme.

Amounts are in euros without VAT. A supply that crosses a limit already falls under the other side of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.money import ZERO

CONSUMER_LIMIT = Decimal(10_000)
"""Per calendar year, for all countries together, digital services included (DOMAIN R1.11)."""

KOR_LIMIT = Decimal(20_000)
"""Per calendar year (DOMAIN R1.13)."""


@dataclass(frozen=True)
class ConsumerSale:
    """One sale as it may count; `day` is its tax point. A credit has a negative amount."""

    administration_id: str
    day: date
    customer_zone: str
    customer_type: str
    supply_kind: str
    movement: str
    amount: Decimal

    @property
    def counts(self) -> bool:
        """Goods that go to a consumer elsewhere in the EU, and digital services there; no other service does."""
        if self.customer_type != "consumer":
            return False
        if self.supply_kind == "goods":
            return self.movement == "leaves" and self.customer_zone in ("EU", "XI")
        return self.supply_kind == "digital" and self.customer_zone == "EU"


def count_consumer_sales(sales: Iterable[ConsumerSale]) -> dict[tuple[str, int], Decimal]:
    """Administration and year → what counts towards the limit; one counter for all countries."""
    counted: dict[tuple[str, int], Decimal] = defaultdict(lambda: ZERO)
    for sale in sales:
        if sale.counts:
            counted[sale.administration_id, sale.day.year] += sale.amount
    return dict(counted)


@dataclass(frozen=True)
class ConsumerSales:
    """What one seller sold to consumers elsewhere in the EU, this year until now and last year."""

    this_year: Decimal = ZERO
    last_year: Decimal = ZERO

    @classmethod
    def of(cls, counted: Mapping[tuple[str, int], Decimal], administration_id: str, year: int) -> ConsumerSales:
        return cls(counted.get((administration_id, year), ZERO), counted.get((administration_id, year - 1), ZERO))

    def state(self, amount: Decimal, *, is_one_stop_shop: bool) -> str:
        """The word of the dimension consumer_sales for a sale of `amount` that comes next."""
        if is_one_stop_shop:
            return "oss"
        crossed = self.last_year > CONSUMER_LIMIT or self.this_year + max(amount, ZERO) > CONSUMER_LIMIT
        return "over" if crossed else "below"


def crosses_kor(turnover: Decimal, amount: Decimal) -> bool:
    """Whether a sale of `amount` after `turnover` this year ends the small business scheme."""
    return turnover + max(amount, ZERO) > KOR_LIMIT
