"""The ledger of a run and what is proved with it, in the one order in which each step knows what it needs.

control totals ─▶ lines where they differ ─▶ rotation ─▶ proof per year and month
reports whose lines moved ─▶ lines of contacts and projects that differ ─▶ those reports again ─▶ proof of dimensions
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import httpx

from pipelines.config import Settings
from pipelines.ledger.auditfile_lines import AUDITFILE, AuditfileSource
from pipelines.ledger.auditfile_reading import ARCHIVE, AuditfileReader
from pipelines.ledger.debts import prove_debts
from pipelines.ledger.dimensions import DimensionProver
from pipelines.ledger.fetching import Fetcher
from pipelines.ledger.jobs import LedgerJob
from pipelines.ledger.proving import Proof
from pipelines.ledger.reading import FirstLines, LedgerReader
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import TIMEOUT, Backoff
from pipelines.moneybird.exports import Exports
from pipelines.moneybird.records import Parser, TableSlice
from pipelines.moneybird.resources import BY_NAME, RESOURCES, Feed
from pipelines.run.plan import Plan
from pipelines.run.progress import Progress
from pipelines.run.reports import ReportReader
from pipelines.run.targets import Target, Transports, utc_now
from pipelines.warehouse.proofs import LedgerState
from pipelines.warehouse.sync_state import SyncState

_OF_FEED = {resource.feed: resource for resource in RESOURCES}


@dataclass
class Books:
    """Reads the ledger and the reports of a run. `rows` counts what was written per administration."""

    settings: Settings
    connection: duckdb.DuckDBPyConnection
    state: SyncState
    parser: Parser
    load: Callable[[list[TableSlice], str], None]
    new_slice_id: Callable[[], str]
    budget: Budget
    progress: Progress
    full: bool

    def __post_init__(self) -> None:
        self.rows: Counter[str] = Counter()

    def read(self, targets: list[Target], plan: Plan, transports: Transports, backoff: Backoff) -> list[Proof]:
        """The proofs of all years. What goes wrong with one administration is written into its target."""
        reached = [target for target in targets if not target.stopped]
        jobs = [
            LedgerJob(t.administration_id, t.client, t.period_start.year, t.today, t.now, self.full) for t in reached
        ]
        totals, lines = _OF_FEED[Feed.CONTROL_TOTALS], _OF_FEED[Feed.LEDGER_LINES]
        for job in jobs:  # from here until the dimensions' lines are in, totals and lines may differ in age
            self.state.note_unread(job.administration_id, {lines.name}, job.now)
        fetcher = Fetcher(
            self.connection, self.state, self.parser, self.load, totals, lines, self.new_slice_id, utc_now
        )
        self.progress.stage("reading the ledger")
        with (
            self._first_lines(reached, transports, backoff) as first_lines,
            self.budget.stored_before_waits(fetcher.before_wait),
        ):
            reader = LedgerReader(
                self.connection, self.state, fetcher, totals, lambda: self._spare(plan), first_lines=first_lines
            )
            proofs = reader.run(jobs)
        own = list(zip(reached, jobs, strict=True))
        for target, job in own:
            if job.error is None:
                target.answered()
        _tell(own)
        self._reports(targets, own, fetcher)
        for target, job in own:
            target.errors += [*job.problems, *job.misfits.values()]
        self.rows.update(fetcher.rows)
        return proofs

    def _reports(self, targets: list[Target], own: list[tuple[Target, LedgerJob]], fetcher: Fetcher) -> None:
        """Moneybird's own reports: which periods are due depends on the ledger lines that were just read."""
        self.progress.stage("reading reports")
        reports = ReportReader(self.connection, self.state, self.load, self.new_slice_id, utc_now, full=self.full)
        prover = DimensionProver(self.connection, fetcher)
        jobs = [job for _, job in own]
        with self.budget.stored_before_waits(reports.flush), self.budget.stored_before_waits(fetcher.before_wait):
            reports.run(targets)
            prover.fetch(jobs)
            self._forget_unread(jobs)
            _tell(own)
            if again := prover.differing(jobs):
                reports.run(targets, again)
        prover.prove(jobs)
        prove_debts(self.connection, fetcher.state, jobs)
        self.rows.update(reports.rows)

    def _forget_unread(self, jobs: list[LedgerJob]) -> None:
        """No sooner than lines are read for the last time: those of the dimensions are newer than the totals, and a run
        that ends among them leaves the ledger to the next."""
        totals, lines = _OF_FEED[Feed.CONTROL_TOTALS].name, _OF_FEED[Feed.LEDGER_LINES].name
        for job in jobs:
            if job.error is None:
                self.state.forget_unread(job.administration_id, {totals, lines} if job.is_read else {lines})

    def _spare(self, plan: Plan) -> int:
        """Report requests for the rotation: what needs no waiting once the reports are read, and what was planned."""
        return min(plan.spare_reports, self.budget.left("reports") - plan.report_reading)

    @contextmanager
    def _first_lines(
        self, targets: list[Target], transports: Transports, backoff: Backoff
    ) -> Iterator[FirstLines | None]:
        """What loads the lines of a year nobody has read yet out of its auditfile, when the settings say so."""
        if self.settings.line_source != AUDITFILE:
            yield None
            return
        names = {target.administration_id: target.name for target in targets}
        with httpx.Client(transport=transports(), timeout=TIMEOUT) as storage:  # no token travels with it
            ledger = LedgerState(self.connection)
            source = AuditfileSource(
                self.connection,
                self.load,
                ledger.replacing,
                ledger.replaced,
                BY_NAME["journal_entries"],
                AuditfileReader(self.connection, self.settings.home / ARCHIVE),
                self.new_slice_id,
                utc_now,
            )

            def fill(job: LedgerJob, year: int) -> None:
                exports = Exports(job.client, storage, self.settings.api_url, backoff=backoff)
                i = job.administration_id
                source.fill(exports, i, names[i], (year,), job.today, job.now)

            yield fill
            self.rows.update(source.rows)


def _tell(own: list[tuple[Target, LedgerJob]]) -> None:
    """What ended the reading of a ledger, told once; it decides whether its administration's reports are asked for."""
    for target, job in own:
        if job.error is not None and job.error not in target.errors:
            target.failed(job.error)
