"""Worked minutes → the lines of an invoice: grouped so that nothing is mixed, rounded as finance agreed.

    entries ──group──▶ one line per project, rate, VAT period, policy [person] [month] ──round──▶ quantity × rate

Rounding happens at the level the policy names, and what it is stands on the invoice. The quantity is sent as hours with
two decimals, so that rounded quantity is what is charged and what the preview shows (DOMAIN R7.5): 67 minutes at 95.00
are 1.12 hours and 106.40. Policies in multiples of three minutes have no such difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from pipelines.money import to_cents
from pipelines.writeback.catalogue.hours import BillableHours

MINUTES = Decimal(60)  # in an hour

ServicePlace = Literal["general", "listed"]

VatPeriod = tuple[Decimal | None, ...]
"""What the standard rate was where it counts; two entries with another never share a line (DOMAIN R7.3)."""


@dataclass(frozen=True)
class HourPolicy:
    """How minutes become billed ones; without any row of finance, as worked."""

    increment_minutes: int = 1
    mode: str = "nearest"
    level: str = "line"
    group_by_user: bool = False
    group_by_month: bool = False
    service_place: ServicePlace | None = None  # where the work is taxed, for the VAT rules; None when nobody said

    def rounded(self, minutes: int) -> int:
        """`minutes` as a multiple of the increment."""
        step = max(self.increment_minutes, 1)
        if self.mode == "up":
            return -(-minutes // step) * step
        if self.mode == "down":
            return minutes // step * step
        return (2 * minutes + step) // (2 * step) * step  # halves go up

    @property
    def is_exact(self) -> bool:
        return self.increment_minutes <= 1


def policy_of(rows: Iterable[Mapping[str, str]], hours: BillableHours) -> HourPolicy:
    """The row that holds on the entry's day, the customer's own before the administration's."""
    day = hours.entry_date.isoformat()
    fitting = [
        row
        for row in rows
        if row["administration_id"] == hours.administration_id
        and row["contact_id"] in ("", hours.contact_id)
        and row["valid_from_date"] <= day <= (row["valid_to_date"] or "9999-12-31")
    ]
    if not fitting:
        return HourPolicy()
    row = max(fitting, key=lambda row: bool(row["contact_id"]))
    return HourPolicy(
        int(row["increment_minutes"]),
        row["mode"],
        row["level"],
        row["group_by_user"] == "true",
        row["group_by_month"] == "true",
        cast("ServicePlace | None", row["service_place"] or None),  # finance's table has only these
    )


@dataclass(frozen=True)
class HourLine:
    """One line to be: its entries in order of time, all of one project, rate, VAT period and policy."""

    entries: tuple[BillableHours, ...]
    policy: HourPolicy
    rate: Decimal

    @property
    def first_day(self) -> date:
        return min(each.entry_date for each in self.entries)

    @property
    def last_day(self) -> date:
        return max(each.entry_date for each in self.entries)

    @property
    def worked_minutes(self) -> int:
        return sum(each.minutes or 0 for each in self.entries)

    @property
    def billed_minutes(self) -> int:
        """The worked minutes, rounded at the policy's level; a day is all the line's work of that day together."""
        return sum(self.policy.rounded(minutes) for minutes in self._at_level())

    @property
    def quantity(self) -> Decimal:
        """Hours with two decimals, as they are sent, printed and charged."""
        return to_cents(self.billed_minutes / MINUTES)

    @property
    def is_quantity_exact(self) -> bool:
        return self.quantity * MINUTES == self.billed_minutes

    def _at_level(self) -> list[int]:
        if self.policy.level == "entry":
            return [each.minutes or 0 for each in self.entries]
        if self.policy.level == "line":
            return [self.worked_minutes]
        days: dict[date, int] = {}
        for each in self.entries:
            days[each.entry_date] = days.get(each.entry_date, 0) + (each.minutes or 0)
        return list(days.values())


def lines_of(
    entries: Sequence[BillableHours],
    policies: Iterable[Mapping[str, str]],
    vat_period: Callable[[date], VatPeriod],
) -> tuple[HourLine, ...]:
    """Every entry in exactly one line, in order of time; all have minutes and a rate, and are of one customer."""
    rows = tuple(policies)
    groups: dict[tuple[object, ...], list[BillableHours]] = {}
    for each in entries:
        policy = policy_of(rows, each)
        month = (each.entry_date.year, each.entry_date.month) if policy.group_by_month else None
        user = each.user_id if policy.group_by_user else None
        key = (each.project_id, each.hourly_rate_amount, policy, vat_period(each.entry_date), user, month)
        groups.setdefault(key, []).append(each)
    return tuple(
        HourLine(tuple(found), policy_of(rows, found[0]), found[0].hourly_rate_amount or Decimal(0))
        for found in groups.values()
    )
