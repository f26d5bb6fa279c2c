"""Fetches ledger lines and loads them: by account, by account and month, or as streams by project.

requests ─▶ buffer ─▶ one load for all administrations ─▶ notes: read, changed, no longer due

What waits is loaded when it is much, at the end of a round and before a wait for quota: between any two requests. So
what would be hidden by totals that are stored before the lines they ask for is noted as due before those are asked for
(`reading`), and what was learned is saved with the lines that were stored accordingly."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime

import duckdb

from pipelines.errors import MalformedAnswerError
from pipelines.ledger import calendar, stored
from pipelines.ledger.comparison import Reading, added
from pipelines.ledger.dialects import LONGEST, ONE_MONTH, OWN_LINES, PARENTS, TWELVE_MONTHS, WITH_CHILDREN
from pipelines.ledger.jobs import LedgerJob
from pipelines.ledger.pages_in_hand import PagesInHand
from pipelines.ledger.signs import learn_sign, turned_accounts
from pipelines.ledger.slices import Amounts, LineBuffer, LineSlices, Misfit, line_slices
from pipelines.ledger.totals import totals_slice
from pipelines.moneybird.ledger_reports import NO_PROJECT, Lines, Wanted, read_ledger_lines
from pipelines.moneybird.records import Drift, Parser, TableSlice
from pipelines.moneybird.records.drift import merged
from pipelines.moneybird.resources import Resource
from pipelines.moneybird.turns import Turns
from pipelines.warehouse.drift import note_drift
from pipelines.warehouse.proofs import LedgerState
from pipelines.warehouse.stamps import Read
from pipelines.warehouse.sync_state import SyncState

log = logging.getLogger(__name__)
Load = Callable[[list[TableSlice], str], None]


class Fetcher:
    """Holds what was read and not loaded yet. `load` writes table slices to the raw tables under a slice id."""

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
        self.rows: Counter[str] = Counter()  # rows written per administration
        self.loads = 0  # how often lines were loaded
        self.state = LedgerState(connection)
        self._con = connection
        self._sync_state = state
        self._parser = parser
        self._load = load
        self._totals = totals
        self._lines = lines
        self._new_slice_id = new_slice_id
        self._utc_now = utc_now
        self._jobs: dict[str, LedgerJob] = {}
        self._buffer = LineBuffer()
        self._pages = PagesInHand(connection, lines)
        self._readings: list[tuple[str, Reading]] = []
        self._reads: dict[tuple[str, str, str], Read] = {}
        self._drift: list[Drift] = []

    def begin(self, jobs: Iterable[LedgerJob]) -> None:
        self._jobs = {job.administration_id: job for job in jobs}
        self._pages.begin(self._jobs.values())

    def keep(self, job: LedgerJob, reading: Reading, scope: str = "", drift: Iterable[Drift] = ()) -> None:
        """Totals to be stored with the next load; with a `scope` also that they were read."""
        self._readings.append((job.administration_id, reading))
        self._drift += drift
        if scope:
            self._reads[(job.administration_id, self._totals.name, scope)] = Read(
                reading.read_at, len(reading.accounts)
            )

    def year(self, job: LedgerJob, year: int, account: str) -> Turns:
        yield from self.account(job, account, *calendar.year_bounds(year))
        job.years[year].fetched.add(account)

    def account(self, job: LedgerJob, account: str, start: date, end: date) -> Turns:
        """One account's lines; an answer that is not what was asked for leaves the difference standing."""
        if account in job.refused:
            return
        wanted, below = Wanted(start, end, account), job.chart.below(account)
        try:
            lines = yield from read_ledger_lines(
                self._pages.reader(job.client),
                job.administration_id,
                self._lines,
                wanted,
                below=below,
                by_month=job.dialects.by_month,
            )
        except MalformedAnswerError as error:
            self._pages.done(job.administration_id)
            job.refused.add(account)
            if error.status is not None:  # no JSON, four times: every other account would cost as much
                raise
            log.warning("ledger.lines_refused administration=%s cause=%s", job.administration_id, error)
            job.problems.append(error)
            return
        self._learn(job, account, wanted, lines)
        self._add(job, [account], account, wanted, [lines])

    def streams(self, job: LedgerJob, start: date, end: date) -> Turns:
        """All lines of whole months of a year: those without a project, then those of each. Complete only when every
        stream was read; one that cannot be used leaves all slices of these months as they were."""
        year = start.year
        job.years[year].streams_tried = True
        parts: list[Lines] = []
        try:
            for project in (NO_PROJECT, *stored.projects(self._con, job.administration_id, year)):
                wanted = Wanted(start, end, project_id=project)
                lines = yield from read_ledger_lines(
                    self._pages.reader(job.client),
                    job.administration_id,
                    self._lines,
                    wanted,
                    by_month=job.dialects.by_month,
                )
                self._learn(job, "", wanted, lines)
                parts.append(lines)
        except MalformedAnswerError as error:
            log.warning("ledger.streams_refused administration=%s cause=%s", job.administration_id, error)
            self._pages.done(job.administration_id)
            return
        accounts = {account for lines in parts for account in lines.accounts}
        accounts |= job.years[year].reading.sums.keys()
        accounts |= added(stored.line_sums(self._con, job.administration_id, year).values()).keys()
        job.years[year].streamed |= (start, end) == calendar.year_bounds(year)
        self._add(job, sorted(accounts), "streams", Wanted(start, end), parts)

    def before_wait(self) -> None:
        """Loads what is whole, and keeps the pages of what is not."""
        self.flush()
        self._pages.keep()

    def flush(self) -> None:
        """Loads what was read: lines and totals in one package, then the notes that say so."""
        if not self._buffer.slices and not self._readings:
            return
        buffer, readings, reads, drift = self._buffer, self._readings, self._reads, self._drift
        self._buffer, self._readings, self._reads, self._drift = LineBuffer(), [], {}, []
        slice_id, at = self._new_slice_id(), self._utc_now()
        tables = [totals_slice(self._con, self._totals, readings, slice_id, at)]
        if buffer.slices:
            new = line_slices(self._con, self._parser, self._lines, buffer, self._turned, slice_id, at)
            tables.append(new.table)
            for administration_id in {one[0] for _, one in buffer.slices}:
                job = self._jobs[administration_id]
                job.dialects.save(self.state, job.now)
            self.state.replacing(new.replaced)
        self._load(tables, slice_id)
        for table in tables:
            self.rows.update(table.rows.column("administration_id").to_pylist())
        if buffer.slices:
            self.state.replaced(new.read)
            self._pages.loaded()
            self.loads += 1
            self._note_misfits(new)
        note_drift(self._con, [one.row for one in merged(drift)], at)
        self._sync_state.note_reads(reads)

    def _note_misfits(self, new: LineSlices) -> None:
        """Of each slice what was wrong with it when it came last: a year that is refused for one line is asked for by
        month, and only the month with that line stays unread."""
        for administration_id, account, month, _ in new.read:
            self._jobs[administration_id].misfits.pop((account, month), None)
        for one in new.misfits:
            found, key = self._jobs[one.administration_id].misfits, (one.ledger_account_id, one.month)
            error = _does_not_fit(one)
            if str(found.get(key)) != str(error):
                log.warning("ledger.lines_refused administration=%s cause=%s", one.administration_id, error)
            found[key] = error

    def _add(self, job: LedgerJob, accounts: list[str], of: str, wanted: Wanted, lines: list[Lines]) -> None:
        self._buffer.add(job.administration_id, accounts, of, wanted.start, wanted.end, lines)
        self._drift += [one for part in lines for one in part.drift]
        self._pages.done(job.administration_id)
        if self._buffer.full:
            self.flush()

    def _learn(self, job: LedgerJob, account: str, wanted: Wanted, lines: Lines) -> None:
        is_year = (wanted.start.month, wanted.end.month) == (1, 12)
        if is_year and not job.dialects.by_month:
            longest = ONE_MONTH if lines.by_month else TWELVE_MONTHS
            job.dialects.learn(LONGEST, longest, f"lines asked for all of {wanted.start.year}")
        if lines.from_below:
            evidence = f"asked for {job.chart.title(account)}, lines of {len(lines.from_below)} accounts below it came"
            job.dialects.learn(PARENTS, WITH_CHILDREN, evidence)
        elif is_year and account:
            moved = {one for one, sides in job.years[wanted.start.year].reading.sums.items() if any(sides)}
            if moved & job.chart.below(account):
                evidence = f"asked for {job.chart.title(account)}, none of the lines below it came"
                job.dialects.learn(PARENTS, OWN_LINES, evidence)

    def _turned(self, administration_id: str, sums: Amounts) -> set[str]:
        """Learns the sign of amounts from whole account years, and says which accounts' amounts are turned."""
        job = self._jobs[administration_id]
        report = {
            (account, year): debit - credit
            for year, state in job.years.items()
            for account, (debit, credit) in state.reading.sums.items()
        }
        before = turned_accounts(job.dialects, job.chart)
        learn_sign(job.dialects, job.chart, sums, report)
        turned = turned_accounts(job.dialects, job.chart)
        if turned != before:
            self._stored_otherwise(administration_id, turned ^ before)
        return turned

    def _stored_otherwise(self, administration_id: str, accounts: set[str]) -> None:
        """Lines that were stored before the sign was known are due again: nothing had shown it till now."""
        rows = self._con.execute(
            """select distinct administration_id, ledger_account_id, month_date, _changed_at from raw.journal_entries
               where administration_id = ? and list_contains(?::varchar[], ledger_account_id)""",
            [administration_id, sorted(accounts)],
        ).fetchall()
        self.state.note_due([(row[0], row[1], row[2], row[3]) for row in rows])


def _does_not_fit(misfit: Misfit) -> MalformedAnswerError:
    month = calendar.month_of(misfit.month)
    part = str(Wanted(month.start, month.end, misfit.ledger_account_id))
    place = f"journal_entries of administration {misfit.administration_id}, {part}"
    return MalformedAnswerError(
        f"Found {misfit.path} {misfit.value!r} in {place}, which does not fit its type; these lines were not loaded, "
        "and the next run asks for them again. If it stays, look at them in Moneybird, and update Dovecote when "
        "nothing is wrong there.",
        resource="journal_entries",
        administration_id=misfit.administration_id,
        part=part,
    )
