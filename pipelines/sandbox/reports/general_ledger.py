"""`general_ledger`: debit and credit per account for whole months, with balances debit positive.

Result accounts start at zero every January (D15, default); balance accounts run on from the beginning. In a period that
crosses a new year the final balance is still start plus movement: no example says otherwise.
"""

from __future__ import annotations

from typing import Any

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.ledger import Month
from pipelines.sandbox.model import Account, Cents
from pipelines.sandbox.reports import sums

_LISTS = ("debit_sums", "credit_sums", "start_balance", "final_balance")


def general_ledger(administration: Administration, first: Month, last: Month) -> dict[str, Any]:
    """Every account that has a balance or moved in the period, in each of the four lists."""
    rows: list[tuple[int, tuple[Cents, ...]]] = []
    for account in administration.accounts.values():
        start = _start(administration, account, first)
        debit, credit = _movement(administration, account, first, last)
        if start or debit or credit:
            rows.append((account.id, (debit, credit, start, start + debit - credit)))
    return {name: sums.by_account((id_, row[at]) for id_, row in rows) for at, name in enumerate(_LISTS)}


def _start(administration: Administration, account: Account, first: Month) -> Cents:
    """The balance before the first month: since January for result accounts, since ever for the others."""
    is_result = account.kind in chart.RESULT_KINDS
    since_ever = administration.dialect.d15_closing_journals == "excluded" or not is_result
    debit, credit = _movement(administration, account, sums.EVER if since_ever else first // 12 * 12, first - 1)
    return debit - credit


def _movement(administration: Administration, account: Account, first: Month, last: Month) -> tuple[Cents, Cents]:
    debit, credit = administration.ledger.sums(account.id, first, last)
    if administration.dialect.d15_closing_journals == "excluded" and account.kind in chart.RESULT_KINDS:
        closed = sums.closing(administration, first, last)[account.id]
        return debit - closed[0], credit - closed[1]
    return debit, credit
