"""What a cell, a form or a file may hold, checked for shape: amounts without floats, ids, days, periods, references."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

MAXIMUM_AMOUNT = Decimal(1_000_000_000)
"""Moneybird refuses amounts beyond ±1 000 000 000 (OpenAPI, schema `money`)."""

MAXIMUM_REFERENCE = 120  # characters of the customer's own; Moneybird documents no limit, the key must stay in sight
PRECISION = 6  # decimals of a quantity or unit price, as the warehouse keeps them

_NOT_IN_A_REFERENCE = re.compile(r"[\x00-\x1f\x7f/\\?#%]")
_NOT_IN_A_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # invisible, and PostgreSQL refuses a NUL
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)  # beyond them a date is a slip of the keyboard
_PERIOD = re.compile(r"^(\d{8})\.\.(\d{8})$")


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError("a float loses cents; write the amount as text, such as '129.95'")
    if isinstance(value, str):
        try:
            Decimal(value)
        except InvalidOperation:
            raise ValueError(f"{value!r} is not an amount; write it with a point, such as '129.95'") from None
    return value


def _bounded(value: Decimal) -> Decimal:
    if abs(value) > MAXIMUM_AMOUNT:
        raise ValueError("beyond 1 000 000 000 either way, which Moneybird refuses")
    return value


def _tidy_reference(value: str) -> str:
    text = " ".join(value.split())
    found = _NOT_IN_A_REFERENCE.search(text)
    if found:
        raise ValueError(
            f"{found.group()!r} cannot be looked up at Moneybird afterwards; write a space or a dash instead"
        )
    if len(text) > MAXIMUM_REFERENCE:
        raise ValueError(f"{len(text)} characters; a reference has at most {MAXIMUM_REFERENCE}")
    return text


def lookable(text: str) -> str:
    """`text` as a reference that can be looked up: what Moneybird's path cannot hold becomes a dash, the end is cut."""
    return " ".join(_NOT_IN_A_REFERENCE.sub("-", text).split())[:MAXIMUM_REFERENCE].rstrip()


def _visible(value: str) -> str:
    if found := _NOT_IN_A_TEXT.search(value):
        raise ValueError(f"the control character {found.group()!r} is in it; take it out")
    return value


def likely(value: date) -> date:
    """`value`, unless it is a slip of the keyboard. Raises ValueError."""
    if not _FIRST_DAY <= value <= _LAST_DAY:
        raise ValueError(f"{value.isoformat()} is not between {_FIRST_DAY} and {_LAST_DAY}")
    return value


def _known_period(value: str) -> str:
    match = _PERIOD.match(value)
    if not match:
        raise ValueError("expected first and last day as 20260101..20260331")
    try:
        first, last = (datetime.strptime(day, "%Y%m%d").date() for day in match.groups())  # noqa: DTZ007 - a date
    except ValueError:
        raise ValueError(f"{value} has a day that does not exist") from None
    if last < first:
        raise ValueError("its last day is before its first")
    return value


Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Identifier = Annotated[str, Field(pattern=r"^\d{1,20}$")]
Amount = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(decimal_places=PRECISION, allow_inf_nan=False),
    AfterValidator(_bounded),
]
Period = Annotated[str, AfterValidator(_known_period)]
Reference = Annotated[str, AfterValidator(_tidy_reference)]
Text = Annotated[str, AfterValidator(_visible)]
Day = Annotated[date, AfterValidator(likely)]
