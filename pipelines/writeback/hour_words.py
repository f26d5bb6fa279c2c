"""What stands on the invoice about hours: the work, the days, the minutes, and at which level they were rounded."""

from __future__ import annotations

from pipelines.writeback.billing_hours import HourLine

_DUTCH_READERS = ("NL", "BE", "")  # others get English

_ROUNDED = {
    "nl": {
        "up": "naar boven", "down": "naar beneden", "nearest": "rekenkundig",
        "entry": "per urenregel", "day": "per dag", "line": "per factuurregel",
    },
    "en": {
        "up": "up to", "down": "down to", "nearest": "to the nearest",
        "entry": "per time entry", "day": "per day", "line": "per invoice line",
    },
}  # fmt: skip


def description(line: HourLine) -> str:
    """The line's text, in Dutch for Dutch and Belgian customers."""
    return _dutch(line) if (line.entries[0].contact_country_code or "") in _DUTCH_READERS else _english(line)


def _dutch(line: HourLine) -> str:
    days = _days(line, "t/m")
    policy, words = line.policy, _ROUNDED["nl"]
    how = (
        "niet afgerond"
        if policy.is_exact
        else f"{words[policy.level]} {words[policy.mode]} afgerond op {policy.increment_minutes} minuten"
    )
    hours = f"{line.quantity:f}".replace(".", ",")
    note = "" if line.is_quantity_exact else ", afgerond op honderdsten van uren"
    return (
        f"{_work(line, 'Werkzaamheden')}, {days}: {line.worked_minutes} minuten gewerkt, {how}: "
        f"{line.billed_minutes} minuten = {hours} uur{note}"
    )


def _english(line: HourLine) -> str:
    days = _days(line, "to")
    policy, words = line.policy, _ROUNDED["en"]
    how = (
        "not rounded"
        if policy.is_exact
        else f"rounded {words[policy.mode]} {policy.increment_minutes} minutes {words[policy.level]}"
    )
    note = "" if line.is_quantity_exact else ", rounded to hundredths of hours"
    return (
        f"{_work(line, 'Work')}, {days}: {line.worked_minutes} minutes worked, {how}: "
        f"{line.billed_minutes} minutes = {line.quantity:f} hours{note}"
    )


def _work(line: HourLine, otherwise: str) -> str:
    first = line.entries[0]
    return f"{first.project_name or otherwise}{f', {first.user_name}' if line.policy.group_by_user else ''}"


def _days(line: HourLine, until: str) -> str:
    first, last = f"{line.first_day:%d-%m-%Y}", f"{line.last_day:%d-%m-%Y}"
    return first if first == last else f"{first} {until} {last}"
