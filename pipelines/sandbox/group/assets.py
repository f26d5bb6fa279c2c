"""What was bought to be used for years: one worn down by a plan, one by hand, one that is gone and was replaced."""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.sandbox import chart
from pipelines.sandbox.actions import asset_reserve, assets
from pipelines.sandbox.actions.assets import Plan
from pipelines.sandbox.clock import moment
from pipelines.sandbox.group.costs import MACHINES
from pipelines.sandbox.group.site import Site
from pipelines.sandbox.model import Asset, Entry, Journal

_YEARS = 5
_PROFIT, _REPLACEMENT = 20_000, 110_000  # cents


def capitalise(site: Site) -> None:
    """The lines of the purchase of machines, each as an asset with a plan over five years."""
    administration = site.administration
    bought = next((p for p in administration.purchases.values() if p.reference == MACHINES), None)
    if bought is None:
        return
    nets = administration.figures(bought).nets_base
    for number, (line, net) in enumerate(zip(bought.lines, nets, strict=True)):
        account, plan = administration.accounts[line.account_id], Plan(_YEARS, (0, 5_000, 0)[number % 3])
        asset = assets.create(administration, account, line.description, bought.day, net, plan, bought.created)
        assets.make_missing(administration, asset, bought.created)
        assets.add_source(administration, asset, line.id, None, bought.created)
        if number == 1:
            _wear_by_hand(site, asset, site.ago(250))
        if number == 2:
            _write_off(site, asset, site.ago(140))


def _wear_by_hand(site: Site, asset: Asset, day: date) -> None:
    day = max(day, asset.purchase_day + timedelta(days=5))
    assets.change_value(site.administration, asset, "manual", day, -40_000, "Waterschade", at=moment(day, 15))


def _write_off(site: Site, asset: Asset, day: date) -> None:
    day = max(day, asset.purchase_day + timedelta(days=40))
    gone = assets.end(
        site.administration, asset, "full_depreciation", day, f"{asset.name} verbrand", at=moment(day, 16)
    )
    _replace(site, asset, -gone.amount, day + timedelta(days=12))


def _replace(site: Site, gone: Asset, worth: int, paid: date) -> None:
    """The insurer pays more than it was worth. The profit is put by for what takes its place, and pays a part of that;
    what takes its place was among the costs until somebody saw that it will be used for years."""
    administration, day = site.administration, paid + timedelta(days=8)
    if day >= site.today:
        return
    site.bank.line(paid, worth + _PROFIT, f"Uitkering verzekering {gone.name}", role=chart.BOOK_RESULT)
    asset_reserve.put_by(administration, gone, _PROFIT, moment(paid, 17))
    at, name = moment(day, 17), f"{gone.name} (vervangend)"
    accounts = ((gone.account_id, _REPLACEMENT), (administration.roles[chart.GENERAL], -_REPLACEMENT))
    entries = [Entry(id_, max(amount, 0), max(-amount, 0), name) for id_, amount in accounts]
    administration.put_journal(Journal(administration.new_id(at), day, f"Activering {name}", entries, at, at))
    account = administration.accounts[gone.account_id]
    new = assets.create(administration, account, name, day, _REPLACEMENT, Plan(_YEARS, 0), at)
    assets.add_source(administration, new, None, entries[0].id, at)
    asset_reserve.pay(administration, new, _PROFIT, at)
