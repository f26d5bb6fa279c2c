"""Contacts and projects of ledger lines, held against Moneybird's revenue and expenses by contact and by project.

    report rows ─┐
                 ├─▶ members that differ ─▶ slices that hold their lines, once more ─▶ those reports once more ─▶ proof
    line sums  ──┘

A line that changed its contact moves no sum of an account; these four reports are the control totals that see it. The
reports leave year-end journals out. Whether result lines carry a contact at all is a dialect (D5): where only control
accounts do, the two reports by contact are not provable from lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from pipelines.errors import ApiError
from pipelines.ledger import calendar, stored
from pipelines.ledger.chart import EXPENSE_KINDS, REVENUE_KINDS
from pipelines.ledger.choice import Slice, Year, choose
from pipelines.ledger.dialects import CONTACTS, ON_CONTROL, ON_RESULTS
from pipelines.ledger.fetching import Fetcher
from pipelines.ledger.jobs import LedgerJob
from pipelines.ledger.proving import DIFFERS, NOT_PROVABLE, PROVED
from pipelines.moneybird.turns import Turns, take_turns
from pipelines.warehouse.proofs import ProofRow
from pipelines.warehouse.report_periods import read_periods

_SHOWN = 3  # members named in a reason
Again = tuple[str, str, date, date]  # administration, report, first and last day


@dataclass(frozen=True)
class Dimension:
    """One report: which lines it adds up, and by what."""

    report: str  # name of the resource, and of its raw table
    member: str  # column of the lines and of the report
    kinds: frozenset[str]
    sign: int  # of its amounts, lines being debit positive


DIMENSIONS = tuple(
    Dimension(f"report_{side}_by_{member}", f"{member}_id", kinds, sign)
    for side, kinds, sign in (("revenue", REVENUE_KINDS, -1), ("expenses", EXPENSE_KINDS, 1))
    for member in ("contact", "project")
)


@dataclass(frozen=True)
class Found:
    """One report over one period against the lines. `differing`: member ('' for none) → lines − report."""

    dimension: Dimension
    start: date
    end: date
    members: int
    differing: dict[str, Decimal]
    from_auditfile: bool = False  # some lines of the period name no contact or project, whoever they belong to

    @property
    def reason(self) -> str:
        """Who differs, without amounts: the same members differing again are no news, whatever moved since."""
        members = sorted(self.differing)
        noun = self.dimension.member.removesuffix("_id")
        shown = ", ".join(f"{noun} {member}" if member else f"no {noun}" for member in members[:_SHOWN])
        more = f" and {len(members) - _SHOWN} more" if len(members) > _SHOWN else ""
        return f"lines and report differ for {shown}{more}" if members else ""


class DimensionProver:
    """Runs after the reports were read: `fetch`, then `differing` to read those reports again, then `prove`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, fetcher: Fetcher) -> None:
        self._con = connection
        self._fetcher = fetcher
        self._state = fetcher.state
        self._found: dict[str, list[Found]] = {}  # by administration, until its lines or its reports are read again

    def fetch(self, jobs: Iterable[LedgerJob]) -> None:
        """Reads the slices again that hold lines of members that differ, unless the same difference was met before."""
        sound = [job for job in jobs if job.error is None]
        for job in sound:
            _learn_contacts(self._con, job)
        take_turns(self._isolated(job) for job in sound)
        self._fetcher.flush()

    def differing(self, jobs: Iterable[LedgerJob]) -> list[Again]:
        """Reports that differ from lines read since, to be read once more; not those known to differ."""
        again = [
            (job.administration_id, found.dimension.report, found.start, found.end)
            for job in jobs
            if job.error is None
            for found in self._news(job)
        ]
        for administration_id, *_ in again:
            self._found.pop(administration_id, None)
        return again

    def prove(self, jobs: Iterable[LedgerJob]) -> None:
        """Writes down what is equal and what is not."""
        for job in jobs:
            if job.error is not None:
                continue
            rows = {(f.dimension.report, f.start, f.end): _row(job, f) for f in self._compare(job)}
            self._state.note_dimension_proofs(job.administration_id, rows, job.now)
            job.dialects.save(self._state, job.now)

    def _isolated(self, job: LedgerJob) -> Turns:
        try:
            due = self._due(job)
            if due:
                del self._found[job.administration_id]
            for year, slices in due.items():
                lines = stored.line_counts(self._con, job.administration_id, year)
                choice = choose(Year(year, frozenset(), frozenset(slices), frozenset(), lines, job.dialects.by_month))
                for account in choice.accounts:
                    yield from self._fetcher.account(job, account, *calendar.year_bounds(year))
                for account, (start, end) in choice.spans:
                    yield from self._fetcher.account(job, account, start, end)
        except ApiError as error:
            job.error = error  # logged by whoever is told of it

    def _due(self, job: LedgerJob) -> dict[int, set[Slice]]:
        due: dict[int, set[Slice]] = defaultdict(set)
        for found in self._news(job):
            rows = self._con.execute(
                f"""select distinct ledger_account_id, month_date from ({_lines(found.dimension)})
                    where administration_id = ? and month_date between ? and ?
                      and list_contains(?::varchar[], member)""",
                [job.administration_id, found.start, found.end, sorted(found.differing)],
            ).fetchall()
            for account, month in rows:
                due[month.year].add((account, month))
        return due

    def _news(self, job: LedgerJob) -> list[Found]:
        known = self._state.dimension_reasons(job.administration_id)
        return [
            found
            for found in self._compare(job)
            if found.differing
            and _row(job, found).state == DIFFERS
            and known.get((found.dimension.report, found.start, found.end)) != found.reason
        ]

    def _compare(self, job: LedgerJob) -> list[Found]:
        if job.administration_id not in self._found:
            self._found[job.administration_id] = self._read(job)
        return self._found[job.administration_id]

    def _read(self, job: LedgerJob) -> list[Found]:
        periods = read_periods(self._con, job.administration_id)
        return [
            found
            for dimension in DIMENSIONS
            for found in _compared(
                self._con,
                job.administration_id,
                dimension,
                [key for key, read in periods.get(dimension.report, {}).items() if not read.is_stale],
            )
        ]


def _row(job: LedgerJob, found: Found) -> ProofRow:
    if found.from_auditfile:
        return ProofRow(found.members, 0, NOT_PROVABLE, "lines out of an auditfile name no contact and no project")
    if found.dimension.member == "contact_id" and job.dialects.answer(CONTACTS) == ON_CONTROL:
        why = f"contacts stand on control accounts only: {job.dialects.known[CONTACTS].evidence}"
        return ProofRow(found.members, 0, NOT_PROVABLE, why)
    return ProofRow(found.members, len(found.differing), DIFFERS if found.differing else PROVED, found.reason)


def _lines(dimension: Dimension) -> str:
    """Result lines of the report's kinds with their member, year-end journals left out."""
    kinds = ", ".join(f"'{kind}'" for kind in sorted(dimension.kinds))
    return f"""
        select entries.administration_id, entries.ledger_account_id, entries.month_date,
               coalesce(entries.{dimension.member}, '') as member, {dimension.sign} * entries.amount as amount
        from raw.journal_entries as entries
        semi join (select administration_id, id from raw.ledger_accounts where account_type in ({kinds})) as accounts
          on accounts.administration_id = entries.administration_id and accounts.id = entries.ledger_account_id
        anti join (select administration_id, id from raw.general_journal_documents
                   where journal_type = 'fiscal_year_ending') as closing
          on closing.administration_id = entries.administration_id and closing.id = entries.document_id"""


def _compared(
    connection: duckdb.DuckDBPyConnection,
    administration_id: str,
    dimension: Dimension,
    periods: list[tuple[date, date]],
) -> list[Found]:
    if not periods:
        return []
    rows = connection.execute(
        f"""
        with periods as (select unnest($starts::date[]) as first, unnest($ends::date[]) as last),
        booked as (
            select first, last, member, sum(amount) as amount
            from ({_lines(dimension)}) join periods on month_date between first and last
            where administration_id = $a group by all
        ),
        reported as (
            select period_start_date as first, period_end_date as last, coalesce({dimension.member}, '') as member,
                   sum(amount) as amount
            from raw."{dimension.report}"
            join periods on first = period_start_date and last = period_end_date
            where administration_id = $a group by all
        ),
        compared as (
            select first, last, member, coalesce(booked.amount, 0) - coalesce(reported.amount, 0) as difference
            from booked full join reported using (first, last, member)
        )
        select first, last, count(member), list([member, difference::varchar]) filter (difference <> 0),
               exists(select 1 from raw.journal_entries as filed where filed.administration_id = $a
                      and filed.line_source = 'auditfile' and filed.month_date between first and last)
        from periods left join compared using (first, last) group by all order by first, last
        """,
        {"a": administration_id, "starts": [one[0] for one in periods], "ends": [one[1] for one in periods]},
    ).fetchall()
    return [
        Found(dimension, first, last, members, {member: Decimal(net) for member, net in differing or ()}, filed)
        for first, last, members, differing, filed in rows
    ]


def _learn_contacts(connection: duckdb.DuckDBPyConnection, job: LedgerJob) -> None:
    """D5, from all lines: result lines with a contact show it; when only other lines have one, so does that."""
    kinds = ", ".join(f"'{kind}'" for kind in sorted(REVENUE_KINDS | EXPENSE_KINDS))
    results, others, plain = connection.execute(
        f"""select count(*) filter (is_result and contact_id is not null),
                   count(*) filter (not is_result and contact_id is not null), count(*) filter (is_result)
            from (select coalesce(accounts.account_type in ({kinds}), false) as is_result, contact_id
                  from raw.journal_entries as entries
                  left join raw.ledger_accounts as accounts
                    on accounts.administration_id = entries.administration_id
                   and accounts.id = entries.ledger_account_id
                  where entries.administration_id = ? and entries.line_source is distinct from 'auditfile')""",
        [job.administration_id],
    ).fetchone() or (0, 0, 0)
    if results:
        job.dialects.learn(CONTACTS, ON_RESULTS, f"{results} of {plain} result lines have a contact")
    elif others and plain:
        job.dialects.learn(CONTACTS, ON_CONTROL, f"{others} other lines have a contact, none of {plain} result lines")
