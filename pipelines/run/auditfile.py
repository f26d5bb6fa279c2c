"""Auditfiles of many administrations and years: each exported, archived and held against the warehouse.

    administration, year ─▶ export ─▶ archive ─▶ temporary tables ─▶ control ─▶ sync.auditfiles, sync.auditfile_control

One at a time: a file costs about five requests, and its lines fill the temporary tables until the next one. What cannot
be had or does not fit is named, and the others go on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import httpx

from pipelines.config import Settings, prepare_home
from pipelines.errors import ApiError, ConfigurationError
from pipelines.ledger import auditfile_control
from pipelines.ledger.auditfile_control import Compared
from pipelines.ledger.auditfile_reading import ARCHIVE, AuditfileReader, NoEntriesError
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import TIMEOUT, Backoff
from pipelines.moneybird.exports import Exports
from pipelines.run.progress import Progress, Silent
from pipelines.run.quota import shared_budget
from pipelines.run.tables import raw_tables
from pipelines.run.targets import Target, Transports, clients_for, find_targets, origin
from pipelines.warehouse.connection import open_warehouse, warehouse_errors
from pipelines.warehouse.raw import create_tables
from pipelines.warehouse.sync_state import SyncState

log = logging.getLogger(__name__)
_REQUESTS_A_FILE = 4  # general ones: the downloads before, those after a few seconds, the link


@dataclass
class Options:
    """Which files, and the seams a test or another caller may pass in."""

    administrations: tuple[str, ...] = ()  # empty: all that the settings include
    year: int | None = None  # None: every closed year with lines in the warehouse
    transport: Transports = lambda: None
    backoff: Backoff = field(default_factory=Backoff)
    budget: Budget | None = None
    progress: Progress = field(default_factory=Silent)
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Outcome:
    """One administration's year. `status`: proved, differs, no_entries or failed."""

    administration_id: str
    name: str
    year: int
    status: str
    path: str | None = None
    sha256: str | None = None
    lines: int = 0
    accounts: int = 0
    differences: tuple[Compared, ...] = ()
    differing: tuple[str, ...] = ()  # account numbers
    remarks: tuple[str, ...] = ()
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        figures = [
            {
                "ledger_account_id": figure.ledger_account_id,
                "account_number": figure.account_number,
                "what": figure.what,
                "auditfile": str(figure.auditfile),
                "lines": str(figure.lines),
                "difference": str(figure.difference),
            }
            for figure in self.differences
        ]
        plain = {name: getattr(self, name) for name in ("administration_id", "name", "year", "status", "path")}
        plain |= {name: getattr(self, name) for name in ("sha256", "lines", "accounts", "error")}
        return plain | {"differences": figures, "remarks": list(self.remarks)}


@dataclass
class AuditfileReport:
    """What was archived and proved."""

    outcomes: list[Outcome] = field(default_factory=list)
    failed_tokens: dict[str, str] = field(default_factory=dict)
    without_lines: dict[str, str] = field(default_factory=dict)  # name → why no year of it was chosen
    requests: dict[str, int] = field(default_factory=dict)

    @property
    def status(self) -> str:
        found = {outcome.status for outcome in self.outcomes}
        if "failed" in found or self.failed_tokens:
            return "partly" if found - {"failed"} else "failed"
        return "differs" if "differs" in found else "proved"

    @property
    def exit_code(self) -> int:
        return {"proved": 0, "differs": 4}.get(self.status, 3)

    def to_json(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "requests": self.requests,
            "failed_tokens": self.failed_tokens,
            "without_lines": self.without_lines,
            "auditfiles": [outcome.to_json() for outcome in self.outcomes],
        }


def check_auditfiles(settings: Settings, options: Options) -> AuditfileReport:
    """Archives and compares every file that `options` name. The caller holds the run lock.

    Raises ConfigurationError, WarehouseError, or the ApiError that kept every token from working.
    """
    prepare_home(settings)
    budgets = nullcontext(options.budget) if options.budget else shared_budget(settings, options.progress)
    with budgets as budget, warehouse_errors(settings.warehouse_path):
        connection = open_warehouse(settings.warehouse_path, settings.memory_limit)
        try:
            create_tables(connection, raw_tables())
            SyncState(connection).check_origin(origin(settings))
            return _check(settings, options, connection, budget)
        finally:
            connection.close()


def _check(
    settings: Settings, options: Options, connection: duckdb.DuckDBPyConnection, budget: Budget
) -> AuditfileReport:
    clients = clients_for(settings, budget, options.transport, options.backoff)
    report = AuditfileReport()
    try:
        with httpx.Client(transport=options.transport(), timeout=TIMEOUT) as storage:  # no token travels with it
            roots = find_targets(settings, clients)
            report.failed_tokens = {name: str(failure) for name, failure in roots.failures.items()}
            reader = AuditfileReader(connection, settings.home / ARCHIVE)
            chosen = _chosen(roots.targets, options.administrations)
            files = [(target, year) for target in chosen for year in _years(connection, target, options.year)]
            names = {target.administration_id: target.name for target in chosen}
            with_files = {target.administration_id for target, _ in files}
            report.without_lines = {
                target.name: _unread(connection, target.administration_id)
                or "It was synced and has no lines in a closed year; name a year with --year."
                for target in chosen
                if target.administration_id not in with_files
            }
            options.progress.plan(budget.spent["general"] + _REQUESTS_A_FILE * len(files), len(files), names)
            for target, year in files:
                options.progress.stage(f"auditfile of {year} of {target.name}")
                exports = Exports(
                    target.client,
                    storage,
                    settings.api_url,
                    backoff=options.backoff,
                    sleep=options.sleep,
                    monotonic=options.monotonic,
                )
                report.outcomes.append(_isolated(connection, reader, exports, target, year))
    finally:
        for client in clients:
            client.close()
    report.requests = {"general": budget.spent["general"], "reports": budget.spent["reports"]}
    return report


def _chosen(targets: Iterable[Target], wanted: tuple[str, ...]) -> list[Target]:
    reached = {target.administration_id: target for target in targets}
    missing = [one for one in wanted if one not in reached]
    if missing:
        raise ConfigurationError(
            f"Administration {', '.join(missing)} is none of those that the tokens reach and the settings include "
            f"({', '.join(sorted(reached)) or 'none'}); correct --administration."
        )
    return [reached[one] for one in dict.fromkeys(wanted)] if wanted else list(reached.values())


def _years(connection: duckdb.DuckDBPyConnection, target: Target, year: int | None) -> list[int]:
    """The year that was asked for, or the closed ones with lines."""
    if year is not None:
        return [year]
    rows = connection.execute(
        """select distinct year(month_date) from raw.journal_entries
           where administration_id = ? and year(month_date) < ? order by 1""",
        [target.administration_id, target.today.year],
    ).fetchall()
    return [row[0] for row in rows]


def _isolated(
    connection: duckdb.DuckDBPyConnection, reader: AuditfileReader, exports: Exports, target: Target, year: int
) -> Outcome:
    """One file; an ApiError is its outcome."""
    failed = Outcome(target.administration_id, target.name, year, "failed")
    unread = _unread(connection, target.administration_id)
    if unread:
        return replace(failed, error=unread)
    try:
        return _one(connection, reader, exports, target, year)
    except NoEntriesError as error:
        held = _lines_held(connection, target.administration_id, year)
        if not held:
            return replace(failed, status="no_entries", error=str(error))
        return replace(failed, status="differs", error=f"{error} The warehouse holds {held} lines; sync and ask again.")
    except ApiError as error:
        log.warning("auditfile.failed administration=%s year=%d cause=%s", target.administration_id, year, error)
        return replace(failed, error=str(error))


def _one(
    connection: duckdb.DuckDBPyConnection, reader: AuditfileReader, exports: Exports, target: Target, year: int
) -> Outcome:
    kept = reader.read(exports, target.administration_id, target.name, year, target.today)
    control = auditfile_control.compare(connection, target.administration_id, year)
    auditfile_control.record(connection, target.administration_id, year, kept, control, target.now)
    log.info("auditfile.checked administration=%s year=%d state=%s", target.administration_id, year, control.state)
    return Outcome(
        target.administration_id,
        target.name,
        year,
        control.state,
        path=str(kept.path),
        sha256=kept.fetched.sha256,
        lines=kept.staged.totals.lines,
        accounts=control.accounts,
        differences=control.differences,
        differing=control.differing,
        remarks=control.remarks,
    )


def _unread(connection: duckdb.DuckDBPyConnection, administration_id: str) -> str:
    """Why there are no lines to compare with; nothing when its ledger was read once, and since then to its end."""
    row = connection.execute(
        """select synced_at,
                  exists (select * from sync.unread where administration_id = $a and resource = 'journal_entries'),
                  exists (select * from sync.reads where administration_id = $a and resource = 'general_ledger'),
                  (select max(reason) from sync.ledger_proof where administration_id = $a and state = 'not_provable')
           from sync.administrations where administration_id = $a""",
        {"a": administration_id},
    ).fetchone()
    synced_at, is_torn, is_read, refused = row or (None, False, False, None)
    if refused:
        return f"Its ledger could not be read, so there is nothing to compare; {refused}."
    if is_read and is_torn:
        return (
            "The last reading of its ledger broke off, so some lines are newer than others; run `dovecote sync` first."
        )
    if is_read:
        return ""
    if synced_at is None:
        return "It was never synced, so there is nothing to compare; run `dovecote sync` first."
    return "Its ledger was not read yet, so there is nothing to compare; `dovecote sync` says why."


def _lines_held(connection: duckdb.DuckDBPyConnection, administration_id: str, year: int) -> int:
    row = connection.execute(
        "select count(*) from raw.journal_entries where administration_id = ? and year(month_date) = ?",
        [administration_id, year],
    ).fetchone()
    return row[0] if row else 0
