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
from typing import Any

import duckdb

from pipelines.config import Settings, prepare_home
from pipelines.errors import ApiError
from pipelines.ledger.proving import proof_details
from pipelines.ledger.rotation import oldest_slices
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Backoff
from pipelines.moneybird.records import HeldBack, Parser, SchemaChange
from pipelines.run.books import Books
from pipelines.run.load import Loader
from pipelines.run.plan import BUCKETS, Plan, Planner
from pipelines.run.planning import OFFSET, UNREACHED, planner, unreached
from pipelines.run.progress import Progress, Silent
from pipelines.run.quota import shared_budget
from pipelines.run.records import LEDGER, RecordReader
from pipelines.run.slices import SliceWriter
from pipelines.run.sync_report import AdministrationReport, SyncReport, not_read, told
from pipelines.run.tables import declared_paths, history_tables, raw_tables
from pipelines.run.targets import Target, Transports, clients_for, find_targets, origin, utc_now
from pipelines.warehouse import drift, spending
from pipelines.warehouse.connection import open_warehouse, warehouse_errors
from pipelines.warehouse.history import HISTORY
from pipelines.warehouse.raw import create_tables
from pipelines.warehouse.stamps import distrust_loading
from pipelines.warehouse.sync_state import SyncState

log = logging.getLogger(__name__)


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
        self.known_before = self.state.administrations().keys()
        self.budget = budget
        self.parser = Parser(settings.memory_limit)
        self.loader = Loader(connection, settings.home)
        self.report = SyncReport()
        self.rows: Counter[str] = Counter()
        self.tombstones: Counter[str] = Counter()

    def run(self) -> SyncReport:
        self.loader.drop_pending()
        distrust_loading(self.connection)
        clients = clients_for(self.settings, self.budget, self.options.transport, self.options.backoff)
        try:
            targets = self._targets(clients)
            plan = self._planner(targets).plan(len(self.settings.tokens))
            names = {target.administration_id: target.name for target in targets}
            self.options.progress.plan(plan.requests("general"), plan.requests("reports"), names)
            slices = self._slices(targets)
            reader = RecordReader(self.state, slices, self.options)
            with self.budget.stored_before_waits(slices.flush):
                reader.run(targets)
                reader.read_referred(targets)
            unchanged, plan = plan, self._plan_books(plan, targets, reader)
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
        self._finish(targets, unchanged, plan)
        return self.report

    def _targets(self, clients: list[Any]) -> list[Target]:
        try:
            roots = find_targets(self.settings, clients, self.known_before)
        except ApiError as error:
            for administration_id, name in self.state.administrations().items():
                self.state.note_administration(administration_id, name, "failed", str(error), utc_now(), None)
            raise
        self.state.bind_origin(origin(self.settings))
        reached = {target.administration_id for target in roots.targets}
        out_of_reach = set()
        for administration_id, name in self.state.administrations().items():
            included = not self.settings.administrations or administration_id in self.settings.administrations
            if administration_id not in reached and included:
                out_of_reach.add(administration_id)
                why = "; ".join(str(error) for error in roots.failures.values()) or "No token reaches it any more."
                self.report.administrations[administration_id] = _unreached(name, why)
                self.state.note_administration(administration_id, name, "failed", why, utc_now(), None)
        for name, failure in roots.failures.items():
            self.report.failed_tokens[name] = str(failure)
            log.warning("sync.token_failed token=%s cause=%s", name, failure)
        if roots.targets:
            self.state.distrust_future(roots.targets[0].now)
            offset = roots.targets[0].now - utc_now()
            self.state.set_meta(OFFSET, str(int(offset.total_seconds())))
        self.state.set_meta(UNREACHED, ",".join(sorted((unreached(self.state) - reached) | out_of_reach)))
        return roots.targets

    def _slices(self, targets: list[Target]) -> SliceWriter:
        by_id = {target.administration_id: target for target in targets}

        def hold(held: HeldBack | SchemaChange) -> None:
            log.warning("sync.held_back %s", held)
            by_id[held.administration_id].errors.append(str(held))

        return SliceWriter(self.state, self.connection, self.parser, self.loader, new_slice_id, hold)

    def _planner(self, targets: list[Target]) -> Planner:
        known = [target.known for target in targets]
        return planner(self.connection, self.state, known, self.settings, self.options.full)

    def _plan_books(self, before: Plan, targets: list[Target], reader: RecordReader) -> Plan:
        """The plan once the feeds have said what changed and the documents which slices they touched."""
        plan = self._planner(targets).plan_books(before, reader.found)
        self.options.progress.more("reports", plan.requests("reports") - before.requests("reports"))
        return plan

    def _finish(self, targets: list[Target], unchanged: Plan, plan: Plan) -> None:
        report = self.report
        for target in targets:
            self._conclude(target)
        report.conclude()
        report.requests = {
            "general": self.budget.spent["general"],
            "reports": self.budget.spent["reports"],
            "planned_general": plan.requests("general"),
            "planned_reports": plan.requests("reports"),
            "unchanged_general": unchanged.requests("general"),
            "unchanged_reports": unchanged.requests("reports"),
        }
        self._note_requests(targets, unchanged, plan)
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

    def _note_requests(self, targets: list[Target], unchanged: Plan, plan: Plan) -> None:
        """What the next plan learns from; an administration that was stopped half-way teaches nothing, and one whose
        ledger was not read nothing about reports."""
        before, after, spent = unchanged.by_administration(), plan.by_administration(), self.budget.spent_for
        usual = spending.FULL if self.options.full else spending.USUAL
        rows: dict[spending.Whose, tuple[str, spending.Spent]] = {}
        for target in targets:
            kind = usual if target.administration_id in self.known_before else spending.FIRST
            bookless = LEDGER in self.state.unread(target.administration_id)
            learned = () if target.stopped else ("general",) if bookless else BUCKETS
            for bucket in learned:
                whose = (target.administration_id, bucket)
                rows[whose] = (kind, spending.Spent(before[whose], after[whose], spent[whose]))
        if rows:
            spending.note_requests(self.connection, targets[0].now, rows)

    def _conclude(self, target: Target) -> None:
        """What became of one administration. Something that may not be read does not make the rest of it stale."""
        i, error = target.administration_id, told(target.name, target.errors)
        status = "failed" if target.stopped else "partly" if error else "ok"
        self.report.administrations[i] = {
            "name": target.name,
            "status": status,
            "error": error,
            "not_read": not_read(target.errors),
            "remarks": target.remarks,
            "rows": self.rows[i],
            "tombstones": self.tombstones[i],
        }
        remark = " ".join([*([error] if error else []), *target.remarks]) or None
        self.state.note_administration(
            i, target.name, status, remark, target.now, None if status == "failed" else target.now
        )


def _unreached(name: str, why: str) -> AdministrationReport:
    return {
        "name": name, "status": "failed", "error": why, "not_read": [], "remarks": [], "rows": 0, "tombstones": 0
    }  # fmt: skip


def new_slice_id() -> str:
    """Sortable and unique: UTC time and a random tail."""
    return f"{utc_now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(2)}"
