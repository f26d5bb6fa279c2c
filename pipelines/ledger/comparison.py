"""Ledger lines in the warehouse against control totals, per account.

Net must be equal for a proof. Debit and credit apart decide what is read again as well: a booking and its reversal
that are both missing leave the net equal. In the default dialect a reversal stands on the other side, so the gross sums
of the lines are those of the report; where they never agree, net is the proof and the extra reading is the price.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import duckdb

from pipelines.moneybird.feeds import ControlTotal

_ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Difference:
    """One account whose lines and report differ over a period. Amounts in the administration's currency."""

    ledger_account_id: str
    net: Decimal  # lines − report, debit positive
    gross: bool  # the sides differ too, or only


@dataclass(frozen=True)
class Comparison:
    accounts: int
    differences: tuple[Difference, ...]

    @property
    def net_differences(self) -> tuple[Difference, ...]:
        return tuple(difference for difference in self.differences if difference.net)


def compare(
    connection: duckdb.DuckDBPyConnection,
    administration_id: str,
    totals: Iterable[ControlTotal],
    start: date,
    end: date,
) -> Comparison:
    """The report's accounts and those with lines, over whole months from `start` to `end`."""
    lines = line_sums(connection, administration_id, start, end)
    report = {total.ledger_account_id: (total.debit_sum, total.credit_sum) for total in totals}
    differences = []
    for account in sorted(lines.keys() | report.keys()):
        line_debit, line_credit = lines.get(account, (_ZERO, _ZERO))
        debit, credit = report.get(account, (_ZERO, _ZERO))
        net = (line_debit - line_credit) - (debit - credit)
        gross = (line_debit, line_credit) != (debit, credit)
        if net or gross:
            differences.append(Difference(account, net, gross))
    return Comparison(len(lines.keys() | report.keys()), tuple(differences))


def line_sums(
    connection: duckdb.DuckDBPyConnection, administration_id: str, start: date, end: date
) -> dict[str, tuple[Decimal, Decimal]]:
    """Account → debit and credit of the lines in the warehouse."""
    rows = connection.execute(
        """select ledger_account_id, sum(greatest(amount, 0)), sum(greatest(-amount, 0)) from raw.journal_entries
           where administration_id = ? and month_date between ? and ? group by all""",
        [administration_id, start, end],
    ).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}


def last_line(connection: duckdb.DuckDBPyConnection, administration_id: str, year: int) -> date | None:
    """The latest line's date in `year`."""
    row = connection.execute(
        "select max(date) from raw.journal_entries where administration_id = ? and year(month_date) = ?",
        [administration_id, year],
    ).fetchone()
    return row[0] if row else None


def years(connection: duckdb.DuckDBPyConnection, administration_id: str, first: int, today: date) -> list[int]:
    """The calendar years a run compares: from `first` (of the books) to today's, on to the end of the last line's own
    period, and every other year with lines or with a document that may have moved one."""
    row = connection.execute(
        """select
               (select max(try_cast(left(split_part(period, '..', 2), 4) as integer))
                from raw.sales_invoices__details where administration_id = $a and _deleted_at is null),
               (select list(year) from
                    (select year(month_date) as year from raw.journal_entries where administration_id = $a
                     union select year(month_date) from sync.dirty_ledger where administration_id = $a))""",
        {"a": administration_id},
    ).fetchone()
    last_period, others = row or (None, None)
    return sorted({*range(first, max(today.year, last_period or 0) + 1), *(others or ())})


def replaced_at(connection: duckdb.DuckDBPyConnection, administration_id: str, year: int) -> dict[date, datetime]:
    """Month → when one of its ledger slices was last replaced, by the server's clock."""
    rows = connection.execute(
        """select month_date, max(read_at) from sync.ledger_slices
           where administration_id = ? and year(month_date) = ? group by all""",
        [administration_id, year],
    ).fetchall()
    return {row[0]: row[1] for row in rows}
