"""What a run will find moved in the ledger, foreseen from the documents it has read and before it asks for a line.

A changed document names the accounts of its lines; that its control account, its VAT and a bank account moved in that
month is only known when the report is asked. They are taken to be the balance accounts that moved there lately. Of
documents of older months most were saved without being booked otherwise, so nothing more is foreseen there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import duckdb

from pipelines.ledger import calendar, stored
from pipelines.ledger.choice import Slice
from pipelines.moneybird.pagination import PER_PAGE
from pipelines.moneybird.resources import RESOURCES
from pipelines.warehouse.proofs import LedgerState

CONTROL_ACCOUNTS = 8  # of a ledger nobody has read: bank, debtors, creditors, VAT and such
_POSTED = [resource for resource in RESOURCES if resource.posting]


def touched(connection: duckdb.DuckDBPyConnection, administration_id: str, today: date) -> frozenset[Slice]:
    """The slices that are due, and those that hints without an account stand for."""
    due = LedgerState(connection).due_slices(administration_id)
    hinted = {month for account, month in due if not account and is_recent(month, today)}
    lately = {
        (account, month) for month in hinted for account in _balance_accounts(connection, administration_id, month)
    }
    return frozenset({one for one in due if one[0]} | lately)


def moved_months(connection: duckdb.DuckDBPyConnection, administration_id: str, today: date) -> set[date]:
    """The months whose lines will change; of a ledger nobody has read, all in which there is a document."""
    if not stored.has_lines(connection, administration_id):
        return {month for _, month in LedgerState(connection).due_slices(administration_id)}
    moved = {month for _, month in touched(connection, administration_id, today)}
    return {month for month in moved if is_recent(month, today)}


def is_recent(month: date, today: date) -> bool:
    """This month or the one before it, or later."""
    return calendar.month_of(month).end.toordinal() >= today.replace(day=1).toordinal() - 1


def first_lines(connection: duckdb.DuckDBPyConnection, administration_id: str, projects: int) -> dict[int, int]:
    """Year → requests for its lines, of a ledger nobody has read, by the documents of that year.

    A document has a line for each of its own, one for the control account and one for VAT; a payment has two.
    """
    found = {}
    for year, (documents, lines, payments, accounts) in _documents(connection, administration_id).items():
        pages = -(-(lines + 2 * documents + 2 * payments) // PER_PAGE)
        accounts += CONTROL_ACCOUNTS
        # Pages are shared out over the streams or the accounts, and each has a last page that is not full.
        found[year] = projects + pages if 1 + projects < accounts else accounts + pages // 2
    return found


def _documents(
    connection: duckdb.DuckDBPyConnection, administration_id: str
) -> Mapping[int, tuple[int, int, int, int]]:
    """Year → documents, their lines, their payments, and the accounts that the lines name."""
    parts = []
    for resource in _POSTED:
        posting = resource.posting
        assert posting is not None
        lines = f'raw."{resource.name}__{posting.lines}"'
        same = f"rows.administration_id = documents.administration_id and rows.{resource.parent_key} = documents.id"
        paid = f'(select count(*) from raw."{resource.name}__{posting.payments}" as rows where {same})'
        parts.append(
            f"""select year(documents.{posting.date_column}) as year, documents.id,
                       (select count(*) from {lines} as rows where {same}) as lines,
                       {paid if posting.payments else 0} as payments,
                       (select list(ledger_account_id) from {lines} as rows where {same}) as accounts
                from raw."{resource.table}" as documents
                where administration_id = $a and _deleted_at is null and {posting.date_column} is not null"""
        )
    rows = connection.execute(
        f"""select year, count(*), sum(lines)::integer, sum(payments)::integer,
                   len(list_distinct(flatten(list(accounts)))) from ({" union all ".join(parts)}) group by year""",
        {"a": administration_id},
    ).fetchall()
    return {year: (documents, lines, payments, accounts or 0) for year, documents, lines, payments, accounts in rows}


def _balance_accounts(connection: duckdb.DuckDBPyConnection, administration_id: str, month: date) -> list[str]:
    """Balance accounts with lines in that month, or where it has none yet in the last month before it that has."""
    rows = connection.execute(
        """select distinct ledger_account_id from raw.journal_entries as entries
           join raw.ledger_accounts as accounts
             on accounts.administration_id = entries.administration_id and accounts.id = entries.ledger_account_id
           where entries.administration_id = $a and account_type in ('current_assets', 'current_liabilities')
             and month_date = (select max(month_date) from raw.journal_entries
                               where administration_id = $a and month_date <= $month)""",
        {"a": administration_id, "month": month},
    ).fetchall()
    return [row[0] for row in rows]
