"""Asks the general ledger for a year, with its months where the server gives them, or for one month."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date

import duckdb

from pipelines.errors import RequestRefusedError
from pipelines.ledger import calendar, stored
from pipelines.ledger.comparison import Reading
from pipelines.ledger.dialects import ANSWERED, GRANULARITY, IGNORED, REFUSED
from pipelines.ledger.fetching import Fetcher
from pipelines.ledger.jobs import LedgerJob
from pipelines.moneybird.ledger_reports import Totals, read_control_totals
from pipelines.moneybird.resources import Resource
from pipelines.moneybird.turns import Turns


class TotalsAsker:
    """What was read goes to `fetcher`, which stores it with its next load."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, fetcher: Fetcher, totals: Resource) -> None:
        self._con = connection
        self._fetcher = fetcher
        self._totals = totals

    def year(self, job: LedgerJob, year: int) -> Generator[None, None, tuple[Reading, dict[date, Reading]]]:
        start, end = calendar.year_bounds(year)
        before = stored.report_sums(self._con, job.administration_id, start, end)
        totals = yield from self._ask_year(job, start, end)
        reading = Reading(start, end, totals.accounts, totals.read_at, before.get((start, end)))
        self._fetcher.keep(job, reading, str(year), totals.drift)
        last = stored.last_line(self._con, job.administration_id, year)
        months: dict[date, Reading] = {}
        for first, accounts in totals.months.items():
            month = calendar.month_of(first)
            one = Reading(first, month.end, accounts, totals.read_at, before.get((first, month.end)))
            months[first] = one
            begun = first <= max(job.today, last or job.today)
            if begun or one.before is not None or any(debit or credit for debit, credit in one.sums.values()):
                self._fetcher.keep(job, one)
        return reading, months

    def _ask_year(self, job: LedgerJob, start: date, end: date) -> Generator[None, None, Totals]:
        dialects = job.dialects
        asks = dialects.asks_by_month
        try:
            totals = yield from read_control_totals(
                job.client, job.administration_id, self._totals, start, end, by_month=asks
            )
        except RequestRefusedError as error:
            if not asks or "granularity" not in str(error):
                raise
            dialects.learn(GRANULARITY, REFUSED, str(error))
            yield
            return (yield from read_control_totals(job.client, job.administration_id, self._totals, start, end))
        if asks:
            answer = ANSWERED if totals.months else IGNORED
            dialects.learn(GRANULARITY, answer, f"asked for the months of {start.year}, {len(totals.months)} came")
        return totals

    def month(self, job: LedgerJob, month: calendar.Month) -> Turns:
        before = stored.report_sums(self._con, job.administration_id, month.start, month.end)
        totals = yield from read_control_totals(job.client, job.administration_id, self._totals, month.start, month.end)
        reading = Reading(month.start, month.end, totals.accounts, totals.read_at, before.get((month.start, month.end)))
        job.years[month.start.year].months[month.start] = reading
        self._fetcher.keep(job, reading, month.scope, totals.drift)
