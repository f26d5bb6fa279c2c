"""`cash_flow`: money that came in and went out in the period, by the account on the other side.

Money is what stands on the ledger accounts of financial accounts, but for private ones (equity). A document's lines of
one day that are not money say where it came from or went to: for a linked bank transaction that is debtors, for one
that waits *Te rubriceren transacties*. So opening balance, received and paid add up to the closing balance.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.ledger import Month, Posting
from pipelines.sandbox.model import Cents
from pipelines.sandbox.reports import sums

Event = tuple[str, int, date]  # document type and id, and the day


def cash_flow(
    administration: Administration, first: Month, last: Month, financial_account_id: int | None = None
) -> dict[str, Any]:
    """Paid is negative, as in the example. `financial_account_id` keeps to the money of that one."""
    money = _money(administration, financial_account_id)
    received: dict[int, Cents] = defaultdict(int)
    paid: dict[int, Cents] = defaultdict(int)
    for others in _counterparts(administration, money, first, last):
        for account_id, amount in others.items():
            (received if amount > 0 else paid)[account_id] += amount
    opening, closing = (
        sum(sums.net(administration, account_id, sums.EVER, month) for account_id in money)
        for month in (first - 1, last)
    )
    return {
        "cash_received_by_ledger_account": sums.by_account(_in_order(administration, received)),
        "cash_paid_by_ledger_account": sums.by_account(_in_order(administration, paid)),
        "opening_balance": text(opening),
        "closing_balance": text(closing),
    }


def _money(administration: Administration, financial_account_id: int | None) -> frozenset[int]:
    """The ledger accounts that are money."""
    return frozenset(
        account.id
        for account in administration.accounts.values()
        if account.financial_account_id is not None
        and account.kind != "equity"
        and financial_account_id in (None, account.financial_account_id)
    )


def _counterparts(
    administration: Administration, money: frozenset[int], first: Month, last: Month
) -> list[dict[int, Cents]]:
    """For every document and day on which money moved: account → what it brought (positive) or took."""
    moved = {
        _event(posting) for account_id in money for posting in administration.ledger.lines(account_id, first, last)
    }
    found: dict[Event, dict[int, Cents]] = {event: defaultdict(int) for event in moved}
    for account_id in administration.ledger.accounts():
        if account_id not in money:
            for posting in administration.ledger.lines(account_id, first, last):
                if (event := _event(posting)) in found:
                    found[event][account_id] -= posting.amount
    return list(found.values())


def _event(posting: Posting) -> Event:
    return posting.document_type, posting.document_id, posting.day


def _in_order(administration: Administration, amounts: dict[int, Cents]) -> list[tuple[int, Cents]]:
    """In the order of the chart."""
    return [(id_, amounts[id_]) for id_ in administration.accounts if amounts.get(id_)]
