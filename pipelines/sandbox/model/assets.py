"""Worn out over years: assets and the changes of their value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pipelines.sandbox.cards import Milliseconds
from pipelines.sandbox.model.basics import Cents


@dataclass(slots=True)
class Asset:
    """Something worn out over years.

    `changes` are those made by hand; the plan's own come by themselves at month ends (`books.assets.value_changes`
    gives all of them), but for the month ends after the first and until the second day of `unwritten`: those of an
    asset that was entered or changed afterwards, as long as nobody asked for them.
    """

    id: int
    account_id: int  # the account of its cost
    name: str
    purchase_day: date
    purchase_value: Cents
    created: Milliseconds
    updated: Milliseconds
    lifespan_years: int | Decimal | None = None
    residual: Cents = 0
    plan_active: bool = True
    written_down_account_id: int | None = None
    depreciation_account_id: int | None = None
    changes: list[ValueChange] = field(default_factory=list)
    sources: list[tuple[int, int | None, int | None]] = field(default_factory=list)  # id, detail, journal entry
    disposed_on: date | None = None
    disposal_reason: str | None = None  # out_of_use, sold, private_withdrawal, divested
    disposal_booked_elsewhere: bool = False
    unwritten: tuple[date, date] | None = None
    disposal_id: int | None = None
    reserve_purchase: tuple[int, Cents] | None = None  # id, and what the reinvestment reserve paid of it
    reserve_sale: tuple[int, Cents] | None = None  # id, and what of its book result went into that reserve


@dataclass(slots=True)
class ValueChange:
    """A change of an asset's value on a day; `amount` negative wears it down."""

    id: int
    kind: str  # divestment, full_depreciation, manual, arbitrary, linear
    day: date
    amount: Cents
    description: str | None = None
    booked_elsewhere: bool = False
