"""The two ledger reports: sums and lines over the postings, nothing else.

`general_ledger` gives debit and credit per account for whole months, with balances debit positive. Result accounts
start at zero every January (D15, default); balance accounts run on from the beginning. In a period that crosses a new
year the final balance is still start plus movement: no example says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.ledger import Month, Posting
from pipelines.sandbox.model import Account, Cents


def general_ledger(administration: Administration, first: Month, last: Month) -> dict[str, Any]:
    """Every account that has a balance or moved in the period, in each of the four lists."""
    rows: list[tuple[int, tuple[Cents, ...]]] = []
    for account in administration.accounts.values():
        start = _start(administration, account, first)
        debit, credit = _movement(administration, account, first, last)
        if start or debit or credit:
            rows.append((account.id, (debit, credit, start, start + debit - credit)))
    names = ("debit_sums", "credit_sums", "start_balance", "final_balance")
    return {
        name: {"ledger_accounts": [{"ledger_account_id": str(id_), "value": text(row[at])} for id_, row in rows]}
        for at, name in enumerate(names)
    }


def _start(administration: Administration, account: Account, first: Month) -> Cents:
    """The balance before the first month: since January for result accounts, since ever for the others."""
    is_result = account.kind in chart.RESULT_KINDS
    since_ever = administration.dialect.d15_closing_journals == "excluded" or not is_result
    debit, credit = _movement(administration, account, 0 if since_ever else first // 12 * 12, first - 1)
    return debit - credit


def _movement(administration: Administration, account: Account, first: Month, last: Month) -> tuple[Cents, Cents]:
    debit, credit = administration.ledger.sums(account.id, first, last)
    if administration.dialect.d15_closing_journals == "excluded" and account.kind in chart.RESULT_KINDS:
        for line in administration.ledger.lines(account.id, first, last):
            if line.closing:
                debit -= line.debit
                credit -= line.credit
    return debit, credit


def journal_entries(
    administration: Administration, first: Month, last: Month, accounts: Iterable[int]
) -> Iterator[Posting]:
    """The postings of the given accounts in the period, in no order."""
    for account_id in accounts:
        yield from administration.ledger.lines(account_id, first, last)


def with_children(administration: Administration, account_id: int) -> list[int]:
    """The account and, where a dialect says so (D13), the accounts below it."""
    if administration.dialect.d13_parent_filter == "own_lines":
        return [account_id]
    below = [account.id for account in administration.accounts.values() if account.parent_id == account_id]
    return [account_id, *below]


def line(administration: Administration, posting: Posting) -> dict[str, Any]:
    """One journal entry as the report shows it. The sign of `amount` is D1."""
    amount = posting.amount
    if administration.dialect.d1_amount_sign == "natural_side":
        kind = administration.accounts[posting.account_id].kind
        amount = -amount if kind in chart.CREDIT_KINDS else amount
    return {
        "id": str(posting.id),
        "date": posting.day.isoformat(),
        "document_type": posting.document_type,
        "document_id": str(posting.document_id),
        "ledger_account_id": str(posting.account_id),
        "project_id": str(posting.project_id) if posting.project_id else None,
        "contact_id": str(posting.contact_id) if posting.contact_id else None,
        "tax_rate_id": str(posting.tax_rate_id) if posting.tax_rate_id else None,
        "financial_account_id": str(posting.financial_account_id) if posting.financial_account_id else None,
        "amount": text(amount),
        "description": posting.description,
    }
