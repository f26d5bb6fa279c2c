"""What happened to an asset (P-20, P-20b): the plan and people wore it down, and at the end it left."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date

from pipelines.sandbox import chart
from pipelines.sandbox.model import Asset, Cents, ValueChange
from pipelines.sandbox.truth.happenings import Disposed, Worn
from pipelines.sandbox.truth.totals import half_up

_ENDS = ("divestment", "full_depreciation")


def happened(asset: Asset, roles: Mapping[str, int], today: date) -> Iterator[Worn | Disposed]:
    """Until `today`: every change that is in the books, and the end."""
    worth = _cost(asset)
    yield from _reserve(asset, roles, today)
    ended = asset.disposed_on is not None and asset.disposed_on <= today
    left_by_itself = False
    before_end = worth  # what it was worth on the day it was disposed of
    for day, change in _days(asset, today):
        if change is not None and change.kind in _ENDS:
            left_by_itself = True
            if not change.booked_elsewhere:
                yield _gone(asset, roles, day, worth)
            break
        amount = change.amount if change is not None else -_monthly(asset, day, worth)
        worth += amount
        if asset.disposed_on is not None and day <= asset.disposed_on:
            before_end = worth
        if change is None or not change.booked_elsewhere:
            cost = asset.depreciation_account_id or roles.get(chart.DEPRECIATION, 0)
            if amount:
                yield Worn(day, asset.id, amount, cost, _written_down(asset, roles))
    if ended and asset.disposed_on and not left_by_itself and not asset.disposal_booked_elsewhere:
        yield _gone(asset, roles, asset.disposed_on, before_end)


def _days(asset: Asset, today: date) -> list[tuple[date, ValueChange | None]]:
    """Changes by hand and, after those of the same day, the days of the plan (None), oldest first."""
    found: list[tuple[date, ValueChange | None]] = [(c.day, c) for c in asset.changes if c.day <= today]
    found += [(day, None) for day in _plan(asset, min(today, asset.disposed_on or today))]
    return sorted(found, key=lambda pair: (pair[0], pair[1] is None))


def _plan(asset: Asset, until: date) -> Iterator[date]:
    """Month ends from the month of the purchase on, for as long as the plan runs."""
    if not asset.plan_active or asset.lifespan_years is None:
        return
    by_hand = {(c.day.year, c.day.month) for c in asset.changes if c.kind == "linear"}
    for month in range(int(asset.lifespan_years * 12)):
        day = _month_end(asset.purchase_day, month)
        skipped = asset.unwritten is not None and asset.unwritten[0] < day <= asset.unwritten[1]
        if day <= until and not skipped and (day.year, day.month) not in by_hand:
            yield day


def _month_end(start: date, later: int) -> date:
    """The last day of the month that comes `later` months after the one of `start`."""
    year, month = divmod(start.year * 12 + start.month - 1 + later, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def _monthly(asset: Asset, day: date, worth: Cents) -> Cents:
    """An equal part of what is above the residual value for every month that is left, this one included."""
    passed = (day.year - asset.purchase_day.year) * 12 + day.month - asset.purchase_day.month
    left = int((asset.lifespan_years or 0) * 12) - passed
    return half_up(max(worth - asset.residual, 0), left)


def _gone(asset: Asset, roles: Mapping[str, int], day: date, rest: Cents) -> Disposed:
    return Disposed(day, asset.id, _cost(asset), rest, asset.account_id, _written_down(asset, roles))


def _cost(asset: Asset) -> Cents:
    """The reinvestment reserve pays a part of the price, which then was no cost."""
    _, paid = asset.reserve_purchase or (0, 0)
    return asset.purchase_value - paid


def _reserve(asset: Asset, roles: Mapping[str, int], today: date) -> Iterator[Worn]:
    """Out of the reserve on the day of purchase, into it on the day the asset left."""
    for given, day, debit, credit in (
        (asset.reserve_purchase, asset.purchase_day, chart.REINVESTMENT, asset.account_id),
        (asset.reserve_sale, asset.disposed_on, chart.BOOK_RESULT, roles.get(chart.REINVESTMENT, 0)),
    ):
        if given is not None and day is not None and day <= today:
            yield Worn(day, asset.id, -given[1], roles[debit], credit)


def _written_down(asset: Asset, roles: Mapping[str, int]) -> int:
    """What has no lifespan, like land, loses its value on its own account (H5)."""
    if asset.written_down_account_id is not None:
        return asset.written_down_account_id
    return asset.account_id if asset.lifespan_years is None else roles[chart.FIXTURES_WRITTEN_DOWN]
