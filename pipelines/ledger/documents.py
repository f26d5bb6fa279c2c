"""What the documents say of a ledger before anything of it is asked: which projects and months their lines name.

A line may be booked in months of its own (P-2), before its document's or after, so it names every year these reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from pipelines.ledger.calendar import YEARS_AHEAD
from pipelines.moneybird.control_totals import months
from pipelines.moneybird.resources import RESOURCES, Child, Posting, Resource


@dataclass(frozen=True)
class Spread:
    """Lines of documents that are booked on `ledger_account_id` in every month from `start` to `end`."""

    ledger_account_id: str
    start: date
    end: date
    lines: int

    @property
    def months(self) -> list[date]:
        return [first for first, _ in months(self.start, self.end)]


def spread(connection: duckdb.DuckDBPyConnection, administration_id: str, today: date) -> list[Spread]:
    """Every period lines are spread over, so far as the ledger is ever asked: one to 2999 is a slip of the pen."""
    rows = connection.execute(
        f"""select ledger_account_id, first_month, last_month, count(*) from ({_LINES})
            where first_month <= last_month and ledger_account_id is not null group by all order by all""",
        {"a": administration_id},
    ).fetchall()
    last = date(today.year + YEARS_AHEAD, 12, 1)
    return [Spread(account, first, min(end, last), lines) for account, first, end, lines in rows if first <= last]


def projects(connection: duckdb.DuckDBPyConnection, administration_id: str, year: int) -> set[str]:
    """The projects that lines booked in `year` name."""
    rows = connection.execute(
        f"""select distinct project_id from ({_LINES}) where project_id is not null
            and $year between year(least(month, first_month)) and year(greatest(month, last_month))""",
        {"a": administration_id, "year": year},
    ).fetchall()
    return {row[0] for row in rows}


def counts(connection: duckdb.DuckDBPyConnection, administration_id: str) -> list[tuple[int, str, str | None, int]]:
    """Year, part, ledger account and number: of the documents dated in that year that are booked ('documents'), of
    their lines on each account ('lines') and of their payments ('payments')."""
    return connection.execute(_COUNTS, {"a": administration_id}).fetchall()


def _lines_of(resource: Resource) -> str:
    """SQL of the lines of one kind of document that are booked, with the month of the document and those of its own."""
    posting = _posting(resource)
    child: Child = next(one for one in resource.children if one.name == posting.lines)
    names = {column.name for column in child.columns}
    first, last = ("null::date", "null::date") if "period" not in names else map(_month, (1, 2))
    return f"""
        select date_trunc('month', documents.{posting.date_column})::date as month, rows.ledger_account_id,
               {"rows.project_id" if "project_id" in names else "null::varchar"} as project_id,
               {first} as first_month, {last} as last_month
        from {_booked(resource)} join {_rows(resource, posting.lines)}"""


def _counts_of(resource: Resource) -> str:
    posting = _posting(resource)
    year = f"year(documents.{posting.date_column})"
    counted = f"""
        select {year} as year, 'documents' as part, null::varchar as account, count(*) as number
        from {_booked(resource)} group by all"""
    if posting.payments:
        # A payment through the bank stands with its invoice and with its bank transaction, and is booked once.
        counted += f"""
        union all select {year}, 'payments', null, count(*)
        from {_booked(resource)} join {_rows(resource, posting.payments)}
        where coalesce(rows.financial_mutation_id, documents.id) = documents.id group by all"""
    return counted


def _booked(resource: Resource) -> str:
    """SQL of the documents of one kind that are there and booked."""
    posting = _posting(resource)
    states = ", ".join(f"'{state}'" for state in posting.silent_states)
    return f"""(
            select * from raw."{resource.table}" where administration_id = $a and _deleted_at is null
            and {posting.date_column} is not null {f"and state not in ({states})" if states else ""}) as documents"""


def _rows(resource: Resource, nested: str) -> str:
    return f"""raw."{resource.name}__{nested}" as rows
          on rows.administration_id = documents.administration_id and rows.{resource.parent_key} = documents.id"""


def _posting(resource: Resource) -> Posting:
    assert resource.posting is not None
    return resource.posting


def _month(end: int) -> str:
    """SQL of the first day of the month at one end of a period such as 20260101..20261231."""
    return f"try_strptime(left(split_part(rows.period, '..', {end}), 6) || '01', '%Y%m%d')::date"


_LINES = " union all ".join(_lines_of(resource) for resource in RESOURCES if resource.posting)
_COUNTS = " union all ".join(
    [
        f"select year(month), 'lines', ledger_account_id, count(*) from ({_LINES}) group by all",
        *(_counts_of(resource) for resource in RESOURCES if resource.posting),
    ]
)
