"""Finance's billing schedule → a draft invoice per period that is due, once.

A row holds from one day to another; a period is billed by the row that holds on its first day, and always as a whole.
The period is part of the command's own id, so asking again doubles nothing.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from pydantic import BaseModel

from pipelines.writeback.draft import DraftInvoice
from pipelines.writeback.office import Office
from pipelines.writeback.sources.products import completed
from pipelines.writeback.sources.reading import validated
from pipelines.writeback.sources.source import Asked, BadRow, Taken

CATCH_UP_DAYS = 92
"""How far back a run makes up for what was not billed: a quarter. What is older is said and asked for by its day."""

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_LINE = ("description", "quantity", "unit_price")
_SUPPLY = ("supply_kind", "vat_class")


@dataclass(frozen=True)
class Period:
    """`due` is its first day when billed in advance, its last in arrears."""

    first: date
    last: date
    due: date

    @property
    def words(self) -> str:
        return f"{self.first:%d-%m-%Y} – {self.last:%d-%m-%Y}"

    @property
    def key(self) -> str:
        """As Moneybird writes a period."""
        return f"{self.first:%Y%m%d}..{self.last:%Y%m%d}"


class Schedule:
    """Draft invoices of finance's table `billing_schedule`."""

    name = "schedule"
    summary = "draft invoices that finance's table billing_schedule makes due until a day, today unless --until says"
    row: type[BaseModel] | None = None

    def take(self, asked: Asked, office: Office) -> Taken:
        requests: list[tuple[str, DraftInvoice]] = []
        bad: list[BadRow] = []
        late: dict[tuple[str, str], list[Period]] = {}
        for row in office.tables.of("billing_schedule"):
            if asked.administration_id not in (None, row["administration_id"]):
                continue
            until = asked.until or office.today(row["administration_id"])
            oldest = until - timedelta(days=CATCH_UP_DAYS)
            for period in periods(row, until):
                made = _request(row, period, office)
                if isinstance(made, DraftInvoice):
                    if asked.is_made(made):
                        continue
                    if period.due >= oldest:
                        requests.append((_where(row, period), made))
                if period.due < oldest:
                    late.setdefault((row["administration_id"], row["schedule_id"]), []).append(period)
                elif not isinstance(made, DraftInvoice):
                    bad += made
        return Taken(tuple(requests), tuple(bad), tuple(_late(name, found) for (_, name), found in late.items()))


def periods(row: Mapping[str, str], until: date) -> Iterator[Period]:
    """The row's periods that are due by `until`, oldest first. Counted from the first one, so a month's end never
    drifts: 31-01, 28-02, 31-03."""
    start, step = date.fromisoformat(row["first_period_date"]), _MONTHS[row["every"]]
    valid_from = date.fromisoformat(row["valid_from_date"])
    valid_to = date.fromisoformat(row["valid_to_date"]) if row["valid_to_date"] else date.max
    for number in count():
        first = _later(start, number * step)
        last = _later(start, (number + 1) * step) - timedelta(days=1)
        due = first if row["bill"] == "in_advance" else last
        if due > until or first > valid_to:
            return
        if first >= valid_from:
            yield Period(first, last, due)


def _later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _request(row: Mapping[str, str], period: Period, office: Office) -> DraftInvoice | tuple[BadRow, ...]:
    where = _where(row, period)
    given: dict[str, Any] = {name: row[name] for name in _LINE if row[name]}
    supply: dict[str, Any] = {name: row[name] for name in _SUPPLY if row[name]}
    if row["bill"] == "in_arrears":
        supply["supplied_on"] = period.last
    if supply:
        given["supply"] = supply
    if row["is_deferred"] == "true":
        given["period"] = period.key
    line, bad = completed(where, given, row["product_id"] or None, row["administration_id"], office)
    if bad:
        return bad
    line["description"] = line["description"].replace("{period}", period.words)
    whole = {
        "administration_id": row["administration_id"], "contact_id": row["contact_id"], "lines": [line],
        "customer_reference": row["customer_reference"],
        "draft_id": f"schedule:{row['schedule_id']}:{period.first.isoformat()}",
    }  # fmt: skip
    made = validated(where, whole, DraftInvoice)
    return made.value if made.value is not None else made.bad


def _where(row: Mapping[str, str], period: Period) -> str:
    return f"billing_schedule {row['schedule_id']} {period.first.isoformat()}"


def _late(schedule_id: str, found: list[Period]) -> str:
    last = found[-1]
    return (
        f"Schedule {schedule_id}: {len(found)} periods up to {last.words} were due over {CATCH_UP_DAYS} days ago "
        f"and are not billed; bill the last of them with --until {last.due}, or let the row begin later."
    )
