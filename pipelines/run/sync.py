"""One sync: fetch → slices → stamps → ledger.

    tokens ─▶ administrations ─▶ plan
    records:  feeds ─▶ pages ─▶ slice (20 000 records or the end) ─▶ one dlt package ─▶ stamp
    books:    control totals ─▶ lines where they differ ─▶ Moneybird's own reports ─▶ proof

The fetch loop lives here, outside dlt; the warehouse is the sync state and the stamp is last. An administration that
fails contributes what was fetched before and is named; the others go on."""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

import duckdb

from pipelines.config import Settings, prepare_home
from pipelines.errors import ApiError
from pipelines.ledger.proving import Proof, proof_details
from pipelines.ledger.rotation import oldest_slices
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Backoff
from pipelines.moneybird.records import HeldBack, Parser, SchemaChange
from pipelines.run.books import Books
from pipelines.run.load import Loader
from pipelines.run.plan import Known, Plan, plan_run
from pipelines.run.progress import Progress, Silent
from pipelines.run.quota import shared_budget
from pipelines.run.records import RecordReader
from pipelines.run.slices import SliceWriter
from pipelines.run.tables import declared_paths, history_tables, raw_tables
from pipelines.run.targets import Target, Transports, clients_for, find_targets, origin, time_zone, utc_now
from pipelines.warehouse import drift
from pipelines.warehouse.connection import open_warehouse, warehouse_errors
from pipelines.warehouse.history import HISTORY
from pipelines.warehouse.raw import create_tables
from pipelines.warehouse.stamps import SyncState

log = logging.getLogger(__name__)
LISTED_ERRORS = 5  # a list of a thousand records that were held back helps nobody
_OFFSET = "server_minus_local_seconds"


class AdministrationReport(TypedDict):
    """One administration's outcome. `rows`: records and ledger lines inserted, changed or tombstoned."""

    name: str
    status: str  # ok, failed
    error: str | None
    rows: int
    tombstones: int


@dataclass
class SyncReport:
    """What a sync did. `status`: ok, partly (some administrations failed) or failed (all did)."""

    status: str = "ok"
    administrations: dict[str, AdministrationReport] = field(default_factory=dict)
    failed_tokens: dict[str, str] = field(default_factory=dict)  # name → why; it may reach administrations unknown yet
    requests: dict[str, int] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)
    ledger_proof: dict[str, Any] = field(default_factory=dict)
    proofs: list[Proof] = field(default_factory=list)
    drift: list[drift.UnknownKey] = field(default_factory=list)  # keys that no column is declared for
    seconds_waited: float = 0.0

    @property
    def exit_code(self) -> int:
        return 0 if self.status == "ok" else 3

    def to_json(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "requests": self.requests,
            "administrations": dict(self.administrations),
            "failed_tokens": self.failed_tokens,
            "tables": self.tables,
            "ledger_proof": self.ledger_proof,
            "drift": [key.to_json() for key in self.drift],
            "seconds_waited": round(self.seconds_waited, 1),
        }


@dataclass
class Options:
    """How one sync runs; the seams a test or another caller may pass in."""

    full: bool = False
    accept_shrink: bool = False
    progress: Progress = field(default_factory=Silent)
    transport: Transports = lambda: None
    backoff: Backoff = field(default_factory=Backoff)
    budget: Budget | None = None


def sync(settings: Settings, options: Options | None = None) -> SyncReport:
    """Brings the warehouse up to what the API says. The caller holds the run lock.

    Raises ConfigurationError, WarehouseError, or the ApiError that kept every token from working.
    """
    options = options or Options()
    prepare_home(settings)
    budgets = nullcontext(options.budget) if options.budget else shared_budget(settings, options.progress)
    with budgets as budget, warehouse_errors(settings.warehouse_path):
        connection = open_warehouse(settings.warehouse_path, settings.memory_limit)
        try:
            return _Sync(settings, options, connection, budget).run()
        finally:
            connection.close()


def make_plan(settings: Settings, *, full: bool = False) -> Plan:
    """The plan of the next sync, from what the warehouse knows; nothing is spent."""
    prepare_home(settings)
    with warehouse_errors(settings.warehouse_path):
        connection = open_warehouse(settings.warehouse_path, settings.memory_limit)
        try:
            create_tables(connection, raw_tables())
            state = SyncState(connection)
            known = _known_administrations(connection, state, settings)
            return plan_run(
                connection, state, known, len(settings.tokens), _limits(settings), settings.budget.window_seconds, full
            )
        finally:
            connection.close()


class _Sync:
    def __init__(
        self, settings: Settings, options: Options, connection: duckdb.DuckDBPyConnection, budget: Budget
    ) -> None:
        self.settings = settings
        self.options = options
        self.connection = connection
        create_tables(connection, raw_tables())
        create_tables(connection, history_tables(), HISTORY)
        self.state = SyncState(connection)
        connection.execute(drift.SCHEMA)
        drift.forget_declared(connection, declared_paths())
        self.state.check_origin(origin(settings))
        self.budget = budget
        self.parser = Parser(settings.memory_limit)
        self.loader = Loader(connection, settings.home)
        self.report = SyncReport()
        self.rows: Counter[str] = Counter()
        self.tombstones: Counter[str] = Counter()

    def run(self) -> SyncReport:
        self.loader.drop_pending()
        self.state.distrust_loading()
        clients = clients_for(self.settings, self.budget, self.options.transport, self.options.backoff)
        try:
            targets = self._targets(clients)
            plan = self._plan(targets)
            names = {target.administration_id: target.name for target in targets}
            self.options.progress.plan(plan.requests("general"), plan.requests("reports"), names)
            slices = self._slices(targets)
            reader = RecordReader(self.state, slices, self.options)
            reader.run(targets)
            reader.read_referred(targets)
            books = Books(
                self.settings,
                self.connection,
                self.state,
                self.parser,
                self.loader.load,
                new_slice_id,
                self.budget,
                self.options.progress,
                self.options.full,
            )
            self.report.proofs = books.read(targets, plan, self.options.transport, self.options.backoff)
            self.rows = slices.rows + books.rows
            self.tombstones = slices.tombstones
        finally:
            for client in clients:
                client.close()
            self.parser.close()
        self._finish(targets, plan)
        return self.report

    def _targets(self, clients: list[Any]) -> list[Target]:
        try:
            roots = find_targets(self.settings, clients)
        except ApiError as error:
            for administration_id, name in self.state.administrations().items():
                self.state.note_administration(administration_id, name, "failed", str(error), utc_now(), None)
            raise
        self.state.bind_origin(origin(self.settings))
        reached = {target.administration_id for target in roots.targets}
        for administration_id, name in self.state.administrations().items():
            included = not self.settings.administrations or administration_id in self.settings.administrations
            if administration_id not in reached and included:
                why = "; ".join(str(error) for error in roots.failures.values()) or "No token reaches it any more."
                self.report.administrations[administration_id] = _outcome(name, why)
                self.state.note_administration(administration_id, name, "failed", why, utc_now(), None)
        for name, failure in roots.failures.items():
            self.report.status = "partly"
            self.report.failed_tokens[name] = str(failure)
            log.warning("sync.token_failed token=%s cause=%s", name, failure)
        if roots.targets:
            offset = roots.targets[0].now - utc_now()
            self.state.set_meta(_OFFSET, str(int(offset.total_seconds())))
        return roots.targets

    def _slices(self, targets: list[Target]) -> SliceWriter:
        by_id = {target.administration_id: target for target in targets}

        def hold(held: HeldBack | SchemaChange) -> None:
            log.warning("sync.held_back %s", held)
            by_id[held.administration_id].errors.append(str(held))

        return SliceWriter(self.state, self.connection, self.parser, self.loader, new_slice_id, hold)

    def _plan(self, targets: list[Target]) -> Plan:
        known = [Known(t.administration_id, t.name, t.period_start, t.today, t.now) for t in targets]
        return plan_run(
            self.connection,
            self.state,
            known,
            len(self.settings.tokens),
            _limits(self.settings),
            self.settings.budget.window_seconds,
            self.options.full,
        )

    def _finish(self, targets: list[Target], plan: Plan) -> None:
        report = self.report
        for target in targets:
            error = _sentences(target.errors)
            i = target.administration_id
            outcome = _outcome(target.name, error, self.rows[i], self.tombstones[i])
            report.administrations[i] = outcome
            self.state.note_administration(
                i, target.name, outcome["status"], error, target.now, None if error else target.now
            )
        statuses = {one["status"] for one in report.administrations.values()}
        if "failed" in statuses:
            report.status = "partly" if "ok" in statuses else "failed"
        report.requests = {
            "general": self.budget.spent["general"],
            "reports": self.budget.spent["reports"],
            "planned_general": plan.requests("general"),
            "planned_reports": plan.requests("reports"),
        }
        report.tables = dict(sorted(self.loader.rows.items()))
        oldest = oldest_slices(self.connection).values()
        report.ledger_proof = {
            "accounts": sum(proof.accounts for proof in report.proofs),
            "differences": sum(proof.differences for proof in report.proofs),
            "details": proof_details(report.proofs),
            "oldest_read_at": min(oldest).isoformat() if oldest else None,
        }
        report.drift = drift.unknown_keys(self.connection)
        report.seconds_waited = self.budget.seconds_waited


def _sentences(errors: list[str]) -> str | None:
    """What went wrong, in as many sentences as a person reads; the log has all of them."""
    different = list(dict.fromkeys(errors))
    if len(different) > LISTED_ERRORS:
        different = [
            *different[:LISTED_ERRORS],
            f"… and {len(different) - LISTED_ERRORS} more like these; see the log.",
        ]
    return " ".join(different) or None


def _outcome(name: str, error: str | None, rows: int = 0, tombstones: int = 0) -> AdministrationReport:
    return {"name": name, "status": "failed" if error else "ok", "error": error, "rows": rows, "tombstones": tombstones}


def new_slice_id() -> str:
    """Sortable and unique: UTC time and a random tail."""
    return f"{utc_now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(2)}"


def _known_administrations(connection: duckdb.DuckDBPyConnection, state: SyncState, settings: Settings) -> list[Known]:
    """What the last sync knew, with the server's time estimated from the last offset between the two clocks."""
    now: datetime = utc_now() + timedelta(seconds=int(state.meta(_OFFSET) or 0))
    rows = connection.execute(
        """select administration_id, name, period_start_date, coalesce(time_zone, '')
           from raw.administrations where _deleted_at is null order by administration_id"""
    ).fetchall()
    known = []
    for administration_id, name, period_start, zone in rows:
        today = now.astimezone(time_zone(zone)).date()
        known.append(Known(administration_id, name, period_start or date(today.year, 1, 1), today, now))
    wanted = settings.administrations
    return [one for one in known if not wanted or one.administration_id in wanted]


def _limits(settings: Settings) -> dict[Any, int]:
    budget = settings.budget
    return {"general": max(budget.general - budget.write_reserve, 1), "reports": budget.reports}
