"""Periods of lists and of reports, which follow different rules.

Lists take presets and two-sided ranges of months or days, at most ten years, and reject a bare month. Reports take
whole months only, also as a bare month, at most twelve of them; the agings take one end and no beginning.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from pipelines.sandbox.api.answer import RefusalError, refuse
from pipelines.sandbox.ledger import Month, first_day, month_of

LONGEST_LIST_YEARS = 10
LONGEST_REPORT_MONTHS = 12
# Farther off, sums of days leave the calendar; the service's bound is unknown.
FIRST_YEAR, LAST_YEAR = 1900, 2199
_PRESET = re.compile(r"^(this|prev|next)_(week|month|quarter|year)$")
_INVALID = "Period is invalid"


def for_list(text: str, today: date) -> tuple[date, date]:
    """First and last day of a list's period."""
    preset = _preset(text, today)
    if preset is not None:
        return preset
    if ".." not in text:
        raise refuse(400, _INVALID)
    start_text, _, end_text = text.partition("..")
    if not start_text or not end_text:
        raise refuse(400, "Period must have both a start and end date")
    start, end = _day(start_text, last=False), _day(end_text, last=True)
    if end < start or end >= _years_later(start, LONGEST_LIST_YEARS):
        raise refuse(400, _INVALID)
    return start, end


def for_report(text: str, today: date, longest: int = LONGEST_REPORT_MONTHS) -> tuple[Month, Month]:
    """First and last month of a report's period; `longest` is in months."""
    preset = None if text.endswith("_week") else _preset(text, today)
    if preset is not None:
        start, end = preset
    else:
        start_text, dots, end_text = text.partition("..")
        if dots and (not end_text or len(start_text) != len(end_text)):
            raise refuse(400, _INVALID)
        start, end = _day(start_text, last=False), _day(end_text or start_text, last=True)
    first, last = month_of(start), month_of(end)
    if start.day != 1 or (end + timedelta(days=1)).day != 1 or last < first:
        raise refuse(400, _INVALID)
    if last - first + 1 > longest:
        raise refuse(400, f"Period cannot exceed {longest} month{'s' if longest > 1 else ''}")
    return first, last


def until(text: str, today: date) -> date:
    """The last day that an aging counts: the end of a month, of a preset, or a day (A: only the pattern allows it)."""
    preset = None if text.endswith("_week") or text.startswith("next_") else _preset(text, today)
    return preset[1] if preset is not None else _day(text, last=True)


def parts(first: Month, last: Month, months: int) -> list[tuple[Month, Month]]:
    """The period cut at calendar months, quarters or years, `months` long but for the ends of the period."""
    starts = [first, *(month for month in range(first + 1, last + 1) if month % months == 0)]
    return list(zip(starts, [*(start - 1 for start in starts[1:]), last], strict=True))


def _preset(text: str, today: date) -> tuple[date, date] | None:
    match = _PRESET.match(text)
    if match is None:
        return None
    step = {"this": 0, "prev": -1, "next": 1}[match.group(1)]
    unit = match.group(2)
    if unit == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
        return monday, monday + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = month_of(today) // months * months + step * months
    return first_day(first), first_day(first + months) - timedelta(days=1)


def _day(text: str, last: bool) -> date:
    """`YYYYMM` or `YYYYMMDD`; a month gives its first or its last day."""
    try:
        if not text.isdecimal() or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
            raise refuse(400, _INVALID)
        if len(text) == 6:
            year, month = int(text[:4]), int(text[4:])
            return date(year, month, monthrange(year, month)[1] if last else 1)
        if len(text) == 8:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except RefusalError:
        raise
    except ValueError:
        pass
    raise refuse(400, _INVALID)


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February, or beyond the calendar
        return day + timedelta(days=365 * years) if day.year + years <= 9999 else date.max
