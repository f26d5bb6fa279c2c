"""Reads the ledger of many administrations in rounds, so that one load serves them all.

    round 1   year totals; dirty slices, and the accounts that differ, in the months that are known to have moved
    round 2   where a year still differs: its totals once more, then those accounts' whole year
    months    month totals that are due; accounts that differ there
    proof     what is left is written down, per administration and year

A report and its lines are two requests, so the books can move in between. A difference counts only after both sides
were read again: totals that moved meanwhile and still differ are *in motion*; totals that stood still *differ*.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb

from pipelines.errors import ApiError, MalformedAnswerError, ScopeError
from pipelines.ledger import calendar, comparison
from pipelines.ledger.slices import LineBuffer, line_slice, totals_slice
from pipelines.moneybird import feeds
from pipelines.moneybird.client import Client
from pipelines.moneybird.records import Parser, TableSlice
from pipelines.moneybird.resources import Resource
from pipelines.warehouse.stamps import Read, SyncState

log = logging.getLogger(__name__)
Load = Callable[[list[TableSlice], str], None]
MONTHS_WORTH_A_YEAR = 3  # reading more months than this one by one costs more requests than the year's pages


@dataclass
class LedgerJob:
    """One administration's ledger in this run."""

    administration_id: str
    client: Client
    first_year: int
    today: date
    now: datetime  # the server's time of this run's first answer
    full: bool = False
    error: ApiError | None = None
    refused: set[str] = field(default_factory=set)  # accounts whose lines were not what was asked for
    years: dict[int, YearState] = field(default_factory=dict)


@dataclass
class YearState:
    totals: list[feeds.ControlTotal]
    fetched_whole: set[str] = field(default_factory=set)
    moved: bool = False
    month_differences: set[str] = field(default_factory=set)
    comparison: comparison.Comparison | None = None


@dataclass(frozen=True)
class Proof:
    """The outcome for one administration and year."""

    administration_id: str
    year: int
    accounts: int
    differences: int
    state: str
    reason: str


class LedgerReader:
    """Holds what every round needs. `load` writes table slices to the raw tables under a slice id."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        state: SyncState,
        parser: Parser,
        load: Load,
        totals: Resource,
        lines: Resource,
        new_slice_id: Callable[[], str],
        utc_now: Callable[[], datetime],
    ) -> None:
        self._con = connection
        self._state = state
        self._parser = parser
        self._load = load
        self._totals = totals
        self._lines = lines
        self._new_slice_id = new_slice_id
        self._utc_now = utc_now
        self.rows: Counter[str] = Counter()  # lines written per administration
        self._buffer = LineBuffer()
        self._read_totals: dict[tuple[str, date, date], list[feeds.ControlTotal]] = {}
        self._reads: dict[tuple[str, str, str], Read] = {}

    def run(self, jobs: list[LedgerJob]) -> list[Proof]:
        """Reads, loads and proves; a job's ApiError ends that job only and is kept in `job.error`."""
        for round_ in (self._first_round, self._second_round, self._months):
            for job in jobs:
                if job.error is None:
                    self._isolated(job, round_)
            self._flush()
        return [proof for job in jobs for proof in self._prove(job)]

    def _isolated(self, job: LedgerJob, round_: Callable[[LedgerJob], None]) -> None:
        try:
            round_(job)
        except ApiError as error:
            log.warning("ledger.stopped administration=%s cause=%s", job.administration_id, error)
            job.error = error

    def _first_round(self, job: LedgerJob) -> None:
        dirty = self._state.dirty(job.administration_id)
        for year in self._year_by_year(job):
            named = {(account, month) for account, month in dirty if account and month.year == year}
            moved_months = {month for _, month in dirty if month.year == year}
            differing = {difference.ledger_account_id for difference in self._compare(job, year).differences}
            whole = set(differing) if not moved_months or len(moved_months) > MONTHS_WORTH_A_YEAR else set()
            months_of_account = Counter(account for account, _ in named)
            whole |= {account for account, count in months_of_account.items() if count > MONTHS_WORTH_A_YEAR}
            for account in sorted(whole):
                self._fetch_year(job, year, account)
            named |= {(a, month) for a in differing - months_of_account.keys() for month in moved_months}
            for account, month in sorted(one for one in named if one[0] not in whole):
                self._fetch(job, account, month, feeds.months(month, month)[0][1])

    def _year_by_year(self, job: LedgerJob) -> Iterator[int]:
        """Each year with its totals read, and after the last one a further year as long as the one before it moved."""
        years = comparison.years(self._con, job.administration_id, job.first_year, job.today)
        while years:
            year = years.pop(0)
            state = job.years[year] = YearState(self._year_totals(job, year))
            moved = any(total.debit_sum or total.credit_sum for total in state.totals)
            if not years and calendar.next_year_is_asked(year, moved, job.today):
                years.append(year + 1)
            yield year

    def _second_round(self, job: LedgerJob) -> None:
        for year, state in job.years.items():
            found = self._compare(job, year)
            if not found.differences:
                continue
            again = self._year_totals(job, year)
            state.moved = sorted(again, key=_account) != sorted(state.totals, key=_account)
            state.totals = again
            for difference in self._compare(job, year).differences:
                if state.moved or difference.ledger_account_id not in state.fetched_whole:
                    self._fetch_year(job, year, difference.ledger_account_id)

    def _months(self, job: LedgerJob) -> None:
        reads = {
            scope: read.read_at
            for (name, scope), read in self._state.reads(job.administration_id).items()
            if name == self._totals.name
        }
        for year in job.years:
            due = calendar.due_months(
                year,
                job.today,
                comparison.last_line(self._con, job.administration_id, year),
                reads,
                comparison.replaced_at(self._con, job.administration_id, year),
                job.now,
                job.full,
            )
            for month in due:
                self._month(job, job.years[year], month)

    def _month(self, job: LedgerJob, state: YearState, month: calendar.Month) -> None:
        totals = self._read(job, month.start, month.end, month.scope)
        found = comparison.compare(self._con, job.administration_id, totals, month.start, month.end)
        if not found.differences:
            return
        for difference in found.differences:
            self._fetch(job, difference.ledger_account_id, month.start, month.end)
        self._flush()
        left = comparison.compare(self._con, job.administration_id, totals, month.start, month.end)
        if (
            left.net_differences
        ):  # read both sides again before it counts: the books may have moved between the requests
            totals = self._read(job, month.start, month.end, month.scope)
            left = comparison.compare(self._con, job.administration_id, totals, month.start, month.end)
        state.month_differences |= {f"{d.ledger_account_id} in {month.scope}" for d in left.net_differences}

    def _year_totals(self, job: LedgerJob, year: int) -> list[feeds.ControlTotal]:
        start, end = calendar.year_bounds(year)
        return self._read(job, start, end, str(year))

    def _read(self, job: LedgerJob, start: date, end: date, scope: str) -> list[feeds.ControlTotal]:
        totals, read_at = feeds.read_control_totals(job.client, job.administration_id, self._totals, start, end)
        self._read_totals[(job.administration_id, start, end)] = totals
        self._reads[(job.administration_id, self._totals.name, scope)] = Read(read_at, len(totals))
        return totals

    def _compare(self, job: LedgerJob, year: int) -> comparison.Comparison:
        start, end = calendar.year_bounds(year)
        return comparison.compare(self._con, job.administration_id, job.years[year].totals, start, end)

    def _fetch_year(self, job: LedgerJob, year: int, account: str) -> None:
        start, end = calendar.year_bounds(year)
        self._fetch(job, account, start, end)
        job.years[year].fetched_whole.add(account)

    def _fetch(self, job: LedgerJob, account: str, start: date, end: date) -> None:
        """One account's lines; an answer that is not what was asked for leaves the difference standing."""
        if account in job.refused:
            return
        try:
            texts, read_at = feeds.read_ledger_lines(
                job.client, job.administration_id, self._lines, account, start, end
            )
        except MalformedAnswerError as error:
            log.warning("ledger.lines_refused administration=%s cause=%s", job.administration_id, error)
            job.refused.add(account)
            return
        self._buffer.add(job.administration_id, account, start, end, texts, read_at)
        if self._buffer.full:
            self._flush()

    def _flush(self) -> None:
        """Loads what was read: lines and totals in one package, then the notes that say so."""
        if not self._buffer.slices and not self._read_totals:
            return
        slice_id, at = self._new_slice_id(), self._utc_now()
        tables = [totals_slice(self._con, self._totals, self._read_totals, slice_id, at)]
        if self._buffer.slices:
            tables.append(line_slice(self._con, self._parser, self._lines, self._buffer, slice_id, at))
        self._state.ledger_replacing(self._buffer.slices)
        self._load(tables, slice_id)
        for table in tables:
            self.rows.update(table.rows.column("administration_id").to_pylist())
        self._state.ledger_replaced(self._buffer.slices)
        self._state.note_reads(self._reads)
        self._buffer, self._read_totals, self._reads = LineBuffer(), {}, {}

    def _prove(self, job: LedgerJob) -> list[Proof]:
        if isinstance(job.error, ScopeError):
            proofs = [Proof(job.administration_id, job.today.year, 0, 0, "not_provable", str(job.error))]
        elif job.error is not None:
            return []
        else:
            proofs = [self._year_proof(job, year, state) for year, state in job.years.items()]
            self._state.forget_month_hints(job.administration_id)
        for p in proofs:
            self._state.note_proof(p.administration_id, p.year, p.accounts, p.differences, p.state, p.reason, job.now)
        return proofs

    def _year_proof(self, job: LedgerJob, year: int, state: YearState) -> Proof:
        found = self._compare(job, year)
        accounts = {d.ledger_account_id for d in found.net_differences}
        names = sorted(accounts) + sorted(state.month_differences)
        differences = len(accounts | {name.split(" ")[0] for name in state.month_differences})
        if not names:
            return Proof(job.administration_id, year, found.accounts, 0, "proved", "")
        reason = f"{differences} accounts differ: {', '.join(names[:5])}{' …' if len(names) > 5 else ''}"
        return Proof(
            job.administration_id, year, found.accounts, differences, "in_motion" if state.moved else "differs", reason
        )


def _account(total: feeds.ControlTotal) -> str:
    return total.ledger_account_id
