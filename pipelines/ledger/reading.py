"""Reads the ledger of many administrations in rounds, so that one load serves them all and nobody waits for another.

    round 1   the year's totals, with its months where the server gives them; what documents touched, and what differs
    round 2   where a year still differs: its totals once more, then those accounts
    months    month totals that are due; accounts that differ there; those that still differ are read once more
    rotation  with requests to spare: slices of open years that nobody has looked at for a month
    proof     what is left is written down, per administration, year and month

A report and its lines are two requests, so the books can move in between. A difference counts only after both sides
were read again: totals that moved meanwhile and still differ are *in motion*; totals that stood still *differ*."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable

import duckdb

from pipelines.errors import ApiError, RequestRefusedError
from pipelines.ledger import calendar, rotation, stored
from pipelines.ledger.asking import TotalsAsker
from pipelines.ledger.chart import read_chart
from pipelines.ledger.choice import Slice
from pipelines.ledger.comparison import Reading
from pipelines.ledger.dialects import ANSWERED, GRANULARITY, dialects_of
from pipelines.ledger.fetching import Fetcher
from pipelines.ledger.jobs import LedgerJob, YearState
from pipelines.ledger.proving import Proof, prove
from pipelines.ledger.standing import Standing
from pipelines.moneybird.resources import Resource
from pipelines.moneybird.turns import Turns, take_turns
from pipelines.warehouse.connection import transaction
from pipelines.warehouse.stamps import Read
from pipelines.warehouse.sync_state import SyncState

log = logging.getLogger(__name__)
Round = Callable[[LedgerJob], Turns]
FirstLines = Callable[[LedgerJob, int], None]


class LedgerReader:
    """Reads, loads and proves. `spare` says how many report requests are left that need no waiting; `first_lines` may
    load the lines of a year that has none another way, before they are asked for one account at a time."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        state: SyncState,
        fetcher: Fetcher,
        totals: Resource,
        spare: Callable[[], int] = lambda: 0,
        *,
        first_lines: FirstLines | None = None,
    ) -> None:
        self._con = connection
        self._sync_state = state
        self._fetcher = fetcher
        self._state = fetcher.state
        self._totals = totals
        self._spare = spare
        self._first_lines = first_lines
        self._asker = TotalsAsker(connection, fetcher, totals)
        self._standing = Standing(connection, lambda: fetcher.loads)

    def run(self, jobs: list[LedgerJob]) -> list[Proof]:
        """A job's ApiError ends that job only and is kept in `job.error`."""
        for job in jobs:
            job.chart = read_chart(self._con, job.administration_id)
            job.dialects = dialects_of(self._state, job.administration_id, job.now)
        self._fetcher.begin(jobs)
        self._round(jobs, self._first)
        self._round(jobs, self._second)
        for job in jobs:
            self._standing.learn_reversals(job)
            job.dialects.save(self._state, job.now)  # a run killed from here on must not ask for the same lines again
        self._round(jobs, self._months)
        self._round(jobs, self._months_again)
        self._rotate(jobs)
        for job in jobs:
            self._note_agreeing_months(job)
        with transaction(self._con):
            return [proof for job in jobs for proof in prove(self._state, job, self._standing.outcomes(job))]

    def _round(self, jobs: Iterable[LedgerJob], round_: Round) -> None:
        take_turns(self._isolated(job, round_) for job in jobs if job.error is None)
        self._fetcher.flush()

    def _isolated(self, job: LedgerJob, round_: Round) -> Turns:
        try:
            yield from round_(job)
        except ApiError as error:
            job.error = error  # logged by whoever is told of it

    def _first(self, job: LedgerJob) -> Turns:
        """Each year, and after the last one a further year as long as the one before it moved."""
        years = stored.years(self._con, job.administration_id, job.first_year, job.today)
        while years:
            year = years.pop(0)
            try:
                reading, months = yield from self._asker.year(job, year)
            except RequestRefusedError as error:  # one year the server does not take must not freeze the others
                log.warning(
                    "ledger.year_refused administration=%s year=%d cause=%s", job.administration_id, year, error
                )
                job.problems.append(error)
                continue
            job.years[year] = YearState(reading, months)
            moved = any(debit or credit for debit, credit in reading.sums.values())
            if not years and calendar.next_year_is_asked(year, moved, job.today):
                years.append(year + 1)
            if moved and self._first_lines:
                self._first_lines(job, year)
            yield from self._fetch_differing(job, year, self._state.due_slices(job.administration_id))

    def _fetch_differing(self, job: LedgerJob, year: int, due: Collection[Slice] = ()) -> Turns:
        """What the comparison and `due` ask for, at the fewest requests."""
        self._note_due(job, self._standing.changed_sides(job, year), job.years[year].reading)
        choice = self._standing.choice(job, year, due)
        months_pay = len(choice.accounts) > 1 or len(choice.spans) > len(calendar.months_of(year))
        if job.dialects.by_month and not job.years[year].months and months_pay:
            yield from self._read_months(job, year)  # cheaper than asking each account for months it did not move in
            choice = self._standing.choice(job, year, due)
        for start, end in choice.streams:
            yield from self._fetcher.streams(job, start, end)
        for account in choice.accounts:
            known = job.dialects.by_month
            yield from self._fetcher.year(job, year, account)
            if job.dialects.by_month and not known:  # just learned: the rest can be asked for better
                yield from self._fetch_differing(job, year, due)
                return
        for account, (start, end) in choice.spans:
            known = job.dialects.by_month
            yield from self._fetcher.account(job, account, start, end)
            if job.dialects.by_month and not known:
                yield from self._fetch_differing(job, year, due)
                return
        job.years[year].settle()

    def _note_due(self, job: LedgerJob, slices: Collection[Slice], reading: Reading) -> None:
        """Written down before the totals are stored that ask for these lines: after a kill between the two, neither the
        year's sum nor the month's, which counts as read then, would say why."""
        if slices:
            self._state.note_due([(job.administration_id, *one, reading.read_at) for one in slices])

    def _second(self, job: LedgerJob, only: Collection[int] | None = None) -> Turns:
        self._standing.learn_closing(job)
        for year, state in job.years.items():
            if only is not None and year not in only:
                continue
            found, months = self._standing.compare(job, year)
            if not found.differences and not any(one.differences for one in months.values()):
                continue
            before = state.reading
            state.reading, months_again = yield from self._asker.year(job, year)
            state.months |= months_again
            if not state.reading.equals(before):
                state.moved = [before.read_at, state.reading.read_at]
                state.fetched, state.streamed = set(), False
            yield from self._fetch_differing(job, year)

    def _months(self, job: LedgerJob) -> Turns:
        reads = {
            scope: read.read_at
            for (name, scope), read in self._sync_state.reads(job.administration_id).items()
            if name == self._totals.name
        }
        differing = {year for year in job.years if self._standing.compare(job, year)[0].differences}
        years = [
            stored.year_lines(
                self._con, job.administration_id, year, job.dialects.rules.sides and year not in differing
            )
            for year in job.years
        ]
        due = set(calendar.due_months(years, job.today, reads, job.now, job.full))
        for year in years:  # a year that still differs names the account; only its months say when
            if year.number in differing:
                due.update(calendar.months_begun(year, job.today))
        for month in sorted(due, key=lambda month: month.start):
            if month.start not in job.years[month.start.year].months:
                yield from self._asker.month(job, month)
                yield from self._fetch_month(job, month)

    def _months_again(self, job: LedgerJob) -> Turns:
        """Months whose lines were fetched and still differ: both sides once more before it counts."""
        if job.dialects.answer(GRANULARITY) == ANSWERED:
            return  # read twice with their year
        for year, state in job.years.items():
            _, months = self._standing.compare(job, year)
            for start, found in months.items():
                if found.net_differences and start not in state.moved_months and not state.moved:
                    before, month = state.months[start], calendar.month_of(start)
                    yield from self._asker.month(job, month)
                    if not state.months[start].equals(before):
                        state.moved_months[start] = [before.read_at, state.months[start].read_at]
                        yield from self._fetch_month(job, month)

    def _rotate(self, jobs: list[LedgerJob]) -> None:
        """Looks at what no document and no sum asks for. Where that changes a year, the year is compared again."""
        sound = {job.administration_id: job for job in jobs if job.error is None}
        whom = [rotation.Owner(i, job.today, job.now, job.dialects.by_month) for i, job in sound.items()]
        spare = self._spare()
        turns = rotation.due_turns(self._con, whom, spare) if spare > 0 else []
        if not turns:
            return
        own = {i: [turn for turn in turns if turn.administration_id == i] for i in sound}

        def fetch(job: LedgerJob) -> Turns:
            for turn in own[job.administration_id]:
                yield from self._fetcher.account(job, turn.ledger_account_id, turn.start, turn.end)

        rotated = [job for job in sound.values() if own[job.administration_id]]
        self._round(rotated, fetch)
        touched = {i: {turn.start.year for turn in own[i]} for i in own}
        self._round(rotated, lambda job: self._second(job, touched[job.administration_id]))  # where it differs now

    def _read_months(self, job: LedgerJob, year: int) -> Turns:
        for month in calendar.months_of(year):
            yield from self._asker.month(job, month)
            self._note_differing(job, month)

    def _fetch_month(self, job: LedgerJob, month: calendar.Month) -> Turns:
        for account in self._note_differing(job, month):
            yield from self._fetcher.account(job, account, month.start, month.end)

    def _note_differing(self, job: LedgerJob, month: calendar.Month) -> list[str]:
        """Accounts whose lines differ from the month's totals, noted as due."""
        accounts = self._standing.differing(job, month)
        reading = job.years[month.start.year].months[month.start]
        self._note_due(job, [(account, month.start) for account in accounts], reading)
        return accounts

    def _note_agreeing_months(self, job: LedgerJob) -> None:
        """Totals that agree with lines read after them are as good as those lines: not due for being older."""
        reads = {}
        for year, state in job.years.items():
            changed = stored.changed_at(self._con, job.administration_id, year) if state.months else {}
            _, months = self._standing.compare(job, year)
            for first, found in months.items():
                reading = state.months[first]
                if not found.differences and first in changed and changed[first] > reading.read_at:
                    scope = calendar.month_of(first).scope
                    reads[(job.administration_id, self._totals.name, scope)] = Read(
                        changed[first], len(reading.accounts)
                    )
        self._sync_state.note_reads(reads)
