"""What a build and a run did, as values and as the JSON that scripts rely on (DESIGN §9).

Reconciliations are read from a published snapshot, never from the warehouse: `dovecote check` and `dovecote status`
must work while a sync holds it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import duckdb

from pipelines.warehouse.snapshot import Snapshot, mart_rows, read_snapshot

CHECK_STATUSES = ("ok", "break", "in_motion", "not_computable", "accepted")
CHECK_CLASSES = ("copy", "books", "definition")


@dataclass(frozen=True)
class DbtResult:
    """How many models and tests ended with which of dbt's statuses, and how long it took."""

    models: dict[str, int]
    tests: dict[str, int]
    seconds: float


@dataclass(frozen=True)
class Check:
    """One row of `recon_checks` that is not ok. `difference` is what remains after `explained_amount`."""

    check_id: str
    check_class: str
    administration_id: str
    administration_name: str
    period: str
    left_amount: Decimal | None
    right_amount: Decimal | None
    explained_amount: Decimal | None
    difference: Decimal | None
    status: str

    def to_json(self) -> dict[str, object]:
        amounts = ("left_amount", "right_amount", "explained_amount", "difference")
        return {
            "check_id": self.check_id,
            "class": self.check_class,
            "administration_id": self.administration_id,
            "period": self.period,
            **{name: None if (value := getattr(self, name)) is None else str(value) for name in amounts},
            "status": self.status,
        }


@dataclass(frozen=True)
class Administration:
    """An administration as the snapshot shows it."""

    administration_id: str
    name: str
    synced_at: datetime | None
    sync_status: str
    sync_remark: str | None  # what was not read and why, or had to be assumed
    business_date: date | None
    checks_ok: int
    checks_broken: int
    checks_other: int

    def to_json(self) -> dict[str, object]:
        return {
            "administration_id": self.administration_id,
            "name": self.name,
            "synced_at": _text(self.synced_at),
            "sync_status": self.sync_status,
            "sync_remark": self.sync_remark,
            "business_date": _text(self.business_date),
            "checks": {"ok": self.checks_ok, "break": self.checks_broken, "other": self.checks_other},
        }


@dataclass(frozen=True)
class Published:
    """What one snapshot holds. `counts` is class → status → number of checks; `open_checks` are those not ok."""

    snapshot: Snapshot
    published_at: datetime | None
    administrations: tuple[Administration, ...]
    counts: dict[str, dict[str, int]]
    open_checks: tuple[Check, ...]
    tables: dict[str, int] = field(default_factory=dict)

    @property
    def by_status(self) -> dict[str, int]:
        """Checks per status over all classes; every status is present."""
        return {status: sum(counts[status] for counts in self.counts.values()) for status in CHECK_STATUSES}

    @property
    def copy_breaks(self) -> int:
        """Breaks of class copy: our data are not Moneybird's."""
        return self.counts["copy"]["break"]

    def snapshot_json(self) -> dict[str, object]:
        return {
            "id": self.snapshot.snapshot_id,
            "path": str(self.snapshot.path),
            "published_at": _text(self.published_at),
        }


@dataclass(frozen=True)
class BuildReport:
    """One build that passed its gates and was published."""

    dbt: DbtResult
    published: Published

    def to_json(self) -> dict[str, object]:
        return {
            "status": "ok",
            "models": self.dbt.models,
            "tests": self.dbt.tests,
            "checks": self.published.by_status,
            "open_checks": [check.to_json() for check in self.published.open_checks],
            "tables": self.published.tables,
            "snapshot": self.published.snapshot_json(),
            "seconds": round(self.dbt.seconds, 1),
        }


def read_published(snapshot: Snapshot) -> Published:
    """Everything the verbs say about one snapshot, from that one file."""
    connection = read_snapshot(snapshot)
    try:
        connection.execute("set timezone = 'UTC'")
        administrations, published_at = _administrations(connection)
        names = {administration.administration_id: administration.name for administration in administrations}
        counts = {name: dict.fromkeys(CHECK_STATUSES, 0) for name in CHECK_CLASSES}
        for check_class, status, number in connection.execute(
            "select class, status, count(*) from marts.recon_checks group by all"
        ).fetchall():
            counts.setdefault(check_class, dict.fromkeys(CHECK_STATUSES, 0))[status] = number
        return Published(
            snapshot, published_at, administrations, counts, _open_checks(connection, names), mart_rows(connection)
        )
    finally:
        connection.close()


def _administrations(connection: duckdb.DuckDBPyConnection) -> tuple[tuple[Administration, ...], datetime | None]:
    columns = {row[0] for row in connection.execute("describe marts.snapshot_info").fetchall()}
    remark = "sync_remark" if "sync_remark" in columns else "null"  # an older snapshot has none
    rows = connection.execute(
        f"""
        select
            published_at, administration_id, administration_name, synced_at, sync_status, {remark}, business_date,
            checks_ok, checks_broken, checks_other
        from marts.snapshot_info
        order by administration_name, administration_id
        """
    ).fetchall()
    return tuple(Administration(*row[1:]) for row in rows), rows[0][0] if rows else None


def _open_checks(connection: duckdb.DuckDBPyConnection, names: dict[str, str]) -> tuple[Check, ...]:
    rows = connection.execute(
        """
        select
            check_id, class, administration_id, period, left_amount, right_amount, explained_amount, difference, status
        from marts.recon_checks
        where status <> 'ok'
        order by
            status <> 'break', case class when 'copy' then 1 when 'books' then 2 else 3 end,
            check_id, administration_id, period_end_date, period
        """
    ).fetchall()
    return tuple(
        Check(check_id, check_class, administration_id, names.get(administration_id, administration_id), *rest)
        for check_id, check_class, administration_id, *rest in rows
    )


def _text(moment: date | datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
