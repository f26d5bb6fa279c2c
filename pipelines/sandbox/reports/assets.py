"""`assets`: what each asset was worth, and what happened to that in the period.

From the value changes of the assets and not from their lines, because a change that was booked elsewhere has none. Wear
(`linear`, `arbitrary`) is depreciation, the end of an asset is divestment, a change by hand is a value change (A: no
example has a change inside its period). Amounts that lower the value are negative, as in the example.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.books.assets import FINAL, cost, month_end, value_changes
from pipelines.sandbox.ledger import Month, first_day
from pipelines.sandbox.model import Asset, Cents

_YEAR_SECONDS = 31_556_952  # S: five years are 157,784,760 seconds
_WEAR = frozenset({"linear", "arbitrary"})


def assets(administration: Administration, first: Month, last: Month) -> list[dict[str, Any]]:
    """Every asset that was there in the period, bought first first. What has yet to happen is not in it."""
    start, end = first_day(first), min(month_end(last), administration.clock.today())
    there = [
        asset for asset in administration.assets.values() if asset.purchase_day <= end and _gone(asset, start) is None
    ]
    return [_row(asset, start, end) for asset in sorted(there, key=lambda asset: (asset.purchase_day, asset.id))]


def _gone(asset: Asset, before: date) -> date | None:
    """The day it left the balance sheet, when that was before the given one."""
    days = [change.day for change in value_changes(asset, before) if change.kind in FINAL and change.day < before]
    if asset.disposed_on is not None and asset.disposed_on < before:
        days.append(asset.disposed_on)
    return min(days, default=None)


def _row(asset: Asset, start: date, end: date) -> dict[str, Any]:
    sums: dict[str, Cents] = {"depreciation": 0, "divestment": 0, "value_changes": 0}
    before = 0
    for day, name, amount in _changes(asset, end):
        if day < start:
            before += amount
        else:
            sums[name] += amount
    bought = asset.purchase_day >= start
    begin = 0 if bought else cost(asset) + before
    investment = cost(asset) if bought else 0
    return {
        "asset_id": str(asset.id),
        "ledger_account_id": str(asset.account_id),
        "name": asset.name,
        "purchase_date": asset.purchase_day.isoformat(),
        "lifespan": str(int(asset.lifespan_years * _YEAR_SECONDS)) if asset.lifespan_years else None,
        "purchase_value": text(asset.purchase_value),
        "calculated_purchase_value": text(cost(asset)),
        "residual_value": text(asset.residual),
        "total_value_changes_since_purchase": text(before + sum(sums.values())),
        "value_at_begin": text(begin),
        "investment": text(investment),
        **{name: text(amount) for name, amount in sums.items()},
        "value_at_end": text(begin + investment + sum(sums.values())),
    }


def _changes(asset: Asset, end: date) -> list[tuple[date, str, Cents]]:
    """Day, column and amount; being sold or thrown away takes what is left."""
    changes = value_changes(asset, end)
    found = [
        (
            change.day,
            "depreciation" if change.kind in _WEAR else "divestment" if change.kind in FINAL else "value_changes",
            change.amount,
        )
        for change in changes
    ]
    day = asset.disposed_on
    if day is not None and day <= end and not any(change.kind in FINAL for change in changes):
        found.append((day, "divestment", -cost(asset) - sum(change.amount for change in changes)))
    return found
