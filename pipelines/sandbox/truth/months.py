"""Over which months a line counts (P-2, P-2b): the deferral rule, written out a second time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pipelines.sandbox.model import Cents
from pipelines.sandbox.truth.totals import half_up

Period = tuple[date, date]


def spread(net: Cents, period: Period, by_days: bool) -> Iterator[tuple[date, Cents]]:
    """First day of every touched month with its equal part, or its part by days (D6); the last takes what is left."""
    months = list(touched(period))
    weights = [(end - start).days + 1 if by_days else 1 for start, end in months]
    left = net
    for number, (start, _) in enumerate(months, start=1):
        part = left if number == len(months) else half_up(net * weights[number - 1], sum(weights))
        left -= part
        yield start.replace(day=1), part


def touched(period: Period) -> Iterator[Period]:
    """The part of the period in each of its months."""
    start, final = period
    while start <= final:
        following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield start, min(final, following - timedelta(days=1))
        start = following
