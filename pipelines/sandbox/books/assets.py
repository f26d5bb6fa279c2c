"""Assets: worn down at month ends by themselves, and taken off the balance at the end (P-20 and P-20b).

Linear changes are not kept as facts: `value_changes` works them out from the plan and puts them between those that
people made. The first month is that of the purchase (A, in line with the API's own example: bought on 1 March, last
changed by hand on 1 July, 12,145.67 − 10 over 56 months is 216.71) and the last one takes what is left.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.sandbox import chart
from pipelines.sandbox.amounts import to_int
from pipelines.sandbox.books.desk import Desk
from pipelines.sandbox.ledger import Month, Posting, first_day, month_of
from pipelines.sandbox.model import Asset, Cents, ValueChange
from pipelines.sandbox.page import Page
from pipelines.sandbox.rules import assets as rules
from pipelines.sandbox.rules import follows

FINAL = frozenset({"divestment", "full_depreciation"})
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Change:
    """A change of value on a day, made by hand or by the plan; negative wears the asset down."""

    day: date
    kind: str
    amount: Cents
    description: str | None
    booked_elsewhere: bool = False
    before: Cents = 0  # the value just before it


def month_end(month: Month) -> date:
    start = first_day(month)
    return start.replace(day=monthrange(start.year, start.month)[1])


def cost(asset: Asset) -> Cents:
    """What it cost, less what the reinvestment reserve paid of it."""
    return asset.purchase_value - (asset.reserve_purchase[1] if asset.reserve_purchase else 0)


def value_changes(asset: Asset, today: date) -> list[Change]:
    """Every change until `today`, oldest first, those of the plan among them."""
    found: list[Change] = []
    value = cost(asset)
    for day, given in sorted(
        [*_by_hand(asset), *_month_ends(asset, today)], key=lambda pair: (pair[0], pair[1] is None)
    ):
        if day > today or (found and found[-1].kind in FINAL):
            break
        change = _linear(asset, day, value) if given is None else _made(given, value)
        if change is not None:
            found.append(change)
            value += change.amount
    return found


def value(asset: Asset, today: date) -> Cents:
    """What the asset is worth on the balance sheet at the end of `today`."""
    return cost(asset) + sum(change.amount for change in value_changes(asset, today))


def monthly(asset: Asset, today: date) -> Cents | None:
    """What the plan takes off at the next month's end. None without a plan or when nothing is left to take."""
    planned = [change for change in value_changes(asset, today) if change.kind == "linear"]
    start = month_of(planned[-1].day) + 1 if planned else month_of(asset.purchase_day)
    by_hand = [month_of(given.day) for given in asset.changes if given.day <= today and given.kind != "linear"]
    change = _linear(asset, month_end(max([start, *by_hand])), value(asset, today))
    return -change.amount if change else None


def _by_hand(asset: Asset) -> Iterator[tuple[date, ValueChange | None]]:
    for change in asset.changes:
        yield change.day, change


@follows(rules.MONTH_ENDS, rules.MONTH_OF_PURCHASE)
def _month_ends(asset: Asset, today: date) -> Iterator[tuple[date, ValueChange | None]]:
    """The days on which the plan acts, but for those that were written by hand or not written yet."""
    if not asset.plan_active or asset.lifespan_years is None:
        return
    written = {month_of(change.day) for change in asset.changes if change.kind == "linear"}
    until = min(today, asset.disposed_on or today)
    for month in range(month_of(asset.purchase_day), min(_end(asset), month_of(until) + 1)):
        day = month_end(month)
        missing = asset.unwritten and asset.unwritten[0] < day <= asset.unwritten[1]
        if day <= until and month not in written and not missing:
            yield day, None


def _end(asset: Asset) -> Month:
    """The month after the last one of the plan."""
    return month_of(asset.purchase_day) + int((asset.lifespan_years or 0) * MONTHS_A_YEAR)


@follows(rules.LINEAR)
def _linear(asset: Asset, day: date, value: Cents) -> Change | None:
    """(value − residual) over the months that are left, this one included."""
    left = _end(asset) - month_of(day)
    if not asset.plan_active or asset.lifespan_years is None or left <= 0 or value <= asset.residual:
        return None
    amount = to_int(Decimal(value - asset.residual) / left)
    return Change(day, "linear", -amount, f"Afschrijving {asset.name}", False, value)


def _made(given: ValueChange, value: Cents) -> Change:
    amount = -value if given.kind in FINAL else given.amount
    return Change(given.day, given.kind, amount, given.description, given.booked_elsewhere, value)


@follows(rules.BOOKED_ELSEWHERE, rules.ASSET_DOCUMENT)
def post(desk: Desk, asset: Asset) -> list[Posting]:
    """What the plan and people changed until today, and the asset off the balance when it is gone.

    The purchase itself is on the purchase invoice. No example shows the document type of these lines (A: ValueChange).
    """
    page = Page("ValueChange", asset.id, asset.name)
    today = desk.today()
    gone = False
    _from_reserve(desk, page, asset, today)
    for change in value_changes(asset, today):
        gone = gone or change.kind in FINAL
        if change.booked_elsewhere:
            continue
        if change.kind in FINAL:
            _off_the_balance(desk, page, asset, change.day, change.before, _words(asset, change))
        else:
            _wear(desk, page, asset, change)
    day = asset.disposed_on
    if day is not None and day <= today and not gone and not asset.disposal_booked_elsewhere:
        _off_the_balance(desk, page, asset, day, value(asset, day), f"Afstoting {asset.name}")
    _into_reserve(desk, page, asset, today)
    return page.lines


def _words(asset: Asset, change: Change) -> str:
    return change.description or f"Waardeverandering {asset.name}"


@follows(rules.RESERVE_USED)
def _from_reserve(desk: Desk, page: Page, asset: Asset, today: date) -> None:
    if asset.reserve_purchase is not None and asset.purchase_day <= today:
        words, amount = f"Herinvesteringsreserve {asset.name}", asset.reserve_purchase[1]
        page.move(asset.purchase_day, desk.roles[chart.REINVESTMENT], amount, words)
        page.move(asset.purchase_day, asset.account_id, -amount, words)


@follows(rules.RESERVE_MADE)
def _into_reserve(desk: Desk, page: Page, asset: Asset, today: date) -> None:
    day = asset.disposed_on
    if asset.reserve_sale is not None and day is not None and day <= today:
        words, amount = f"Herinvesteringsreserve {asset.name}", asset.reserve_sale[1]
        page.move(day, desk.roles[chart.BOOK_RESULT], amount, words)
        page.move(day, desk.roles[chart.REINVESTMENT], -amount, words)


@follows(rules.WEAR_SIDES)
def _wear(desk: Desk, page: Page, asset: Asset, change: Change) -> None:
    wear, words = asset.depreciation_account_id or desk.roles[chart.DEPRECIATION], _words(asset, change)
    page.move(change.day, wear, -change.amount, words)
    page.move(change.day, _written_down(desk, asset), change.amount, words)


@follows(rules.TAKEN_OFF, rules.BOOK_RESULT)
def _off_the_balance(desk: Desk, page: Page, asset: Asset, day: date, rest: Cents, description: str) -> None:
    """P-20b: cost and what was written down leave; what it was still worth is the book result."""
    page.move(day, _written_down(desk, asset), cost(asset) - rest, description)
    page.move(day, asset.account_id, -cost(asset), description)
    page.move(day, desk.roles[chart.BOOK_RESULT], rest, description)


@follows(rules.LAND)
def _written_down(desk: Desk, asset: Asset) -> int:
    """Land has no plan and only the account of its cost (H5), so its value falls there."""
    if asset.written_down_account_id is not None:
        return asset.written_down_account_id
    return asset.account_id if asset.lifespan_years is None else desk.roles[chart.FIXTURES_WRITTEN_DOWN]
