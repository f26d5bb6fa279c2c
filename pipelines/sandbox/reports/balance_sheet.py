"""`balance_sheet`: what an administration has and owes at the end of the period's last month.

A parent shows its own value without its children's (S: 800 + 100 + 200 makes 1,100), and the result of a year stands
under `open_years` until a journal has closed that year (P-16).
"""

from __future__ import annotations

from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.ledger import Month
from pipelines.sandbox.model import Account, Cents
from pipelines.sandbox.reports import sums

ASSETS = ("current_assets", "non_current_assets")
LIABILITIES = ("equity", "provisions", "non_current_liabilities", "current_liabilities")


def balance_sheet(administration: Administration, _first: Month, last: Month) -> dict[str, Any]:
    """Both sides; assets are debit positive, everything on the credit side is credit positive."""
    debit, assets = _side(administration, ASSETS, 1, last)
    credit, liabilities = _side(administration, LIABILITIES, -1, last)
    years = open_years(administration, last)
    return {
        "debit": {"total": text(debit), **assets},
        "credit": {
            "total": text(credit + sum(years.values())),
            **liabilities,
            "open_years": [{"year": str(year), "value": text(value)} for year, value in years.items()],
        },
    }


def open_years(administration: Administration, last: Month) -> dict[int, Cents]:
    """Year → result until the last month, of every year that still has one on its result accounts."""
    years: dict[int, Cents] = {}
    for account in sums.results(administration):
        for month in administration.ledger.months(account.id):
            if month <= last:
                years[month // 12] = years.get(month // 12, 0) - sums.net(administration, account.id, month, month)
    return {year: value for year, value in sorted(years.items()) if value}


def _side(administration: Administration, kinds: tuple[str, ...], sign: int, last: Month) -> tuple[Cents, Any]:
    """The total of a side, and its sections."""
    total, sections = 0, {}
    for kind in kinds:
        accounts = [account for account in administration.accounts.values() if account.kind == kind]
        values = {a.id: sign * sums.net(administration, a.id, sums.EVER, last) for a in accounts}
        sections[kind] = _tree(accounts, values)
        total += sum(values.values())
    return total, sections


def _tree(accounts: list[Account], values: dict[int, Cents]) -> list[dict[str, Any]]:
    """Accounts with a value, below the account at the top of their branch; the contract has two levels."""
    parents = {account.id: account.parent_id for account in accounts}
    children: dict[int, list[int]] = {}
    for account in accounts:
        top = _top(account.id, parents)
        below = children.setdefault(top, [])
        if top != account.id and values[account.id]:
            below.append(account.id)
    return [
        {
            "ledger_account_id": str(top),
            "value": text(values[top]),
            "children": [{"ledger_account_id": str(id_), "value": text(values[id_])} for id_ in below],
        }
        for top, below in children.items()
        if values[top] or below
    ]


def _top(account_id: int, parents: dict[int, int | None]) -> int:
    """The highest account above it in the same section; accounts that are above each other stay where they are."""
    passed = {account_id}
    while (parent := parents[account_id]) in parents and parent is not None and parent not in passed:
        account_id = parent
        passed.add(parent)
    return account_id
