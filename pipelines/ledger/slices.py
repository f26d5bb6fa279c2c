"""Ledger slices: (administration, account, month), fetched whole and replaced whole. Entry ids are never keys.

A slice whose lines are those in the warehouse already (but for their ids) is only noted as read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa

from pipelines.ledger.signs import Year
from pipelines.moneybird.control_totals import months
from pipelines.moneybird.ledger_reports import UNMAPPED, Lines, line_columns
from pipelines.moneybird.records import LineMisfit, Parser, TableSlice
from pipelines.moneybird.resources import Resource
from pipelines.warehouse.proofs import LedgerSlice

_REQUIRED = {"amount"}  # a line has one; without it the sums would be wrong and nothing would say so
_NOT_COMPARED = {"month_date", "line_number", "id", "ledger_account_id"}  # an edited document gets new entry ids
PAGES_PER_LOAD = 200  # about 20 000 lines

Amounts = Mapping[Year, Decimal]
Turned = Callable[[str, Amounts], set[str]]  # administration, sums as served of account years → accounts to turn


@dataclass
class LineBuffer:
    """Pages of lines waiting to be loaded, and the slices they complete. A tag's pages stand or fall together."""

    pages: list[tuple[str, str]] = field(default_factory=list)
    slices: list[tuple[str, LedgerSlice]] = field(default_factory=list)
    years: list[tuple[str, str, Year]] = field(default_factory=list)  # tag, administration, account year complete here

    def add(
        self, administration_id: str, accounts: Iterable[str], of: str, start: date, end: date, lines: Iterable[Lines]
    ) -> None:
        """Everything `accounts` have from `start` to `end`, however it was asked (`of`)."""
        tag = f"{administration_id}/{of}/{start:%Y%m}"
        for part in lines:
            self.pages += [(tag, text) for text in part.texts]
        at = min(part.read_at for part in lines if part.read_at is not None)
        for account in accounts:
            self.slices += [(tag, (administration_id, account, first, at)) for first, _ in months(start, end)]
            if len(months(start, end)) == 12:
                self.years.append((tag, administration_id, (account, start.year)))

    @property
    def full(self) -> bool:
        return len(self.pages) >= PAGES_PER_LOAD


@dataclass(frozen=True)
class Misfit:
    """A value that does not fit its type, by the slice its line is of. `value` is cut short."""

    administration_id: str
    ledger_account_id: str
    month: date
    path: str
    value: str


@dataclass(frozen=True)
class LineSlices:
    """The buffer as rows to load, the slices they replace, all slices that were read, and what kept others from it."""

    table: TableSlice
    replaced: list[LedgerSlice]
    read: list[LedgerSlice]
    misfits: list[Misfit]


def line_slices(
    connection: duckdb.DuckDBPyConnection,
    parser: Parser,
    resource: Resource,
    buffer: LineBuffer,
    turned: Turned,
    slice_id: str,
    changed_at: datetime,
) -> LineSlices:
    """The buffered pages as rows of the lines' table, debit positive, of those slices whose lines are not stored yet.

    Lines that do not fit their type, and those without an amount, are refused with everything that was asked together
    with them: those slices keep their old rows and stay due, so the difference stays visible in the proof."""
    rows, wrong = parser.lines([*line_columns(resource), UNMAPPED], buffer.pages, _REQUIRED)
    refused = {one.tag for one in wrong}
    read = [one for tag, one in buffer.slices if tag not in refused]
    connection.register("served_lines", rows)
    connection.register("read_slices", _slices_table(read))
    connection.register("turned_accounts", _turned_table(connection, buffer, refused, turned))
    connection.execute(_NEW_LINES)
    columns = [*resource.columns, UNMAPPED]
    compared = ", ".join(f'"{column.name}"' for column in columns if column.name not in _NOT_COMPARED)
    replaced = connection.execute(_CHANGED.format(columns=compared)).fetchall()
    connection.register("replaced_slices", _slices_table(replaced))
    names = ", ".join(f'"{column.name}"' for column in columns)
    table = connection.execute(
        f"""select administration_id, {names}, ? as _slice_id, ?::timestamptz as _changed_at,
                   null::timestamptz as _deleted_at, null::boolean as _erase
            from new_lines
            semi join replaced_slices using (administration_id, ledger_account_id, month_date)""",
        [slice_id, changed_at],
    ).to_arrow_table()
    connection.execute("drop table new_lines")
    for name in ("served_lines", "read_slices", "turned_accounts", "replaced_slices"):
        connection.unregister(name)
    keys = _slices_table(replaced).select(["administration_id", "ledger_account_id", "month_date"])
    return LineSlices(
        TableSlice(resource.table, table, replace_by=("administration_id", *resource.key), replaced=_distinct(keys)),
        [(row[0], row[1], row[2], row[3]) for row in replaced],
        read,
        [_misfit(one) for one in wrong],
    )


def _misfit(found: LineMisfit) -> Misfit:
    administration_id = found.tag.partition("/")[0]
    account, day = found.line["ledger_account_id"], found.line["date"]
    return Misfit(administration_id, account, day.replace(day=1), found.path, found.value)


_NEW_LINES = """
create or replace temp table new_lines as
select split_part(tag, '/', 1) as administration_id,
       lines.* exclude (tag, position) replace (if(turned.a is null, amount, -amount)::decimal(18, 2) as amount),
       date_trunc('month', date)::date as month_date,
       row_number() over (
           partition by split_part(tag, '/', 1), ledger_account_id, date_trunc('month', date) order by tag, position
       )::integer as line_number,
       'reports' as line_source
from served_lines as lines
left join turned_accounts as turned on turned.a = split_part(tag, '/', 1) and turned.l = lines.ledger_account_id
"""
_CHANGED = """
with wanted as (
    select administration_id, ledger_account_id, month_date, max(read_at) as read_at from read_slices group by all
),
new as (
    select administration_id, ledger_account_id, month_date, count(*) as lines, sum(hash({columns})::hugeint) as content
    from new_lines group by all
),
old as (
    select administration_id, ledger_account_id, month_date, count(*) as lines, sum(hash({columns})::hugeint) as content
    from raw.journal_entries semi join wanted using (administration_id, ledger_account_id, month_date) group by all
)
select wanted.* from wanted
left join new using (administration_id, ledger_account_id, month_date)
left join old using (administration_id, ledger_account_id, month_date)
where new.lines is distinct from old.lines or new.content is distinct from old.content
"""


def _turned_table(
    connection: duckdb.DuckDBPyConnection, buffer: LineBuffer, refused: Collection[str], turned: Turned
) -> pa.Table:
    """(a, l): the accounts of each administration whose amounts are turned, after learning from these lines."""
    sums = connection.execute(
        """select split_part(tag, '/', 1), ledger_account_id, year(date), sum(amount) from served_lines group by all"""
    ).fetchall()
    served = {(administration_id, (account, year)): total for administration_id, account, year, total in sums}
    whole = {(administration_id, year) for tag, administration_id, year in buffer.years if tag not in refused}
    accounts = []
    for administration_id in sorted({one[0] for _, one in buffer.slices}):
        own = {year: served.get((owner, year), Decimal(0)) for owner, year in whole if owner == administration_id}
        accounts += [(administration_id, account) for account in turned(administration_id, own)]
    return pa.table(
        {
            "a": pa.array([one[0] for one in accounts], pa.string()),
            "l": pa.array([one[1] for one in accounts], pa.string()),
        }
    )


def _slices_table(slices: Sequence[tuple[str, str, date, datetime]]) -> pa.Table:
    return pa.table(
        {
            "administration_id": pa.array([one[0] for one in slices], pa.string()),
            "ledger_account_id": pa.array([one[1] for one in slices], pa.string()),
            "month_date": pa.array([one[2] for one in slices], pa.date32()),
            "read_at": pa.array([one[3] for one in slices], pa.timestamp("us", "UTC")),
        }
    )


def _distinct(table: pa.Table) -> pa.Table:
    return table.group_by(table.column_names).aggregate([])
