"""`profit_loss`: what was earned and spent in the period, without year-end journals.

Accounts are listed flat, parents without their children. Sections are not signed alike: revenue and other income are
credit minus debit, the two sections of costs debit minus credit. A section's own description in the contract says so.
"""

from __future__ import annotations

from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.ledger import Month
from pipelines.sandbox.model import Cents
from pipelines.sandbox.reports import sums

_SIGNS = {"revenue": -1, "direct_costs": 1, "expenses": 1, "other_income_expenses": -1}


def profit_loss(administration: Administration, first: Month, last: Month, project_id: int | None = None) -> Any:
    """The four sections and five totals; `project_id` keeps only lines of that project."""
    sections: dict[str, dict[int, Cents]] = {kind: {} for kind in _SIGNS}
    rows = (
        _all(administration, first, last)
        if project_id is None
        else _of_project(administration, first, last, project_id)
    )
    for account_id, net in rows.items():
        kind = administration.accounts[account_id].kind
        sections[kind][account_id] = _SIGNS[kind] * net
    revenue, direct, expenses, other = (sum(rows.values()) for rows in sections.values())
    return {
        **{f"{kind}_by_ledger_account": sums.by_account(rows.items()) for kind, rows in sections.items()},
        "gross_profit": text(revenue - direct),
        "operating_profit": text(revenue - direct - expenses),
        "net_profit": text(revenue - direct - expenses + other),
        "total_expenses": text(direct + expenses - other),
        "total_revenue": text(revenue),
    }


def _all(administration: Administration, first: Month, last: Month) -> dict[int, Cents]:
    """Account → debit minus credit, for every account with bookings in the period."""
    closed = sums.closing(administration, first, last)
    found = {}
    for account in sums.results(administration):
        debit, credit = administration.ledger.sums(account.id, first, last)
        closed_debit, closed_credit = closed.get(account.id, (0, 0))
        if (debit, credit) != (closed_debit, closed_credit):
            found[account.id] = debit - closed_debit - credit + closed_credit
    return found


def _of_project(administration: Administration, first: Month, last: Month, project_id: int) -> dict[int, Cents]:
    found: dict[int, Cents] = {}
    for posting in sums.lines(administration, _SIGNS, first, last):
        if posting.project_id == project_id:
            found[posting.account_id] = found.get(posting.account_id, 0) + posting.amount
    return found
