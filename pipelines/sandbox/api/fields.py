"""One field of a request body at a time: the value, or a complaint in the words of a 422."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import decimal_text, number
from pipelines.sandbox.api import periods
from pipelines.sandbox.api.answer import Complaints, RefusalError, not_found

MOST_MONEY = Decimal(1_000_000_000)


def unknown(complaints: Complaints, given: dict[str, Any], known: frozenset[str], prefix: str) -> None:
    for key in sorted(given.keys() - known):
        complaints.add(f"{prefix}{key}", "is not allowed", "unknown")


def record_id(
    value: Any, known: dict[int, Any], name: str, complaints: Complaints, required: bool = False
) -> int | None:
    """The id when it names a record; a missing contact is blank, an unknown one a 404, an unknown rate a 422."""
    if value in (None, ""):
        if required:
            complaints.add(name, "can't be blank", "blank")
        return None
    text = str(value)
    id_ = int(text) if text.isdecimal() and not isinstance(value, bool) else 0
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
    found = number(value)
    if found is None:
        complaints.add(name, "is not a number", "not_a_number", value=value)
    elif abs(found) > MOST_MONEY:
        complaints.add(name, f"must be less than or equal to {decimal_text(MOST_MONEY)}", "less_than_or_equal_to")
    return found


def whole(given: dict[str, Any], name: str, default: int, complaints: Complaints) -> int:
    value = given.get(name)
    if value in (None, ""):
        return default
    if isinstance(value, bool) or not str(value).lstrip("-").isdecimal():
        complaints.add(name, "is not a number", "not_a_number", value=value)
        return default
    return int(str(value))


def flag(value: Any, name: str, complaints: Complaints) -> bool:
    if value in (None, True, False, "true", "false"):
        return value in (True, "true")
    complaints.add(name, "is invalid", "invalid")
    return False


def day(value: Any, complaints: Complaints) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        complaints.add("invoice_date", "is invalid", "invalid")
        return None


def period(administration: Administration, value: Any, complaints: Complaints) -> tuple[date, date] | None:
    if value in (None, ""):
        return None
    try:
        return periods.for_list(str(value), administration.clock.today())
    except RefusalError:
        complaints.add("details.period", "is invalid", "invalid")
        return None
