"""One field of a request body at a time: the value, or a complaint in the words of a 422."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.sandbox import amounts
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import periods
from pipelines.sandbox.api.answer import Complaints, RefusalError, not_found
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.model import Cents

_UNREACHABLE = ".invalid"  # no such domain exists (RFC 2606), so the sandbox need not ask anybody
ADDRESS = re.compile(r"^[^@\s,]+@[^@\s,]+\.[^@\s,.]+$")
MOST_MONEY = Decimal(1_000_000_000)
_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?![0-9])")
_MOST_DIGITS = 9  # of a count of days or seconds, well inside what a column of 32 bits holds


def unknown(complaints: Complaints, given: dict[str, Any], known: frozenset[str], prefix: str) -> None:
    for key in sorted(given.keys() - known):
        complaints.add(f"{prefix}{key}", "is not allowed", "unknown")


def rows(given: Any, name: str, complaints: Complaints) -> list[dict[str, Any]]:
    """The rows of a nested attribute; Rails forms send an object keyed by position instead of an array."""
    found = list(given.values()) if isinstance(given, dict) else given
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        complaints.add(name, "is invalid", "invalid")
        return []
    return found


def record_id(
    value: Any, known: dict[int, Any], name: str, complaints: Complaints, required: bool = False
) -> int | None:
    """The id when it names a record; a missing contact is blank, an unknown one a 404, an unknown rate a 422."""
    if value in (None, ""):
        if required:
            complaints.add(name, "can't be blank", "blank")
        return None
    id_ = id_of(value)
    if id_ in known:
        return id_
    if "." not in name:
        raise not_found(name)
    complaints.add(name, "is not found", "invalid")
    return None


def text(given: dict[str, Any], name: str, complaints: Complaints) -> str | None:
    value = given.get(name)
    if value is None or isinstance(value, str):
        return value
    complaints.add(name, "is invalid", "invalid")
    return None


def amount(value: Any, name: str, complaints: Complaints) -> Decimal | None:
    if value in (None, ""):
        return None
    found = amounts.number(value)
    if found is None:
        complaints.add(name, "is not a number", "not_a_number", value=value)
        return None
    return found if _within_bound(found, name, complaints) else None


def cents(value: Any, name: str, complaints: Complaints) -> Cents | None:
    """An amount of money; None when there is none."""
    found = amount(value, name, complaints)
    return None if found is None else amounts.to_int(found * 100)


def quantity(value: Any, name: str, complaints: Complaints) -> str | None:
    """A quantity as it was typed, `1 x`; None when nothing was."""
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        complaints.add(name, "is invalid", "invalid")
        return None
    typed = str(value) if value not in (None, "") else None
    return typed if _within_bound(amounts.quantity(typed), name, complaints) else None


def _within_bound(found: Decimal, name: str, complaints: Complaints) -> bool:
    """Whether a number keeps to the bound of `money`; of quantities the contract gives none."""
    if abs(found) <= MOST_MONEY:
        return True
    complaints.add(name, f"must be less than or equal to {amounts.decimal_text(MOST_MONEY)}", "less_than_or_equal_to")
    return False


def whole(given: dict[str, Any], name: str, default: int, complaints: Complaints) -> int:
    value = given.get(name)
    if value in (None, ""):
        return default
    if isinstance(value, bool) or not str(value).removeprefix("-").isdecimal():
        complaints.add(name, "is not a number", "not_a_number", value=value)
        return default
    if len(str(value)) > _MOST_DIGITS:
        complaints.add(name, "is invalid", "invalid")
        return default
    return int(str(value))


def flag(value: Any, name: str, complaints: Complaints) -> bool:
    if value in (None, True, False, "true", "false"):
        return value in (True, "true")
    complaints.add(name, "is invalid", "invalid")
    return False


def calendar_day(value: Any) -> date:
    """The date, also out of a moment and without zeros before its parts, as a request of the contract has one
    (`2017-6-30`). ValueError for none, or for one out of all bookkeeping.
    """
    parts = _DAY.match(str(value))
    found = date(*map(int, parts.groups())) if parts else date.fromisoformat(str(value)[:10])
    if not periods.FIRST_YEAR <= found.year <= periods.LAST_YEAR:
        raise ValueError(f"{found} is not a day of any bookkeeping")
    return found


def day(value: Any, name: str, complaints: Complaints, words: str = "is invalid", code: str = "invalid") -> date | None:
    if value in (None, ""):
        return None
    try:
        return calendar_day(value)
    except ValueError:
        complaints.add(name, words, code)
        return None


def period(administration: Administration, value: Any, complaints: Complaints) -> tuple[date, date] | None:
    if value in (None, ""):
        return None
    try:
        return periods.for_list(str(value), administration.clock.today())
    except RefusalError:
        complaints.add("details.period", "is invalid", "invalid")
        return None


def emails(value: str | None, key: str, complaints: Complaints) -> str | None:
    """One or more addresses with commas between them."""
    if not value:
        return None
    if not all(ADDRESS.match(part.strip()) for part in value.split(",")):
        complaints.add(key, "is invalid", "invalid", value=value)
    elif any(part.strip().lower().endswith(_UNREACHABLE) for part in value.split(",")):
        # Seen by two clients (QUIRKS 52); the code is a guess.
        complaints.add(key, "includes a domain which cannot receive emails", "invalid_domain", value=value)
    return value
