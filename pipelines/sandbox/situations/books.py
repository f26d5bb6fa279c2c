"""What was booked by hand, and what wears down by itself."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Asset, Journal


def _debits(role: str) -> Callable[[Administration, Journal], bool]:
    return lambda administration, journal: any(
        entry.debit and entry.account_id == administration.roles.get(role) for entry in journal.entries
    )


JOURNALS: dict[str, Callable[[Administration, Journal], bool]] = {
    "journal of salaries": _debits(chart.WAGES),
    "journal of depreciation": lambda a, j: j.kind is None and _debits(chart.DEPRECIATION)(a, j),
    "vat return filed": lambda _, j: j.is_vat_return,
    "vat of the one-stop shop declared": lambda a, j: not j.is_vat_return and _debits(chart.VAT_OUT)(a, j),
    "year closed": lambda _, j: j.kind == "fiscal_year_ending",
    "opening balance": lambda a, j: j.day.year == a.period_start_date.year and _debits(chart.BANK)(a, j),
    "journal on the debtors account": lambda a, j: any(
        entry.account_id == a.roles[chart.AR] and j.day.year > a.period_start_date.year for entry in j.entries
    ),
}

ASSETS: dict[str, Callable[[Administration, Asset], bool]] = {
    "asset with a plan": lambda _, asset: asset.plan_active and asset.disposed_on is None,
    "asset changed by hand": lambda _, asset: bool(asset.changes),
    "asset disposed of": lambda _, asset: asset.disposed_on is not None,
}
