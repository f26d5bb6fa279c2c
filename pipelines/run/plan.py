"""What a run will ask before it asks: requests per administration, resource and bucket.

The plan and the run take their windows, years and months from the same functions, so that a plan made before an
unchanged run is the run's request log. How much changed nobody can know beforehand: `expected` adds what changes cost
in recent runs, and once the feeds have answered and the changed records are read, `plan_books` foresees the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from pipelines.ledger.requests import lines_requests, owner_of, rotation_requests, totals_requests
from pipelines.moneybird import feeds
from pipelines.moneybird.pagination import pages_for
from pipelines.moneybird.resources import BY_NAME, RESOURCES, Bucket, Feed, Resource
from pipelines.run.report_plan import REPORTS, BothWays, books_of, costs_both_ways, planned_reports
from pipelines.warehouse.spending import Spent
from pipelines.warehouse.stamps import Read
from pipelines.warehouse.sync_state import StampedRecord, SyncState

BUCKETS: tuple[Bucket, ...] = ("general", "reports")
HISTORY_CADENCE = timedelta(days=7)  # the ten years before the books, two requests an administration


@dataclass(frozen=True)
class Step:
    """Requests for one resource of one administration."""

    resource: str
    bucket: Bucket
    requests: int


@dataclass
class AdministrationPlan:
    administration_id: str
    name: str
    steps: list[Step] = field(default_factory=list)

    def requests(self, bucket: Bucket) -> int:
        return sum(step.requests for step in self.steps if step.bucket == bucket)


@dataclass
class Plan:
    """A run's requests. `tokens` are the lists of administrations, which belong to no administration."""

    administrations: list[AdministrationPlan]
    tokens: int
    seconds_to_wait: int = 0
    spare_reports: int = 0  # report requests left in the last window, for the rotation of ledger slices
    unreached: tuple[str, ...] = ()  # names that the last sync's tokens did not reach: nothing of theirs is planned
    allowances: Mapping[tuple[str, str], int] = field(default_factory=dict)  # what changes cost lately, on top
    last_run: Mapping[str, Spent] = field(default_factory=dict)  # by bucket
    every_month: BothWays | None = None  # what reading all months of all reports would cost; the plan reads what moved

    def by_administration(self) -> Counter[tuple[str, Bucket]]:
        """(administration, bucket) → requests."""
        plans = self.administrations
        return Counter({(one.administration_id, bucket): one.requests(bucket) for one in plans for bucket in BUCKETS})

    def expected(self, bucket: Bucket) -> int:
        """With what changes cost lately."""
        mine = {one.administration_id for one in self.administrations}
        return self.requests(bucket) + sum(n for (a, b), n in self.allowances.items() if a in mine and b == bucket)

    @property
    def report_reading(self) -> int:
        """Requests for Moneybird's own reports, which come after the ledger."""
        names = {resource.name for resource in REPORTS}
        return sum(step.requests for one in self.administrations for step in one.steps if step.resource in names)

    def requests(self, bucket: Bucket) -> int:
        roots = self.tokens if bucket == "general" else 0
        return roots + sum(plan.requests(bucket) for plan in self.administrations)

    def to_json(self) -> dict[str, Any]:
        return {
            "requests": {
                "general": self.requests("general"),
                "reports": self.requests("reports"),
                "planned_general": self.requests("general"),
                "planned_reports": self.requests("reports"),
                "expected_general": self.expected("general"),
                "expected_reports": self.expected("reports"),
            },
            "administrations": {
                plan.administration_id: {
                    "name": plan.name,
                    "general": plan.requests("general"),
                    "reports": plan.requests("reports"),
                    "expected_general": plan.requests("general") + self._allowance(plan, "general"),
                    "expected_reports": plan.requests("reports") + self._allowance(plan, "reports"),
                    "resources": {step.resource: {step.bucket: step.requests} for step in plan.steps},
                }
                for plan in self.administrations
            },
            "unreached": list(self.unreached),
            "tokens": {"general": self.tokens},
            "seconds_to_wait": self.seconds_to_wait,
            "last_run": {bucket: asdict(one) for bucket, one in self.last_run.items()},
            "every_month_of_all_reports": asdict(self.every_month) if self.every_month else None,
        }

    def _allowance(self, plan: AdministrationPlan, bucket: Bucket) -> int:
        return self.allowances.get((plan.administration_id, bucket), 0)


@dataclass(frozen=True)
class Known:
    """What the warehouse knows of one administration when a plan is made."""

    administration_id: str
    name: str
    period_start: date
    today: date
    now: datetime


def plan_run(
    connection: duckdb.DuckDBPyConnection,
    state: SyncState,
    known: list[Known],
    tokens: int,
    limits: Mapping[Bucket, int],
    window_seconds: int,
    full: bool,
) -> Plan:
    """The plan of a run over `known` administrations. `limits` are requests per window."""
    plan = Plan([_records(state, one, full) for one in known], tokens)
    return _with_books(plan, connection, state, known, limits, window_seconds, full)


def plan_books(
    before: Plan,
    found: Mapping[tuple[str, str], int],
    connection: duckdb.DuckDBPyConnection,
    state: SyncState,
    known: list[Known],
    limits: Mapping[Bucket, int],
    window_seconds: int,
    full: bool,
) -> Plan:
    """The plan again, once the records were read: with the requests `found` in the feeds' answers (by administration
    and resource), and with what the changed documents will cost in the ledger and the reports."""
    plan = Plan([], before.tokens)
    for one in before.administrations:
        steps = [step for step in one.steps if step.bucket == "general"]
        steps = [replace(s, requests=s.requests + found.get((one.administration_id, s.resource), 0)) for s in steps]
        planned = {step.resource for step in steps}
        own = {name: count for (a, name), count in found.items() if a == one.administration_id}
        steps += [Step(name, "general", count) for name, count in own.items() if name not in planned]
        plan.administrations.append(AdministrationPlan(one.administration_id, one.name, steps))
    return _with_books(plan, connection, state, known, limits, window_seconds, full)


def _with_books(
    plan: Plan,
    connection: duckdb.DuckDBPyConnection,
    state: SyncState,
    known: list[Known],
    limits: Mapping[Bucket, int],
    window_seconds: int,
    full: bool,
) -> Plan:
    """Adds the ledger, the reports, and what is left of the last window for the rotation of ledger slices."""
    books = books_of(connection, {k.administration_id: (k.period_start.year, k.today, k.now) for k in known}, full)
    reports = planned_reports(connection, state, books)
    if known:
        plan.every_month = costs_both_ways(max(one.today for one in known), len(known))
    for one, its in zip(plan.administrations, known, strict=True):
        one.steps += _ledger(connection, state, its, full)
        one.steps += [Step(name, "reports", n) for name, n in reports[one.administration_id].items() if n]
    plan.spare_reports = -plan.requests("reports") % limits["reports"]
    owners = [owner_of(connection, one.administration_id, one.today, one.now) for one in known]
    rotated = rotation_requests(connection, owners, plan.spare_reports)
    for one in plan.administrations:
        one.steps = [
            replace(step, requests=step.requests + rotated[one.administration_id])
            if BY_NAME[step.resource].feed is Feed.LEDGER_LINES
            else step
            for step in one.steps
        ]
    windows = max(
        -(-plan.requests("general") // limits["general"]), -(-plan.requests("reports") // limits["reports"]), 1
    )
    plan.seconds_to_wait = (windows - 1) * window_seconds
    return plan


def due_windows(
    resource: Resource,
    period_start: date,
    today: date,
    now: datetime,
    reads: Mapping[tuple[str, str], Read],
    full: bool,
) -> list[feeds.Window]:
    """The windows this run reads; the ten years before the books on first load, weekly and with --full, and so the
    older years of lists that cannot tell what changed."""
    if not resource.windowed:
        return []
    if resource.dated_by:
        return [
            window
            for window in feeds.list_windows(period_start, today)
            if window.scope == feeds.RECENT or full or _is_old(reads.get((resource.name, window.scope)), now)
        ]
    windows = feeds.recent_windows(period_start, today)
    if full or _is_old(reads.get((resource.name, feeds.HISTORY)), now):
        windows.insert(0, feeds.history_window(period_start))  # first, so that a record in both counts as recent
    return windows


def _is_old(read: Read | None, now: datetime) -> bool:
    return read is None or now - read.read_at >= HISTORY_CADENCE


def is_due(
    resource: Resource, reads: Mapping[tuple[str, str], Read], owed: Set[str], now: datetime, full: bool
) -> bool:
    """Whether this run reads the resource at all: by its cadence, or because an earlier run left it to this one."""
    last = reads.get((resource.name, feeds.RECENT))
    return full or resource.name in owed or resource.cadence.is_due(last.read_at if last else None, now)


def hot_ids(stamped: Mapping[str, StampedRecord | feeds.Known]) -> Counter[str]:
    """Per scope, how many ids the next poll fetches again: fetched in the second they were saved, or missed."""
    return Counter(
        record.scope
        for record in stamped.values()
        if record.version is None or feeds.is_hot(record.version, record.fetched_at)
    )


def _records(state: SyncState, known: Known, full: bool) -> AdministrationPlan:
    reads, owed = state.reads(known.administration_id), state.owed(known.administration_id)
    plan = AdministrationPlan(known.administration_id, known.name)
    for resource in RESOURCES:
        if resource.feed not in {Feed.VERSIONS, Feed.LIST} or not is_due(resource, reads, owed, known.now, full):
            continue
        if resource.feed is Feed.VERSIONS:
            requests = _version_requests(state, resource, known, reads, full)
        else:
            windows = due_windows(resource, known.period_start, known.today, known.now, reads, full)
            requests = list_requests(resource, windows, reads)
        plan.steps.append(Step(resource.name, resource.bucket, requests))
    return plan


def _ledger(connection: duckdb.DuckDBPyConnection, state: SyncState, known: Known, full: bool) -> list[Step]:
    reads = state.reads(known.administration_id)
    steps = []
    for resource in RESOURCES:
        if resource.feed is Feed.CONTROL_TOTALS:
            requests = _report_requests(connection, resource, known, reads, full)
        elif resource.feed is Feed.LEDGER_LINES:
            requests = lines_requests(connection, known.administration_id, known.today, known.now)
        else:
            continue
        steps.append(Step(resource.name, resource.bucket, requests))
    return steps


def _version_requests(
    state: SyncState, resource: Resource, known: Known, reads: Mapping[tuple[str, str], Read], full: bool
) -> int:
    stamped = state.known(known.administration_id, resource.name)
    windows = due_windows(resource, known.period_start, known.today, known.now, reads, full)
    polls = max(1, len(windows))
    if resource.windowed and not any(w.scope == feeds.HISTORY for w in windows):
        polls += any(record.scope == feeds.HISTORY for record in stamped.values())
    return polls + sum(-(-count // 100) for count in hot_ids(stamped).values())


def list_requests(resource: Resource, windows: Sequence[feeds.Window], reads: Mapping[tuple[str, str], Read]) -> int:
    """Pages of a list, by its last reading; of one that nobody has read the first page of each window."""
    scopes = [w.key for w in windows] or [feeds.RECENT]
    if not resource.paged:
        return len(scopes)
    counts = (reads.get((resource.name, scope)) for scope in scopes)
    return sum(pages_for(read.row_count) if read else 1 for read in counts)


def _report_requests(
    connection: duckdb.DuckDBPyConnection,
    resource: Resource,
    known: Known,
    reads: Mapping[tuple[str, str], Read],
    full: bool,
) -> int:
    read_at = {scope: read.read_at for (name, scope), read in reads.items() if name == resource.name}
    return totals_requests(
        connection, known.administration_id, known.period_start.year, known.today, known.now, read_at, full
    )
