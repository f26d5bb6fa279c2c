"""Exact values in, Dutch notation out: € 48.213,07, 21,5 %, 20-11-2026. Nothing here calculates."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

MISSING = "–"
SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|$<>:~.-])")


def money(amount: Decimal | None, currency: str = "EUR") -> str:
    """`€ 48.213,07`, `€ -1.200,00`, and `CHF 12,00` where the currency has no sign of its own; none is a dash."""
    return MISSING if amount is None else f"{SYMBOLS.get(currency, currency)} {number(amount)}"


def number(amount: Decimal | None, decimals: int = 2) -> str:
    """`48.213,07`: points between thousands, a comma before the decimals, never `-0,00`."""
    if amount is None:
        return MISSING
    text = f"{amount:,.{decimals}f}"
    if not text.strip("-0.,"):
        text = text.removeprefix("-")
    return text.translate(str.maketrans(",.", ".,"))


def percentage(share: Decimal | None, decimals: int = 1, signed: bool = False) -> str:
    """A share of 1 as `21,5 %`; with `signed` also `+21,5 %`. None, such as a division by zero, is a dash."""
    if share is None:
        return MISSING
    text = number(share.scaleb(2), decimals)
    return f"{'+' if signed and share > 0 else ''}{text} %"


def day(value: date | None) -> str:
    """`20-11-2026`."""
    return MISSING if value is None else f"{value:%d-%m-%Y}"


def moment(value: datetime | None) -> str:
    """`08:02 on 20-11-2026`, of a time that is already local."""
    return "never" if value is None else f"{value:%H:%M} on {day(value)}"


def month(value: date) -> str:
    """`November 2026`."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def period(text: str | None) -> str:
    """`2026-10` as `October 2026`, `2026-11-20` as `20-11-2026`; anything else as it is."""
    if text and re.fullmatch(r"\d{4}-\d{2}", text):
        return month(date.fromisoformat(f"{text}-01"))
    if text and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return day(date.fromisoformat(text))
    return text or ""


def months_to(last: date) -> str:
    """The months of a year up to and including `last`: `Jan`, or `Jan–Oct`."""
    name = MONTHS[last.month - 1][:3]
    return name if last.month == 1 else f"{MONTHS[0][:3]}–{name}"


def count(amount: int, singular: str, plural: str = "") -> str:
    """`1 invoice`, `1.204 invoices`."""
    return f"{number(Decimal(amount), 0)} {singular if amount == 1 else plural or singular + 's'}"


def listing(names: list[str], limit: int = 3) -> str:
    """`A, B and C`, or `A, B, C and 4 more`."""
    shown = names[:limit]
    if len(names) > limit:
        return f"{', '.join(shown)} and {len(names) - limit} more"
    return " and ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)


def plain(text: object) -> str:
    """`text` so that Markdown shows it as typed: names and descriptions come from other people's books."""
    return _MARKDOWN.sub(r"\\\1", str(text)).replace("\n", " ")
