"""The reinvestment reserve: book result of what is gone, put by to pay a part of what takes its place."""

from __future__ import annotations

from datetime import date

from pipelines.sandbox import chart
from pipelines.sandbox.actions.assets import changed, write_down
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.ledger import month_of
from pipelines.sandbox.model import Account, Asset, Cents
from pipelines.sandbox.taxonomy import RGS


def available(administration: Administration) -> Cents:
    """What the reinvestment reserve holds, booked by hand or by disposals."""
    debit, credit = administration.ledger.sums(administration.roles.get(chart.REINVESTMENT, 0), 0, month_of(date.max))
    return credit - debit


def pay(
    administration: Administration, asset: Asset, amount: Cents | None, at: int | None = None
) -> tuple[int, Cents] | None:
    """The reserve pays this of the price; None takes that back. What has worn down by now stays as it is."""
    now = changed(administration, asset, at)
    write_down(administration, asset, now)
    _open_reserve(administration, now)
    asset.reserve_purchase = None if amount is None else (administration.new_id(now), amount)
    administration.put_asset(asset)
    administration.announce("company_assets_asset_updated", asset)
    return asset.reserve_purchase


def put_by(
    administration: Administration, asset: Asset, amount: Cents | None, at: int | None = None
) -> tuple[int, Cents] | None:
    """This much of the book result of the disposal goes into the reserve; None takes that back."""
    now = changed(administration, asset, at)
    _open_reserve(administration, now)
    asset.reserve_sale = None if amount is None else (administration.new_id(now), amount)
    administration.put_asset(asset)
    administration.announce("company_assets_asset_updated", asset)
    return asset.reserve_sale


def _open_reserve(administration: Administration, now: int) -> None:
    """The account of the reserve comes with its first use (A; no document names it)."""
    if chart.REINVESTMENT in administration.roles:
        return
    row = next(template for template in chart.ADDED if template.role == chart.REINVESTMENT)
    reference, name, english = RGS[row.rgs]
    made = Account(
        administration.new_id(now), row.name, row.kind, row.number, row.rgs, reference, name, english, row.role, None,
        row.allowed, now, now,
    )  # fmt: skip
    administration.accounts[made.id] = made
    administration.roles[chart.REINVESTMENT] = made.id
    administration.announce("ledger_account_created", made)
