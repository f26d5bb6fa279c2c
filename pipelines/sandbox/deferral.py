"""Which month gets which part of a line that runs over a period (P-2, P-2b).

Equal per touched month, because the help page divides 120 by 12 and not by days; the cents that do not divide go to the
last month (assumption A). D6 divides by the days of the period instead.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal

from pipelines.sandbox.amounts import to_int
from pipelines.sandbox.ledger import Month, month_of
from pipelines.sandbox.model import Cents
from pipelines.sandbox.rules import documents, follows


@follows(documents.EQUAL_MONTHS, documents.PARTIAL_MONTHS, documents.LAST_MONTH)
def shares(net: Cents, period: tuple[date, date], by_days: bool = False) -> list[tuple[Month, Cents]]:
    """Every month of the period with its share; the shares add up to `net`."""
    first, last = month_of(period[0]), month_of(period[1])
    months = list(range(first, last + 1))
    weights = [_days(month, period) for month in months] if by_days else [1] * len(months)
    total = sum(weights)
    parts = [to_int(Decimal(net) * weight / total) for weight in weights]
    parts[-1] += net - sum(parts)
    return list(zip(months, parts, strict=True))


def _days(month: Month, period: tuple[date, date]) -> int:
    year, number = month // 12, month % 12 + 1
    start = max(period[0], date(year, number, 1))
    end = min(period[1], date(year, number, monthrange(year, number)[1]))
    return (end - start).days + 1
