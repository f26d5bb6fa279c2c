"""A report over one period: asked in one request where the server allows, all pages and all months of it.

Since October 2026 the service answers `granularity=month` with `periods`, a year's months in one request. The stored
contract lacks the shape, so it is recognised and never required: every element must be the report itself over one month
of the year that was asked, and the months must add up to the whole. Anything else is a year without months.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pipelines.errors import MalformedAnswerError, RequestRefusedError
from pipelines.moneybird.client import Answer, Client
from pipelines.moneybird.pagination import PER_PAGE, has_next
from pipelines.moneybird.records.drift import Drift
from pipelines.moneybird.report_rows import Period, Row, Rows
from pipelines.moneybird.resources import MONEY, Resource

STEADY_READS = 3  # pages that move under the reader are read again this often before they are refused
_MONTHS_WORDS = re.compile(r"(\d{4})(\d{2})(?:01)?(?:\.\.(\d{4})(\d{2})(\d{2})?)?")


@dataclass(frozen=True)
class Part:
    """The report over one period."""

    period: Period
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class ReportAnswer:
    """What one period's question brought: the period itself, or its months where the server gave them."""

    parts: tuple[Part, ...]
    read_at: datetime  # the server's time
    by_month: bool
    evidence: str  # what was seen about months, in words
    drift: tuple[Drift, ...]  # keys that are declared nowhere


def read_report(
    client: Client, administration_id: str, resource: Resource, period: Period, *, by_month: bool
) -> Generator[None, None, ReportAnswer]:
    """Returns the report over `period`; yields after each request, so that others get their turn.

    With `by_month` a year is asked with its months; a server that does not know that answers the year alone. Raises
    RequestRefusedError when the server finds the period too long, MalformedAnswerError when the answer does not fit.
    """
    asking = _Asking(client, administration_id, resource, period)
    if by_month and not period.is_month:
        try:
            answer = asking.get({"granularity": "month"})
        except RequestRefusedError as error:
            if "granularity" not in str(error):
                raise
            yield
            evidence = "the server refuses granularity"
        else:
            yield
            months, evidence = asking.months(answer.json())
            if months:
                return ReportAnswer(months, answer.server_time, True, evidence, asking.rows.drift())
            if not asking.another_page(answer):
                whole = Part(period, asking.rows.of(answer.json()))
                return ReportAnswer((whole,), answer.server_time, False, evidence, asking.rows.drift())
    else:
        evidence = "not asked for months"
    rows, read_at = yield from asking.pages()
    return ReportAnswer((Part(period, rows),), read_at, False, evidence, asking.rows.drift())


class _Asking:
    """The requests of one report of one administration over one period."""

    def __init__(self, client: Client, administration_id: str, resource: Resource, period: Period) -> None:
        self.client = client
        self.administration_id = administration_id
        self.resource = resource
        self.period = period
        self.rows = Rows(administration_id, resource, period)

    def get(self, more: Mapping[str, str], page: int = 1) -> Answer:
        params = {"period": self.period.words, **more}
        if self.resource.paged:
            params |= {"page": str(page), "per_page": str(PER_PAGE)}
        return self.client.get(self.administration_id, self.resource.path, params, bucket=self.resource.bucket)

    def another_page(self, answer: Answer) -> bool:
        if not self.resource.paged:
            return False
        listed = self.rows.at(answer.json(), self.rows.report.sections[0].path)
        return isinstance(listed, list) and has_next(len(listed), answer.headers.get("Link"))

    def pages(self) -> Generator[None, None, tuple[tuple[Row, ...], datetime]]:
        """All pages. One that repeats an id was moved while it was read, so all are read again."""
        for _ in range(STEADY_READS):
            rows: list[Row] = []
            page = 0
            more = True
            while more:
                page += 1
                answer = self.get({}, page)
                yield
                new = self.rows.of(answer.json())
                more = self.another_page(answer) and not {r[0] for r in new} & {r[0] for r in rows}
                rows += new
            if page == 1 or len({r[0] for r in rows}) == len(rows):
                return tuple(rows), answer.server_time
        raise self.rows.malformed("every id once over all pages", f"repeated ids in {STEADY_READS} readings")

    def months(self, content: object) -> tuple[tuple[Part, ...], str]:
        """The months of the answer and what was seen; no months where `periods` is missing or not understood."""
        periods = content.get("periods") if isinstance(content, dict) else None
        if periods is None:
            return (), "answered without periods"
        wanted = self.period.months()
        elements = periods if isinstance(periods, list) else []
        named = [_month_in_words(one.get("period")) if isinstance(one, dict) else None for one in elements]
        if sorted(filter(None, named)) != wanted or len(named) != len(wanted):
            return (), f"periods are not the {len(wanted)} months that were asked for"
        try:
            parts = [
                Part(month, self.rows.of(element)) for month, element in zip(named, elements, strict=True) if month
            ]
            whole = self.rows.of(content)
        except MalformedAnswerError as error:
            return (), f"periods hold another shape: {error}"
        if self.resource.paged and any(len(part.rows) == PER_PAGE for part in parts):
            return (), f"a month has exactly {PER_PAGE} rows and may be cut off"
        if not self._add_up(whole, parts):
            return (), "the months do not add up to the year"
        return tuple(sorted(parts, key=lambda part: part.period)), f"answered with {len(parts)} months"

    def _add_up(self, whole: Sequence[Row], parts: Sequence[Part]) -> bool:
        """Whether the months are this report's: their sum is the whole, or for what stands at an end the last is.

        A list's whole may go on over pages, so only the keys of the first page are looked at."""
        by_month = [self._amounts(part.rows) for part in sorted(parts, key=lambda part: part.period)]
        last = by_month[-1]
        sums: Counter[tuple[Any, ...]] = Counter()
        for amounts in by_month:
            sums.update(amounts)
        found = self._amounts(whole)
        return all(sums[key] == amount for key, amount in found.items()) or (
            self.rows.report.as_of and all(last[key] == amount for key, amount in found.items())
        )

    def _amounts(self, rows: Sequence[Row]) -> Counter[tuple[Any, ...]]:
        found: Counter[tuple[Any, ...]] = Counter()
        for row in rows:
            named = list(zip(self.rows.columns, row[:-1], strict=True))
            key = tuple(value for column, value in named if column.type != MONEY)
            for column, value in named:
                if column.type == MONEY:
                    found[(*key, column.name)] += value
        return found


def _month_in_words(words: object) -> Period | None:
    """The month that `202601`, `202601..202601` or `20260101..20260131` names."""
    match = _MONTHS_WORDS.fullmatch(words) if isinstance(words, str) else None
    if match is None or not 1 <= int(match[2]) <= 12:
        return None
    month = Period.of_month(date(int(match[1]), int(match[2]), 1))
    ends = match[3] is None or (match[3], match[4]) == (match[1], match[2])
    return month if ends and match[5] in {None, f"{month.end:%d}"} else None
