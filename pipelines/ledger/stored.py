"""What the warehouse holds of a ledger: sums of its lines, earlier report rows, and how far it reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime

import duckdb

from pipelines.ledger import documents
from pipelines.ledger.calendar import YEARS_AHEAD, YearLines
from pipelines.ledger.chart import RESULT_KINDS
from pipelines.ledger.comparison import Sums
from pipelines.moneybird.resources import RESOURCES

# Tables of documents' lines that may be spread over months of their own.
_SPREAD = [
    resource.child_table(child)
    for resource in RESOURCES
    if resource.posting
    for child in resource.children
    if child.name == resource.posting.lines and any(column.name == "period" for column in child.columns)
]
_RESULTS = ", ".join(f"'{kind}'" for kind in sorted(RESULT_KINDS))
# Lines of year-end journals on result accounts (P-16); some servers leave them out of the general ledger (D15).
CLOSING_LINES = f"""
    select entries.* from raw.journal_entries as entries
    join raw.general_journal_documents as journals
      on journals.administration_id = entries.administration_id and journals.id = entries.document_id
    join raw.ledger_accounts as accounts
      on accounts.administration_id = entries.administration_id and accounts.id = entries.ledger_account_id
    where journals.journal_type = 'fiscal_year_ending' and accounts.account_type in ({_RESULTS})"""


def line_sums(
    connection: duckdb.DuckDBPyConnection, administration_id: str, year: int, *, closing: bool = True
) -> dict[date, dict[str, Sums]]:
    """Month → account → debit and credit of the lines; without year-end journals where the report leaves them out."""
    found = _sums(connection, "select * from raw.journal_entries", administration_id, year)
    if not closing:
        for month, accounts in closing_sums(connection, administration_id, year).items():
            for account, (debit, credit) in accounts.items():
                before = found[month][account]
                found[month][account] = (before[0] - debit, before[1] - credit)
    return found


def closing_sums(
    connection: duckdb.DuckDBPyConnection, administration_id: str, year: int
) -> dict[date, dict[str, Sums]]:
    """Month → result account → debit and credit of year-end journals."""
    return _sums(connection, CLOSING_LINES, administration_id, year)


def _sums(
    connection: duckdb.DuckDBPyConnection, lines: str, administration_id: str, year: int
) -> dict[date, dict[str, Sums]]:
    rows = connection.execute(
        f"""select month_date, ledger_account_id, sum(greatest(amount, 0)), sum(greatest(-amount, 0)) from ({lines})
            where administration_id = ? and month_date between make_date(?, 1, 1) and make_date(?, 12, 31)
            group by all""",
        [administration_id, year, year],
    ).fetchall()
    found: dict[date, dict[str, Sums]] = defaultdict(dict)
    for month, account, debit, credit in rows:
        found[month][account] = (debit, credit)
    return found


def report_sums(
    connection: duckdb.DuckDBPyConnection, administration_id: str, start: date, end: date
) -> dict[tuple[date, date], dict[str, Sums]]:
    """Period → account → debit and credit of the report as last stored, of every period inside `start` to `end`."""
    rows = connection.execute(
        """select period_start_date, period_end_date, ledger_account_id, debit_sum, credit_sum from raw.general_ledger
           where administration_id = ? and period_start_date >= ? and period_end_date <= ?""",
        [administration_id, start, end],
    ).fetchall()
    found: dict[tuple[date, date], dict[str, Sums]] = defaultdict(dict)
    for first, last, account, debit, credit in rows:
        found[(first, last)][account] = (debit, credit)
    return found


def line_counts(
    connection: duckdb.DuckDBPyConnection, administration_id: str, year: int
) -> dict[tuple[str, date], int]:
    """(account, month) → lines in the warehouse."""
    rows = connection.execute(
        """select ledger_account_id, month_date, count(*) from raw.journal_entries
           where administration_id = ? and month_date between make_date(?, 1, 1) and make_date(?, 12, 31)
           group by all""",
        [administration_id, year, year],
    ).fetchall()
    return {(row[0], row[1]): row[2] for row in rows}


def stream_counts(
    connection: duckdb.DuckDBPyConnection, administration_id: str, year: int
) -> dict[tuple[str, date], int]:
    """(project, month) → lines in the warehouse; '' is without a project."""
    rows = connection.execute(
        """select coalesce(project_id, ''), month_date, count(*) from raw.journal_entries
           where administration_id = ? and month_date between make_date(?, 1, 1) and make_date(?, 12, 31)
           group by all""",
        [administration_id, year, year],
    ).fetchall()
    return {(row[0], row[1]): row[2] for row in rows}


def has_lines(connection: duckdb.DuckDBPyConnection, administration_id: str) -> bool:
    """Whether any line is in the warehouse."""
    found = connection.execute(
        "select 1 from raw.journal_entries where administration_id = ? limit 1", [administration_id]
    ).fetchone()
    return found is not None


def last_line(connection: duckdb.DuckDBPyConnection, administration_id: str, year: int) -> date | None:
    """The latest line's date in `year`."""
    row = connection.execute(
        """select max(date) from raw.journal_entries
           where administration_id = ? and month_date between make_date(?, 1, 1) and make_date(?, 12, 31)""",
        [administration_id, year, year],
    ).fetchone()
    return row[0] if row else None


def years(connection: duckdb.DuckDBPyConnection, administration_id: str, first: int, today: date) -> list[int]:
    """The calendar years a run compares: from `first` (of the books) to today's, on to the end of the last line's own
    period (one to 2999 is a slip of the pen, and a request a year), and every other year with lines or with a document
    that may have moved one."""
    periods = " union all ".join(
        f'select period from raw."{table}" where administration_id = $a and _deleted_at is null' for table in _SPREAD
    )
    row = connection.execute(
        f"""select
               (select max(try_cast(left(split_part(period, '..', 2), 4) as integer)) from ({periods})),
               (select list(year) from
                    (select year(month_date) as year from raw.journal_entries where administration_id = $a
                     union select year(month_date) from sync.dirty_ledger where administration_id = $a))""",
        {"a": administration_id},
    ).fetchone()
    last_period, others = row or (None, None)
    last = max(today.year, min(last_period or 0, today.year + YEARS_AHEAD))
    return sorted({*range(first, last + 1), *(others or ())})


def changed_at(connection: duckdb.DuckDBPyConnection, administration_id: str, year: int) -> Mapping[date, datetime]:
    """Month → when the lines of one of its slices last changed, by the server's clock."""
    rows = connection.execute(
        """select month_date, max(changed_at) from sync.ledger_slices
           where administration_id = ? and year(month_date) = ? and changed_at is not null group by all""",
        [administration_id, year],
    ).fetchall()
    return {row[0]: row[1] for row in rows}


def year_lines(connection: duckdb.DuckDBPyConnection, administration_id: str, year: int, agrees: bool) -> YearLines:
    """A year as the calendar wants it; `agrees` as there."""
    last = last_line(connection, administration_id, year)
    return YearLines(year, last, changed_at(connection, administration_id, year), agrees)


def projects(connection: duckdb.DuckDBPyConnection, administration_id: str, year: int) -> list[str]:
    """Those that documents or stored lines of the year name. A project that neither does is asked for nothing: were
    there a line of it, the totals would show it."""
    rows = connection.execute(
        """select distinct project_id from raw.journal_entries
           where administration_id = ? and project_id is not null and year(month_date) = ?""",
        [administration_id, year],
    ).fetchall()
    return sorted({row[0] for row in rows} | documents.projects(connection, administration_id, year))
