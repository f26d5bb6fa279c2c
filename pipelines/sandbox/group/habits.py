"""How customers pay: mostly on time, some late, some in parts, a few not at all."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from pipelines.sandbox.group.sales import Receipt


def receipts(rng: Random, day: date, due_days: int) -> tuple[Receipt, ...]:
    """What happens to an ordinary invoice of `day`."""
    due = day + timedelta(days=due_days)
    roll = rng.random()
    if roll < 0.66:
        return (Receipt(day + timedelta(days=rng.randint(3, due_days))),)
    if roll < 0.90:
        return (Receipt(due + timedelta(days=rng.randint(1, 45))),)
    if roll < 0.95:
        share = Decimal(rng.choice((25, 40, 50, 60))) / 100
        first = Receipt(day + timedelta(days=rng.randint(5, due_days)), share)
        return (first, Receipt(due + timedelta(days=rng.randint(10, 70))))
    if roll < 0.98:
        return (Receipt(due + timedelta(days=rng.randint(60, 150))),)
    if roll < 0.99:
        return (Receipt(day + timedelta(days=rng.randint(5, due_days)), via="unmatched"),)
    return ()
