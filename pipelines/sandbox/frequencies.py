"""Every so many days, weeks, months, quarters or years: which days that gives, and how a period moves along.

Days are counted from the first one, so that what begins on the 31st comes back to the 31st after a shorter month.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

Frequency = tuple[int, str]  # how many of which: (2, "month")

TYPES = ("day", "week", "month", "quarter", "year")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}


def after(day: date, count: int, every: Frequency) -> date:
    """The day `count` times later, or the last day of a shorter month. OverflowError beyond the calendar."""
    frequency, kind = every
    if kind in _DAYS:
        return day + timedelta(days=_DAYS[kind] * frequency * count)
    month = day.year * 12 + day.month - 1 + _MONTHS[kind] * frequency * count
    year, number = month // 12, month % 12 + 1
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(f"{count} x {frequency} {kind} after {day} is beyond the calendar")
    return date(year, number, min(day.day, monthrange(year, number)[1]))


def following(start: date, day: date, every: Frequency) -> date:
    """The first day after `day` in the row that begins with `start`."""
    return after(start, _passed(start, day, every), every)


def preceding(start: date, day: date, every: Frequency) -> date:
    """The last day before `day` in the row that begins with `start`; `start` when there is none."""
    return after(start, max(0, _passed(start, day - timedelta(days=1), every) - 1), every)


def is_in(start: date, day: date, every: Frequency) -> bool:
    """Whether the row that begins with `start` comes by that day."""
    return day == start or (day > start and following(start, day - timedelta(days=1), every) == day)


def _passed(start: date, day: date, every: Frequency) -> int:
    """How many days of the row are not after `day`."""
    frequency, kind = every
    if day < start:
        return 0
    if kind in _DAYS:
        return (day - start).days // (_DAYS[kind] * frequency) + 1
    count = ((day.year - start.year) * 12 + day.month - start.month) // (_MONTHS[kind] * frequency)
    return count + (after(start, count, every) <= day)


def period_of(day: date, every: Frequency) -> tuple[date, date]:
    """What an invoice of that day is for: until the day before the next one."""
    return day, after(day, 1, every) - timedelta(days=1)


def moved(period: tuple[date, date], every: Frequency) -> tuple[date, date]:
    """The next period. One that ends with a month goes on ending with a month."""
    start, end = period
    later = after(end, 1, every)
    if every[1] in _MONTHS and (end + timedelta(days=1)).day == 1:
        later = later.replace(day=monthrange(later.year, later.month)[1])
    return after(start, 1, every), later


def times(inner: Frequency, outer: Frequency) -> int | None:
    """How often the inner period fits in the outer one; None when it does not fit a whole number of times."""
    for lengths in (_MONTHS, _DAYS):
        if inner[1] in lengths and outer[1] in lengths:
            count, rest = divmod(outer[0] * lengths[outer[1]], inner[0] * lengths[inner[1]])
            return count if count and not rest else None
    return None
