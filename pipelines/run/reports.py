"""Reads Moneybird's own reports after the ledger was read, so that what moved in it is known.

    ledger lines ─▶ fingerprint per month ─▶ due periods ─▶ report ─▶ rows that differ ─▶ one package ─▶ the note of it

A report that may not be read is named once for its administration and asked again tomorrow; one that does not fit keeps
its last good rows. Neither stops the other reports. What was read is noted after it was loaded, so a kill costs the
requests of one package and no period is held as read without its rows."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import duckdb

from pipelines.errors import ApiError, MalformedAnswerError, RequestRefusedError
from pipelines.moneybird.failures import Refusal, Where, refusal
from pipelines.moneybird.records import Drift, TableSlice
from pipelines.moneybird.records.drift import merged
from pipelines.moneybird.report_rows import Period, Row
from pipelines.moneybird.reports import ReportAnswer, read_report
from pipelines.moneybird.resources import Resource
from pipelines.moneybird.turns import Turns, take_turns
from pipelines.run import report_calendar as calendar
from pipelines.run.report_calendar import Books, Held, Periods
from pipelines.run.report_plan import ACCESS, PERIODS, REFUSED, REPORTS, SWEPT, held_reports, inherited
from pipelines.run.report_slices import report_slices
from pipelines.run.targets import Target
from pipelines.warehouse import report_periods
from pipelines.warehouse.drift import note_drift
from pipelines.warehouse.proofs import LearnedAnswer, LedgerState
from pipelines.warehouse.report_periods import Ledger, PeriodKey, ReadPeriod
from pipelines.warehouse.stamps import Read
from pipelines.warehouse.sync_state import SyncState

log = logging.getLogger(__name__)
PERIODS_A_PACKAGE = 300  # a package has up to nine tables and costs a second; a kill loses what waits for it
Again = tuple[str, str, date, date]  # administration, resource, first and last day


class ReportReader:
    """Reads the reports of all targets, one request of each in turn. `rows` counts rows written per administration."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        state: SyncState,
        load: Callable[[list[TableSlice], str], None],
        new_slice_id: Callable[[], str],
        utc_now: Callable[[], datetime],
        *,
        full: bool = False,
    ) -> None:
        self._con = connection
        self._state = state
        self._ledger = LedgerState(connection)
        self._load = load
        self._new_slice_id = new_slice_id
        self._utc_now = utc_now
        self._full = full
        self._rows: dict[tuple[str, str, Period], tuple[Row, ...]] = {}
        self._read: dict[tuple[str, str, Period], ReadPeriod] = {}
        self._replaced: list[tuple[str, str, PeriodKey]] = []  # years that gave way to their months
        self._swept: dict[tuple[str, str, str], Read] = {}
        self.rows: Counter[str] = Counter()
        self.drift: tuple[Drift, ...] = ()

    def run(self, targets: list[Target], again: Collection[Again] = ()) -> None:
        """Reads what is due; with `again` exactly those periods, because they differ from lines read since."""
        self.drift = merged([])
        ledgers = report_periods.ledgers(self._con)
        take_turns(
            self._administration(target, ledgers.get(target.administration_id, Ledger()), again) for target in targets
        )
        self.flush()
        note_drift(self._con, [one.row for one in self.drift], self._utc_now())

    def _administration(self, target: Target, ledger: Ledger, again: Collection[Again]) -> Turns:
        """Also of an administration that is not asked any more, what is held may be of older books by now."""
        books = Books(target.period_start.year, target.today, target.now, ledger, self._full)
        held = held_reports(self._con, self._state, target.administration_id)
        for resource in REPORTS:
            wanted = {Period(*one[2:]) for one in again if one[:2] == (target.administration_id, resource.name)}
            job = _Job(target, resource, books, inherited(held, resource), sorted(wanted))
            if not target.stopped and (wanted or not again):
                yield from self._report(job)
                held[resource.name] = job.held
            self._mark_stale(job)

    def _report(self, job: _Job) -> Turns:
        """Every due period of one report."""
        while (period := job.next()) is not None:
            try:
                yield from self._period(job, period)
            except MalformedAnswerError as error:
                job.target.failed(error)
                if error.status is not None:  # no JSON, four times: the other periods would cost as much
                    return
            except ApiError as error:
                self._end(job, error)
                return
        if job.held.refused:
            job.target.failed(as_refused(job.where, job.held.refused))
            return
        job.target.answered()
        if not job.again and calendar.is_swept(job.resource, job.held, job.books):
            key = (job.target.administration_id, job.resource.name, SWEPT)
            self._swept[key] = Read(job.books.now, 0)

    def _period(self, job: _Job, period: Period) -> Turns:
        asks = calendar.asks_for_months(job.held, job.books)
        try:
            answer = yield from read_report(
                job.target.client, job.target.administration_id, job.resource, period, by_month=asks
            )
        except RequestRefusedError as error:
            if "cannot exceed" not in str(error) or period.is_month:
                raise
            self._learn(job, "one_month", str(error)[:200], job.books.now)
            yield
            return
        if job.held.refused:
            job.held.refused = ""
            self._note_access(job, "allowed", "")
        if asks and not period.is_month:
            self._learn(job, "granularity" if answer.by_month else "twelve_months", answer.evidence, answer.read_at)
        self._keep(job, period, answer)
        if len(self._read) >= PERIODS_A_PACKAGE:
            self.flush()

    def _keep(self, job: _Job, asked: Period, answer: ReportAnswer) -> None:
        administration_id, name = job.target.administration_id, job.resource.name
        self.drift = merged([*self.drift, *answer.drift])
        running = Period.of_month(job.books.today)
        for part in answer.parts:
            if answer.by_month and job.as_of and part.period > running:
                continue  # what will stand at an end that has not come is asked when it has
            moves = job.books.fingerprint(job.resource, part.period)
            job.held.periods[part.period] = ReadPeriod(answer.read_at, len(part.rows), moves)
            self._read[(administration_id, name, part.period)] = job.held.periods[part.period]
            self._rows[(administration_id, name, part.period)] = part.rows
        if answer.by_month and asked in job.held.periods:  # its months stand for it from now on
            del job.held.periods[asked]
            self._read.pop((administration_id, name, asked), None)
            self._rows[(administration_id, name, asked)] = ()
            self._replaced.append((administration_id, name, (asked.start, asked.end)))

    def flush(self) -> None:
        """Loads what was read, then notes that it was. Called before a wait for quota too."""
        if not (self._read or self._replaced or self._swept):
            return
        slice_id = self._new_slice_id()
        tables = report_slices(self._con, self._rows, slice_id, self._utc_now())
        self._load(tables, slice_id)
        for table in tables:
            self.rows.update(table.rows.column("administration_id").to_pylist())
        read = {(a, n, (p.start, p.end)): r for (a, n, p), r in self._read.items()}
        report_periods.note_periods(self._con, read, self._replaced)
        self._state.note_reads(self._swept)
        self._rows, self._read, self._replaced, self._swept = {}, {}, [], {}

    def _mark_stale(self, job: _Job) -> None:
        """Writes which held periods are of older books than the lines, where that changed."""
        stale = calendar.stale_periods(job.resource, job.books, job.held)
        for period, read in job.held.periods.items():
            if read.is_stale != (period in stale):
                key = (job.target.administration_id, job.resource.name, period)
                job.held.periods[period] = self._read[key] = replace(read, is_stale=period in stale)

    def _learn(self, job: _Job, takes: Periods, evidence: str, at: datetime) -> None:
        job.held.takes, job.held.checked_at = takes, at
        learned = LearnedAnswer(takes, evidence)
        self._ledger.note_learned(job.target.administration_id, {PERIODS + job.resource.name: learned}, at)

    def _note_access(self, job: _Job, answer: str, why: str) -> None:
        question = ACCESS + job.resource.name
        self._ledger.note_learned(job.target.administration_id, {question: LearnedAnswer(answer, why)}, job.books.now)

    def _end(self, job: _Job, error: ApiError) -> None:
        """Leaves the rest of this report; a dead token or host leaves the rest of the administration too."""
        job.target.failed(error)
        if isinstance(error, Refusal):
            self._note_access(job, REFUSED, f"{error.status} {error.words}")


def as_refused(where: Where, noted: str) -> Refusal:
    """The error of an earlier run, from its status and words. It has no status: nothing was answered now."""
    status, _, words = noted.partition(" ")
    return refusal(where, int(status), words) if status.isdecimal() else refusal(where, 402, noted)


@dataclass
class _Job:
    """One report of one administration in this run."""

    target: Target
    resource: Resource
    books: Books
    held: Held
    again: list[Period]
    _planned_for: tuple[Periods | None, str] | None = None
    _due: list[Period] = field(default_factory=list)
    _tried: set[Period] = field(default_factory=set)

    @property
    def where(self) -> Where:
        return Where(self.resource.path, self.target.administration_id, self.target.client.token_name, token="")

    @property
    def as_of(self) -> bool:
        return self.resource.report is not None and self.resource.report.as_of

    def next(self) -> Period | None:
        """The period to ask for now. What the server takes may come out on the way and changes what is due."""
        if (self.held.takes, self.held.refused) != self._planned_for:
            self._planned_for = (self.held.takes, self.held.refused)
            due = calendar.due_periods(self.resource, self.books, self.held)
            self._due = [period for period in self.again or due if period not in self._tried]
        if not self._due:
            return None
        self._tried.add(self._due[0])
        return self._due.pop(0)
