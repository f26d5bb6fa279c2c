"""Users and time entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from pipelines.writeback.catalogue.asking import Asker

Named = Literal["user", "contact", "project"]

_NAMED: Mapping[Named, tuple[str, str, tuple[str, ...]]] = {
    "user": ("marts.dim_user", "user_id", ("user_name",)),
    "contact": ("marts.dim_contact", "contact_id", ("customer_number", "contact_name")),
    "project": ("marts.dim_project", "project_id", ("project_name",)),
}


@dataclass(frozen=True)
class User:
    """Somebody hours can be noted for, unless not active any more."""

    user_id: str
    name: str
    is_active: bool


@dataclass(frozen=True)
class WorkedHours:
    """An entry that stands at Moneybird; moments are aware, `ended_at` is None while the timer runs."""

    time_entry_id: str
    started_at: datetime
    ended_at: datetime | None
    description: str


@dataclass(frozen=True)
class BillableHours:
    """A billable entry on no invoice, priced as the marts price it. `minutes` is None while the timer runs."""

    time_entry_id: str
    administration_id: str
    contact_id: str | None
    contact_country_code: str | None
    project_id: str | None
    project_name: str
    user_id: str
    user_name: str
    entry_date: date
    minutes: int | None
    hourly_rate_amount: Decimal | None
    currency_code: str | None


class Hours(Protocol):
    """What is known of people and their hours; days are those of the administration's own clock."""

    def user(self, administration_id: str, user_id: str) -> User | None: ...
    def named(self, administration_id: str, what: Named, text: str) -> tuple[str, ...]: ...
    def time_zone(self, administration_id: str) -> str: ...
    def worked(
        self, administration_id: str, user_id: str, after: datetime, before: datetime
    ) -> tuple[WorkedHours, ...]: ...
    def billing_states(self, administration_id: str, time_entry_ids: Sequence[str]) -> Mapping[str, str]: ...
    def administrations_with_hours(self) -> tuple[str, ...]: ...
    def to_bill(self, administration_id: str, until: date) -> tuple[BillableHours, ...]: ...


class MartsHours(Asker):
    """Users and time entries, as the marts have them."""

    def user(self, administration_id: str, user_id: str) -> User | None:
        row = self._one(
            "select user_id, user_name, user_type, is_deleted from marts.dim_user "
            "where administration_id = ? and user_id = ? and not is_unknown",
            administration_id,
            user_id,
        )
        if row is None:
            return None
        gone = bool(row["is_deleted"]) or (row["user_type"] or "").startswith("deleted")
        return User(row["user_id"], row["user_name"] or "", not gone)

    def named(self, administration_id: str, what: Named, text: str) -> tuple[str, ...]:
        """Ids of what `text` may mean: the one with this id, else all with this number or name in any case."""
        table, key, names = _NAMED[what]
        alike = " or ".join(f"lower({name}) = lower(?)" for name in names)
        rows = self._ask(
            f"select {key} as id from {table} "
            f"where administration_id = ? and not is_deleted and not is_unknown and ({key} = ? or {alike}) order by 1",
            (administration_id, text, *(text for _ in names)),
        )
        ids = tuple(str(row["id"]) for row in rows)
        return (text,) if text in ids else ids

    def time_zone(self, administration_id: str) -> str:
        row = self._one("select time_zone from marts.dim_administration where administration_id = ?", administration_id)
        return (row and row["time_zone"]) or "Europe/Amsterdam"

    def worked(
        self, administration_id: str, user_id: str, after: datetime, before: datetime
    ) -> tuple[WorkedHours, ...]:
        """What the user did between the two moments, and what still runs."""
        rows = self._ask(
            "select time_entry_id, started_at, ended_at, description from marts.fct_time_entry "
            "where administration_id = ? and user_key = ? and started_at < ? "
            "and coalesce(ended_at, cast(? as timestamp with time zone)) > ? order by started_at, time_entry_id",
            (administration_id, f"{administration_id}-{user_id}", before, before, after),
        )
        return tuple(
            WorkedHours(row["time_entry_id"], row["started_at"], row["ended_at"], row["description"] or "")
            for row in rows
        )

    def billing_states(self, administration_id: str, time_entry_ids: Sequence[str]) -> Mapping[str, str]:
        """`fct_time_entry.billing_state` of each that exists."""
        marks = ", ".join("?" for _ in time_entry_ids)
        rows = self._ask(
            "select time_entry_id, billing_state from marts.fct_time_entry "
            f"where administration_id = ? and time_entry_id in ({marks})",
            (administration_id, *time_entry_ids),
        )
        return {row["time_entry_id"]: row["billing_state"] for row in rows}

    def administrations_with_hours(self) -> tuple[str, ...]:
        rows = self._ask("select distinct administration_id from marts.fct_time_entry order by 1", ())
        return tuple(row["administration_id"] for row in rows)

    def to_bill(self, administration_id: str, until: date) -> tuple[BillableHours, ...]:
        """Billable entries that are on no invoice, running ones too, of every day until and with `until`."""
        rows = self._ask(
            "select entry.time_entry_id, entry.administration_id, contact.contact_id, contact.country_code, "
            "project.project_id, project.project_name, entry.user_key, entry.user_name, entry.entry_date, "
            "entry.minutes, entry.hourly_rate_amount, entry.hourly_rate_currency_code "
            "from marts.fct_time_entry as entry "
            "left join marts.dim_contact as contact on entry.contact_key = contact.contact_key "
            "left join marts.dim_project as project on entry.project_key = project.project_key "
            "where entry.administration_id = ? and entry.entry_date <= ? and entry.is_billable "
            "and entry.billing_state in ('unbilled', 'running') "
            "order by entry.entry_date, entry.started_at, entry.time_entry_id",
            (administration_id, until),
        )
        return tuple(_billable(row) for row in rows)


def _billable(row: Mapping[str, Any]) -> BillableHours:
    return BillableHours(
        row["time_entry_id"],
        row["administration_id"],
        row["contact_id"],
        row["country_code"],
        row["project_id"],
        row["project_name"] if row["project_id"] else "",
        row["user_key"].removeprefix(f"{row['administration_id']}-"),
        row["user_name"],
        row["entry_date"],
        row["minutes"],
        row["hourly_rate_amount"],
        row["hourly_rate_currency_code"],
    )
