"""Assets: entered, worn by hand, caught up with their plan, and gone.

The plan's own changes are worked out and not kept, until somebody steps in: then those that are there already are
written down as facts (`write_down`), because a change by hand never alters what was booked before it was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.books import assets as books
from pipelines.sandbox.clock import local_date
from pipelines.sandbox.model import Account, Asset, Cents, ValueChange

REASONS = ("out_of_use", "sold", "private_withdrawal", "divested")
ENDS = {"divestment": "divested", "full_depreciation": "out_of_use"}  # the reason of the disposal each makes (A)
_TANGIBLE, _INTANGIBLE, _WRITTEN_DOWN = "BMva", "BIva", "Cae"
_LAND = ("BMvaTer", "BMvaBeg")  # "land or building category": no plan
_COSTS = {_TANGIBLE: "WAfsAmv", _INTANGIBLE: "WAfsAiv"}


@dataclass(frozen=True)
class Plan:
    """Wear by equal parts until `residual` is left after so many years."""

    years: int | Decimal
    residual: Cents


def may_hold(account: Account) -> bool:
    """Whether what stands on the account can be an asset: the cost of something fixed, and not what it lost (A)."""
    fixed = account.rgs.startswith((_TANGIBLE, _INTANGIBLE)) and not account.rgs.endswith(_WRITTEN_DOWN)
    return account.kind == "non_current_assets" and fixed


def wear_accounts(administration: Administration, account: Account) -> tuple[int, int] | None:
    """Where what the category lost and the cost of that stand: by their codes, else those of the fixtures (A).

    None when there are none, so that nothing can wear down there.
    """
    group, costs = account.rgs[:7], _COSTS.get(account.rgs[:4], "") + account.rgs[4:7]
    by_code = {found.rgs: found.id for found in administration.accounts.values()}
    written_down = by_code.get(group + _WRITTEN_DOWN) or administration.roles.get(chart.FIXTURES_WRITTEN_DOWN)
    depreciation = by_code.get(costs) or administration.roles.get(chart.DEPRECIATION)
    return (written_down, depreciation) if written_down and depreciation else None


def create(
    administration: Administration, account: Account, name: str, day: date, value: Cents, plan: Plan | None,
    at: int | None = None,
) -> Asset:  # fmt: skip
    """A new asset. Nobody asked for the month ends that have passed, so nothing is booked for them yet."""
    now = administration.at(at)
    asset = Asset(administration.new_id(now), account.id, name, day, value, now, now)
    _place(administration, asset, account, plan)
    if day <= local_date(now):
        asset.unwritten = (day - timedelta(days=1), local_date(now))
    administration.put_asset(asset)
    administration.announce("company_assets_asset_created", asset)
    if asset.lifespan_years is not None:
        administration.announce("company_assets_value_change_plan_created", asset)
    return asset


def _place(administration: Administration, asset: Asset, account: Account, plan: Plan | None) -> None:
    """Puts the asset on an account, with a plan where the account can have one."""
    accounts = None if account.rgs.startswith(_LAND) else wear_accounts(administration, account)
    asset.account_id = account.id
    asset.written_down_account_id, asset.depreciation_account_id = accounts or (None, None)
    asset.plan_active = plan is not None and accounts is not None
    asset.lifespan_years = plan.years if plan and accounts else None
    asset.residual = plan.residual if plan and accounts else 0


def rename(administration: Administration, asset: Asset, name: str) -> None:
    """What was booked under the old name stays as it is."""
    now = changed(administration, asset)
    write_down(administration, asset, now)
    asset.name = name
    administration.announce("company_assets_asset_updated", asset)


def change_planned(
    administration: Administration, asset: Asset, account: Account, day: date, value: Cents, plan: Plan | None,
) -> None:  # fmt: skip
    """Everything about an asset that nothing happened to yet. ValueError when something did."""
    if asset.changes or administration.ledger.of(("asset", asset.id)):
        raise ValueError("the asset has value changes")
    now = changed(administration, asset)
    asset.purchase_day, asset.purchase_value = day, value
    _place(administration, asset, account, plan)
    asset.unwritten = (day - timedelta(days=1), local_date(now)) if day <= local_date(now) else None
    administration.put_asset(asset)
    administration.announce("company_assets_asset_updated", asset)
    if plan is not None:
        administration.announce("company_assets_value_change_plan_updated", asset)


def remove(administration: Administration, asset: Asset) -> None:
    administration.remove_asset(asset.id)
    administration.announce("company_assets_asset_destroyed", asset)


def change_value(
    administration: Administration, asset: Asset, kind: str, day: date, amount: Cents, description: str,
    booked_elsewhere: bool = False, at: int | None = None,
) -> ValueChange:  # fmt: skip
    """`manual` or `arbitrary`, which takes the plan's changes after its day away; negative lowers the value."""
    _refuse_gone(asset)
    now = changed(administration, asset, at)
    write_down(administration, asset, now)
    if kind == "arbitrary":
        _undo_plan(administration, asset, day)
    return _add(administration, asset, ValueChange(0, kind, day, amount, description, booked_elsewhere), now)


def end(
    administration: Administration, asset: Asset, kind: str, day: date, description: str | None = None,
    at: int | None = None,
) -> ValueChange:  # fmt: skip
    """`divestment` or `full_depreciation`: the rest of the value goes, and the asset with it (P-20b)."""
    _refuse_gone(asset)
    now = changed(administration, asset, at)
    write_down(administration, asset, now)
    _undo_plan(administration, asset, day)
    rest = books.value(asset, day)
    _dispose(administration, asset, day, ENDS[kind], now)
    made = _add(administration, asset, ValueChange(0, kind, day, -rest, description), now)
    administration.announce("company_assets_disposal_created", asset)
    return made


def dispose(administration: Administration, asset: Asset, day: date, reason: str) -> None:
    """Takes what is worth nothing any more off the balance. ValueError when it is gone or still worth something."""
    _refuse_gone(asset)
    if books.value(asset, day):
        raise ValueError("the asset is not fully depreciated on this date")
    now = changed(administration, asset)
    write_down(administration, asset, now)
    _dispose(administration, asset, day, reason, now)
    administration.put_asset(asset)
    administration.announce("company_assets_disposal_created", asset)


def missing(administration: Administration, asset: Asset) -> list[books.Change]:
    """The plan's changes that were not made, since the purchase or the last arbitrary change."""
    today = administration.clock.today()
    there = {change.day for change in books.value_changes(asset, today) if change.kind == "linear"}
    complete = books.value_changes(replace(asset, unwritten=_unwritten_before(asset)), today)
    return [change for change in complete if change.kind == "linear" and change.day not in there]


def make_missing(administration: Administration, asset: Asset, at: int | None = None) -> None:
    """Moneybird does this some time later; here it is done at once."""
    changed(administration, asset, at)
    asset.unwritten = _unwritten_before(asset)
    administration.put_asset(asset)
    administration.announce("company_assets_value_changes_linear_created", asset)


def add_source(
    administration: Administration, asset: Asset, detail_id: int | None, entry_id: int | None, at: int | None = None
) -> tuple[int, int | None, int | None]:
    """The line of a purchase, or the entry of a journal, that the asset was bought with; nothing is booked for it."""
    now = changed(administration, asset, at)
    source = (administration.new_id(now), detail_id, entry_id)
    asset.sources.append(source)
    administration.announce("company_assets_source_created", asset)
    return source


def remove_source(administration: Administration, asset: Asset, source_id: int) -> None:
    changed(administration, asset)
    asset.sources = [source for source in asset.sources if source[0] != source_id]
    administration.announce("company_assets_source_destroyed", asset)


def changed(administration: Administration, asset: Asset, at: int | None = None) -> int:
    now = administration.at(at)
    asset.updated = max(asset.updated, now)
    return now


def _refuse_gone(asset: Asset) -> None:
    if asset.disposed_on is not None:
        raise ValueError("the asset has a disposal already")


def write_down(administration: Administration, asset: Asset, now: int) -> None:
    """Keeps the changes that the plan has made until now; what it did not make until then is not made later."""
    until = local_date(now)
    if asset.lifespan_years is None or asset.purchase_day > until:
        return
    kept = {change.day for change in asset.changes if change.kind == "linear"}
    made = (change for change in books.value_changes(asset, until) if change.kind == "linear")
    fresh = [
        ValueChange(administration.new_id(now), "linear", change.day, change.amount, change.description)
        for change in made
        if change.day not in kept
    ]
    asset.changes = _in_order([*asset.changes, *fresh])
    asset.unwritten = (asset.purchase_day - timedelta(days=1), until)


def _undo_plan(administration: Administration, asset: Asset, day: date) -> None:
    """Takes out what the plan made after the day."""
    left = [change for change in asset.changes if change.kind != "linear" or change.day <= day]
    if len(left) < len(asset.changes):
        asset.changes = left
        administration.announce("company_assets_value_changes_linear_destroyed", asset)


def _dispose(administration: Administration, asset: Asset, day: date, reason: str, now: int) -> None:
    asset.disposed_on, asset.disposal_reason, asset.disposal_id = day, reason, administration.new_id(now)
    if asset.plan_active:
        asset.plan_active = False
        administration.announce("company_assets_value_change_plan_deactivated", asset)


def _unwritten_before(asset: Asset) -> tuple[date, date] | None:
    """Month ends up to the last arbitrary change stay unmade, also when somebody asks for the missing ones."""
    last = max((change.day for change in asset.changes if change.kind == "arbitrary"), default=None)
    return (asset.purchase_day - timedelta(days=1), last) if last else None


def _add(administration: Administration, asset: Asset, change: ValueChange, now: int) -> ValueChange:
    change.id = administration.new_id(now)
    asset.changes = _in_order([*asset.changes, change])
    administration.put_asset(asset)
    administration.announce(f"company_assets_value_changes_{change.kind}_created", asset)
    return change


def _in_order(changes: Iterable[ValueChange]) -> list[ValueChange]:
    return sorted(changes, key=lambda change: change.day)
