"""The staged auditfile against the lines in the warehouse, account by account: an independent control.

Opening balance, number of lines, debit and credit. The file knows accounts by number, the warehouse by id: accounts
that share a number are compared as one, and those without are compared with nothing; both are said. The opening balance
of the lines is what was booked before the year; result accounts begin every year at nothing.

Nothing more is claimed: not which document a line belongs to, nor which contact, project or tax rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import duckdb

from pipelines.ledger.auditfile_reading import Kept
from pipelines.warehouse.connection import transaction

_SCHEMA = """
create schema if not exists sync;
create table if not exists sync.auditfiles (
    administration_id varchar, year integer, path varchar, sha256 varchar, size bigint, version varchar,
    company varchar, software varchar, lines bigint, debit decimal(18, 2), credit decimal(18, 2),
    accounts integer, differences integer, state varchar, reason varchar, checked_at timestamptz,
    primary key (administration_id, year));
create table if not exists sync.auditfile_control (
    administration_id varchar, year integer, ledger_account_id varchar, account_number varchar, what varchar,
    auditfile_amount decimal(18, 2), lines_amount decimal(18, 2), difference decimal(18, 2), checked_at timestamptz);
"""
_COMPARE = """
with accounts as (
    select id, coalesce(nullif(account_id, ''), '') as number, _deleted_at is null as is_live,
           account_type in ('revenue', 'direct_costs', 'expenses', 'other_income_expenses') as is_result
    from raw.ledger_accounts where administration_id = $administration_id
),
lines as (
    select
        coalesce(accounts.number, '') as number, entries.ledger_account_id as id,
        case when month_date < $start and not coalesce(is_result, false) then amount else 0 end as opening,
        (month_date >= $start)::integer as lines,
        case when month_date >= $start then greatest(amount, 0) else 0 end as debit,
        case when month_date >= $start then greatest(-amount, 0) else 0 end as credit
    from raw.journal_entries as entries
    left join accounts on accounts.id = entries.ledger_account_id
    where administration_id = $administration_id and month_date <= $end and entries._deleted_at is null
),
booked as (
    -- An account without a number stands for itself.
    select number, case when number = '' then id else '' end as own_id, max(id) as any_id,
           sum(opening) as opening, sum(lines) as lines, sum(debit) as debit, sum(credit) as credit
    from lines group by all
),
stated as (
    select number, sum(opening) as opening, sum(lines) as lines, sum(debit) as debit, sum(credit) as credit
    from (
        select number, amount as opening, 0 as lines, 0 as debit, 0 as credit from auditfile_opening
        union all
        select number, 0, 1, greatest(amount, 0), greatest(-amount, 0) from auditfile_lines
    ) group by all
),
ids as (
    select number, min(id) as id from accounts where number <> '' and is_live group by number
),
sides as (
    select
        coalesce(booked.number, stated.number) as number,
        coalesce(nullif(own_id, ''), ids.id, any_id, 'number ' || stated.number) as id,
        unnest([
            {what: 'opening', auditfile: stated.opening, lines: booked.opening},
            {what: 'lines', auditfile: stated.lines, lines: booked.lines},
            {what: 'debit', auditfile: stated.debit, lines: booked.debit},
            {what: 'credit', auditfile: stated.credit, lines: booked.credit}
        ], recursive := true)
    from booked
    full join stated on stated.number = booked.number
    left join ids on ids.number = coalesce(booked.number, stated.number)
)
select id, number, what, coalesce(auditfile, 0)::decimal(18, 2), coalesce(lines, 0)::decimal(18, 2)
from sides where coalesce(auditfile, 0) <> 0 or coalesce(lines, 0) <> 0
order by number, id, what
"""


@dataclass(frozen=True)
class Compared:
    """One figure of one account. `ledger_account_id` is 'number 1300' when the warehouse has no such account."""

    ledger_account_id: str
    account_number: str
    what: str  # opening, lines, debit, credit
    auditfile: Decimal
    lines: Decimal

    @property
    def difference(self) -> Decimal:
        return self.auditfile - self.lines


@dataclass(frozen=True)
class Control:
    """`state`: proved or differs."""

    compared: tuple[Compared, ...]
    remarks: tuple[str, ...]

    @property
    def differences(self) -> tuple[Compared, ...]:
        return tuple(figure for figure in self.compared if figure.difference)

    @property
    def accounts(self) -> int:
        return len({figure.ledger_account_id for figure in self.compared})

    @property
    def differing(self) -> tuple[str, ...]:
        """The accounts that differ, by number, or by id when they have none."""
        return tuple(dict.fromkeys(f.account_number or f.ledger_account_id for f in self.differences))

    @property
    def state(self) -> str:
        return "differs" if self.differences else "proved"


def compare(connection: duckdb.DuckDBPyConnection, administration_id: str, year: int) -> Control:
    """The staged file against `raw.journal_entries`."""
    rows = connection.execute(
        _COMPARE, {"administration_id": administration_id, "start": date(year, 1, 1), "end": date(year, 12, 31)}
    ).fetchall()
    return Control(tuple(Compared(*row) for row in rows), _remarks(connection, administration_id, year))


def record(
    connection: duckdb.DuckDBPyConnection, administration_id: str, year: int, kept: Kept, control: Control, at: datetime
) -> None:
    """Keeps the outcome, in place of the last one of that administration and year. `at` by the server's clock."""
    connection.execute(_SCHEMA)
    staged, said = kept.staged, kept.staged.totals
    key = [administration_id, year]
    path = f"{administration_id}/{kept.path.name}"  # in the archive, which may move with its home
    header = [
        *key, path, kept.fetched.sha256, kept.fetched.size, staged.header.version, staged.company.name,
        staged.header.software, said.lines, said.debit, said.credit, control.accounts, len(control.differing),
        control.state, ", ".join(control.differing), at,
    ]  # fmt: skip
    figures = [
        [*key, f.ledger_account_id, f.account_number, f.what, f.auditfile, f.lines, f.difference, at]
        for f in control.compared
    ]
    with transaction(connection):
        connection.execute(f"insert or replace into sync.auditfiles values ({', '.join('?' * len(header))})", header)
        connection.execute("delete from sync.auditfile_control where administration_id = ? and year = ?", key)
        if figures:
            connection.executemany(
                f"insert into sync.auditfile_control values ({', '.join('?' * len(figures[0]))})", figures
            )


def _remarks(connection: duckdb.DuckDBPyConnection, administration_id: str, year: int) -> tuple[str, ...]:
    """Accounts with lines of the year or before that a number does not tell apart."""
    rows = connection.execute(
        """with used as (
               select id, coalesce(nullif(account_id, ''), '') as number, name from raw.ledger_accounts
               where administration_id = $a and id in (
                   select ledger_account_id from raw.journal_entries
                   where administration_id = $a and month_date <= $end and _deleted_at is null))
           select 'Ledger account ' || id || ' (' || name || ') has no number, so the auditfile cannot name it.'
           from used where number = ''
           union all
           select 'Number ' || number || ' is shared by ledger accounts ' || string_agg(id, ', ' order by id)
                  || '; they were compared as one.'
           from used where number <> '' group by number having count(*) > 1
           order by all""",
        {"a": administration_id, "end": date(year, 12, 31)},
    ).fetchall()
    return tuple(row[0] for row in rows)
