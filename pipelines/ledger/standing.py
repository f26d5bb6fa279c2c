"""How the stored lines stand against the totals that a run has read, and what is to be fetched for it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

import duckdb

from pipelines.ledger import calendar, stored
from pipelines.ledger.choice import Choice, Slice, Year, choose
from pipelines.ledger.comparison import Comparison, Sums, added, compare
from pipelines.ledger.forecast import Unread, unread_years
from pipelines.ledger.jobs import LedgerJob
from pipelines.ledger.learning import learn_closing, learn_reversals
from pipelines.ledger.proving import Outcome

MonthSums = dict[date, dict[str, Sums]]


class Standing:
    """Compares, chooses and learns; asks the server nothing and writes nothing. `loads` counts loads of lines."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, loads: Callable[[], int]) -> None:
        self._con = connection
        self._loads = loads
        self._sums: dict[tuple[str, int, bool], MonthSums] = {}
        self._sums_of = -1
        self._foreseen: dict[str, dict[int, Unread]] = {}

    def compare(self, job: LedgerJob, year: int) -> tuple[Comparison, dict[date, Comparison]]:
        """The year, and each of its months whose totals this run has read."""
        state, rules, lines = job.years[year], job.dialects.rules, self._lines(job, year)
        months = {first: compare(lines.get(first, {}), one, rules) for first, one in state.months.items()}
        return compare(added(lines.values()), state.reading, rules), months

    def outcomes(self, job: LedgerJob) -> dict[int, Outcome]:
        return {year: Outcome(*self.compare(job, year), self._lines(job, year)) for year in job.years}

    def choice(self, job: LedgerJob, year: int, due: Collection[Slice]) -> Choice:
        """What to fetch of a year, for its differences and what is `due`, at the fewest requests."""
        state = job.years[year]
        found, months = self.compare(job, year)
        due = frozenset(one for one in due if one[1].year == year and one[0] not in state.fetched)
        slices = {(d.ledger_account_id, month) for month, one in months.items() for d in one.differences}
        if not due and not slices and not found.differences:
            return Choice()
        projects = None if state.streams_tried else tuple(stored.projects(self._con, job.administration_id, year))
        lines = stored.line_counts(self._con, job.administration_id, year)
        unread = None if lines else self._unread(job, year)
        return choose(
            Year(
                year,
                frozenset(d.ledger_account_id for d in found.differences if d.net or not state.streamed)
                - state.fetched,
                frozenset(one for one in slices if one[0] not in state.fetched) if state.months else None,
                due,
                lines,
                job.dialects.by_month,
                projects,
                {} if projects is None else stored.stream_counts(self._con, job.administration_id, year),
                unread.pages if unread else 1,
            )
        )

    def _unread(self, job: LedgerJob, year: int) -> Unread | None:
        """What documents said of the year, as they were when it was first asked for."""
        if job.administration_id not in self._foreseen:
            self._foreseen[job.administration_id] = unread_years(self._con, job.administration_id, job.today)
        return self._foreseen[job.administration_id].get(year)

    def differing(self, job: LedgerJob, month: calendar.Month) -> list[str]:
        """Accounts whose lines differ from the month's totals."""
        reading = job.years[month.start.year].months[month.start]
        lines = self._lines(job, month.start.year).get(month.start, {})
        return [one.ledger_account_id for one in compare(lines, reading, job.dialects.rules).differences]

    def changed_sides(self, job: LedgerJob, year: int) -> list[Slice]:
        """Slices that are to be read only because the report's sides changed since last time."""
        if job.dialects.rules.sides:
            return []
        found, _ = self.compare(job, year)
        accounts = [one.ledger_account_id for one in found.differences if not one.net]
        return [(account, month.start) for account in accounts for month in calendar.months_of(year)]

    def learn_closing(self, job: LedgerJob) -> None:
        """D15, from every year with year-end journals."""
        for year, state in job.years.items():
            closing = stored.closing_sums(self._con, job.administration_id, year)
            if closing:
                lines = stored.line_sums(self._con, job.administration_id, year)
                learn_closing(job.dialects, job.chart, state.reading, lines, closing)

    def learn_reversals(self, job: LedgerJob) -> None:
        """D2, where nothing moved while it was read."""
        if job.error is not None or any(state.moved for state in job.years.values()):
            return
        years = [(state.reading, added(self._lines(job, year).values())) for year, state in job.years.items()]
        found = [compare(lines, reading) for reading, lines in years]
        learn_reversals(job.dialects, job.chart, found, [lines for _, lines in years])

    def _lines(self, job: LedgerJob, year: int) -> MonthSums:
        """The stored lines' sums, asked again only after a load."""
        if self._sums_of != self._loads():
            self._sums, self._sums_of = {}, self._loads()
        closing = job.dialects.rules.closing
        key = (job.administration_id, year, closing)
        if key not in self._sums:
            self._sums[key] = stored.line_sums(self._con, job.administration_id, year, closing=closing)
        return self._sums[key]
