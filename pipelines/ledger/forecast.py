"""What a run will find moved in the ledger, foreseen from the documents it has read and before it asks for a line.

A changed document names the accounts of its lines; that its control account, its VAT and a bank account moved in that
month is only known when the report is asked. They are taken to be the balance accounts that moved there lately. Of
documents of older months most were saved without being booked otherwise, so nothing more is foreseen there."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

import duckdb

from pipelines.ledger import calendar, documents, stored
from pipelines.ledger.choice import Slice, unread_requests
from pipelines.moneybird.pagination import pages_for
from pipelines.warehouse.proofs import LedgerState

CONTROL_ACCOUNTS = 12  # of a ledger nobody has read: bank, debtors, creditors, VAT, on their way and such
DEFERRAL_ACCOUNTS = 2  # where lines of other years' documents are spread over a year without any: of costs, of revenue


def touched(connection: duckdb.DuckDBPyConnection, administration_id: str, today: date) -> frozenset[Slice]:
    """The slices that are due, and those that hints without an account stand for; of a ledger nobody has read also
    those that lines of documents are spread over."""
    due = LedgerState(connection).due_slices(administration_id)
    if not stored.has_lines(connection, administration_id):
        spread = documents.spread(connection, administration_id, today)
        return frozenset(due).union((one.ledger_account_id, month) for one in spread for month in one.months)
    hinted = {month for account, month in due if not account and is_recent(month, today)}
    lately = {
        (account, month) for month in hinted for account in _balance_accounts(connection, administration_id, month)
    }
    return frozenset({one for one in due if one[0]} | lately)


def moved_months(connection: duckdb.DuckDBPyConnection, administration_id: str, today: date) -> set[date]:
    """The months whose lines will change; of a ledger nobody has read, all that documents name."""
    moved = {month for _, month in touched(connection, administration_id, today)}
    all_of_them = not stored.has_lines(connection, administration_id)
    return {month for month in moved if all_of_them or is_recent(month, today)}


def is_recent(month: date, today: date) -> bool:
    """This month or the one before it, or later."""
    return calendar.month_of(month).end.toordinal() >= today.replace(day=1).toordinal() - 1


@dataclass(frozen=True)
class Unread:
    """A year of a ledger nobody has read, by the documents that name it."""

    pages: int  # of all its lines
    accounts: int  # that move


def unread_years(connection: duckdb.DuckDBPyConnection, administration_id: str, today: date) -> dict[int, Unread]:
    """Every year that documents name.

    A document has a line for each of its own, one for the control account and one for VAT; a payment has two, and so
    has every month that a line is spread over."""
    lines: Counter[int] = Counter()
    accounts: dict[int, set[str]] = defaultdict(set)
    others: Counter[int] = Counter()  # accounts that no line names
    for year, part, account, number in documents.counts(connection, administration_id):
        lines[year] += number if part == "lines" else 2 * number
        if account:
            accounts[year].add(account)
        others[year] = CONTROL_ACCOUNTS
    for one in documents.spread(connection, administration_id, today):
        for month in one.months:
            lines[month.year] += 2 * one.lines
            accounts[month.year].add(one.ledger_account_id)
            others[month.year] = others[month.year] or DEFERRAL_ACCOUNTS
    return {year: Unread(pages_for(lines[year]), len(accounts[year]) + others[year]) for year in sorted(lines)}


def first_lines(
    connection: duckdb.DuckDBPyConnection, administration_id: str, today: date, by_month: bool
) -> dict[int, int]:
    """Year → requests for its lines, of a ledger nobody has read."""
    found = {}
    for year, unread in unread_years(connection, administration_id, today).items():
        projects = len(stored.projects(connection, administration_id, year))
        accounts = unread.accounts * (12 if by_month else 1)
        found[year] = min(unread_requests(accounts, projects, unread.pages, by_month))
    return found


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
