"""One answer of a report as rows, as its row in RESOURCES declares: list by list, account by account, total by total.

A shape or an amount that does not fit is refused whole, by report, administration and period. Keys that nobody declared
are kept beside their row and counted; a section nobody declared is counted too, for every sum would miss it.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from pipelines.errors import MalformedAnswerError
from pipelines.moneybird.control_totals import months
from pipelines.moneybird.records.drift import Drift, json_type, masked
from pipelines.moneybird.resources import COUNT, MONEY, PRECISE, Column, Report, Resource, Section

PERIOD_COLUMNS = ("period_start_date", "period_end_date", "line_number")  # not in the answer
_LARGEST = 10**12  # DECIMAL(18,6) ends there, and so does any real amount
_STEPS = {MONEY: Decimal("0.01"), PRECISE: Decimal("0.000001"), COUNT: Decimal(1)}
Row = tuple[Any, ...]  # in the order of `value_columns`, then the undeclared keys as JSON or None


@dataclass(frozen=True, order=True)
class Period:
    """Whole months, both ends included: one month or one calendar year."""

    start: date
    end: date

    @staticmethod
    def of_year(year: int) -> Period:
        return Period(date(year, 1, 1), date(year, 12, 31))

    @staticmethod
    def of_month(day: date) -> Period:
        return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))

    @property
    def is_month(self) -> bool:
        return (self.start.year, self.start.month) == (self.end.year, self.end.month)

    @property
    def words(self) -> str:
        return f"{self.start:%Y%m%d}..{self.end:%Y%m%d}"

    def months(self) -> list[Period]:
        return [Period(*month) for month in months(self.start, self.end)]


def value_columns(resource: Resource) -> tuple[Column, ...]:
    """The columns that come from the answer."""
    return tuple(column for column in resource.columns if column.name not in PERIOD_COLUMNS)


class Rows:
    """Makes rows of the answers of one report of one administration over one period, and counts unknown keys."""

    def __init__(self, administration_id: str, resource: Resource, period: Period) -> None:
        assert resource.report is not None
        self.report: Report = resource.report
        self.columns = value_columns(resource)
        self._administration_id = administration_id
        self._resource = resource
        self._period = period
        self._unknown: Counter[tuple[str, str]] = Counter()  # path and JSON type → how often

    def of(self, content: object) -> tuple[Row, ...]:
        """The answer's rows in the order of the declared sections. Raises MalformedAnswerError."""
        self._note_unknown(content, ())
        return tuple(row for section in self.report.sections for row in self._section(content, section))

    def drift(self) -> tuple[Drift, ...]:
        found = self._unknown.items()
        return tuple(Drift(self._resource.name, self._administration_id, *seen, count) for seen, count in found)

    def _section(self, content: object, section: Section) -> list[Row]:
        found = self.at(content, section.path)
        where = ".".join(section.path)
        if not section.reads:
            return [self._row({**section.labels, "value": found}, None, where)]
        if not isinstance(found, list):
            raise self.malformed(f"a list at {where}", type(found).__name__)
        return self._listed(found, section, where, {})

    def _listed(self, found: list[Any], section: Section, where: str, more: Mapping[str, Any]) -> list[Row]:
        rows: list[Row] = []
        for number, element in enumerate(found):
            place = f"{where}[{number}]"
            if not isinstance(element, dict) or not element.keys() >= set(section.reads):
                shown = ", ".join(map(str, element)) if isinstance(element, dict) else type(element).__name__
                raise self.malformed(f"{', '.join(section.reads)} at {place}", shown or "nothing")
            undeclared = {k: masked(v) for k, v in element.items() if k not in (*section.reads, section.children)}
            self._unknown.update((f"{where}[].{key}", json_type(value)) for key, value in undeclared.items())
            values = {name: element[name] for name in section.reads}
            rows.append(self._row({**section.labels, **values, **more}, undeclared or None, place))
            below = element.get(section.children) or [] if section.children else []
            if not isinstance(below, list):
                raise self.malformed(f"a list at {place}.{section.children}", type(below).__name__)
            parent = section.reads[0]
            rows += self._listed(below, section, f"{where}[].{section.children}", {f"parent_{parent}": element[parent]})
        return rows

    def _row(self, values: Mapping[str, Any], undeclared: Mapping[str, Any] | None, place: str) -> Row:
        typed = [self._typed(column, values.get(column.name), f"{place}.{column.name}") for column in self.columns]
        return (*typed, orjson.dumps(undeclared).decode() if undeclared else None)

    def _typed(self, column: Column, value: object, place: str) -> Any:
        if value is None and column.type != MONEY:
            return None
        step = _STEPS.get(column.type)
        if step is None:
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise self.malformed(f"text at {place}", type(value).__name__)
            return str(value)
        try:
            amount = Decimal(str(value))
            if abs(amount) >= _LARGEST or amount != amount.quantize(step):
                raise InvalidOperation
        except InvalidOperation:
            kind = "an amount in cents" if column.type == MONEY else "a number"
            raise self.malformed(f"{kind} at {place}", repr(str(value)[:40])) from None
        return int(amount) if column.type == COUNT else amount.quantize(step)

    def at(self, content: object, path: tuple[str, ...]) -> Any:
        found: Any = content
        for depth, key in enumerate(path):
            if not isinstance(found, dict) or key not in found:
                shown = ", ".join(map(str, found)) if isinstance(found, dict) else type(found).__name__
                raise self.malformed(f"{'.'.join(path[: depth + 1])}", shown or "nothing")
            found = found[key]
        return found

    def _note_unknown(self, content: object, above: tuple[str, ...]) -> None:
        """Keys beside the declared sections: a section that is new would be missing from every sum."""
        known = {s.path[len(above)] for s in self.report.sections if s.path[: len(above)] == above != s.path}
        if not isinstance(content, dict) or not known:
            return
        own = known | ({"period", "periods"} if not above else set())
        new = sorted(content.keys() - own)
        self._unknown.update((".".join((*above, key)), json_type(content[key])) for key in new)
        for key in known & content.keys():
            self._note_unknown(content[key], (*above, key))

    def malformed(self, expected: str, found: str) -> MalformedAnswerError:
        part = f"from {self._period.start} to {self._period.end}"
        return MalformedAnswerError(
            f"Expected {expected} in {self._resource.name} of administration {self._administration_id}, {part}, found "
            f"{found[:200]}; nothing of it was used, the last good rows stay. If it stays, update Dovecote or report "
            "it.",
            resource=self._resource.name,
            administration_id=self._administration_id,
            part=part,
        )
