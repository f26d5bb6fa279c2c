"""Sums over the ledger that several reports need. Months are included at both ends; debit is positive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.ledger import Month, Posting, month_of
from pipelines.sandbox.model import Account, Cents

EVER: Month = 0


def net(administration: Administration, account_id: int, first: Month, last: Month) -> Cents:
    debit, credit = administration.ledger.sums(account_id, first, last)
    return debit - credit


def closing(administration: Administration, first: Month, last: Month) -> dict[int, list[Cents]]:
    """What year-end journals (P-16) put on each account: debit and credit."""
    found: dict[int, list[Cents]] = defaultdict(lambda: [0, 0])
    for journal in administration.journals.values():
        if journal.kind == "fiscal_year_ending":
            for posting in administration.ledger.of(("journal", journal.id)):
                if posting.closing and first <= month_of(posting.day) <= last:
                    found[posting.account_id][0] += posting.debit
                    found[posting.account_id][1] += posting.credit
    return found


def results(administration: Administration) -> Iterator[Account]:
    """The accounts of profit and loss."""
    return (account for account in administration.accounts.values() if account.kind in chart.RESULT_KINDS)


def lines(administration: Administration, kinds: Iterable[str], first: Month, last: Month) -> Iterator[Posting]:
    """The postings on accounts of these types, without year-end journals."""
    wanted = frozenset(kinds)
    for account in administration.accounts.values():
        if account.kind in wanted:
            for posting in administration.ledger.lines(account.id, first, last):
                if not posting.closing:
                    yield posting


def by_account(rows: Iterable[tuple[int, Cents]]) -> dict[str, Any]:
    """`ledger_account_data` of the contract."""
    return {"ledger_accounts": [{"ledger_account_id": str(id_), "value": text(value)} for id_, value in rows]}
