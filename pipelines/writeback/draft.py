"""What a person types into a draft invoice, checked for shape; `validate.py` checks it against the administration."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

MAXIMUM_AMOUNT = Decimal(1_000_000_000)
"""Moneybird refuses amounts beyond ±1 000 000 000 (OpenAPI, schema `money`)."""

MAXIMUM_REFERENCE = 120  # characters of the customer's own; Moneybird documents no limit, the key must stay in sight
MAXIMUM_LINES = 200
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


def _visible(value: str) -> str:
    if found := _NOT_IN_A_TEXT.search(value):
        raise ValueError(f"the control character {found.group()!r} is in it; take it out")
    return value


def _likely(value: date) -> date:
    if not _FIRST_DAY <= value <= _LAST_DAY:
        raise ValueError(f"{value.isoformat()} is not between {_FIRST_DAY} and {_LAST_DAY}")
    return value


def _some_lines(value: tuple[DraftLine, ...]) -> tuple[DraftLine, ...]:
    if not 1 <= len(value) <= MAXIMUM_LINES:
        raise ValueError(f"{len(value)} lines; a draft has 1 to {MAXIMUM_LINES}")
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
Day = Annotated[date, AfterValidator(_likely)]


class DraftLine(BaseModel):
    """One line. `unit_price` is without VAT; a negative quantity takes something off."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    description: Text = Field(min_length=1, max_length=5000)
    quantity: Amount = Decimal(1)
    unit_price: Amount
    tax_rate_id: Identifier
    ledger_account_id: Identifier
    project_id: Identifier | None = None
    period: Period | None = None  # 20260101..20261231: revenue is spread over it


class DraftInvoice(BaseModel):
    """One draft sales invoice. Prices are without VAT, in the administration's own currency.

    `draft_id` names the form or file it came from: the same content under another `draft_id` is another invoice.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    administration_id: Identifier
    contact_id: Identifier
    customer_reference: Reference = ""  # the customer's own, printed for them
    invoice_date: Day | None = None  # empty: Moneybird fills it in when the invoice is sent
    lines: Annotated[tuple[DraftLine, ...], AfterValidator(_some_lines)]
    draft_id: str = Field("", max_length=80)
