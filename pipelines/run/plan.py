"""What a run will ask before it asks: requests per administration, resource and bucket.

The plan and the run take their windows, years and months from the same functions, so that a plan made before an
unchanged run is the run's request log. What nobody can know beforehand (how many records changed) is not in it: an
unchanged administration costs the floor, and a first load says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from pipelines.ledger.requests import lines_requests, owner_of, rotation_requests, totals_requests
from pipelines.moneybird import feeds
from pipelines.moneybird.pagination import pages_for
from pipelines.moneybird.resources import BY_NAME, RESOURCES, Bucket, Feed, Resource
from pipelines.run.report_plan import REPORTS, BothWays, books_of, costs_both_ways, planned_reports
from pipelines.warehouse.stamps import Read, StampedRecord, SyncState

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
    every_month: BothWays | None = None  # what reading all months of all reports would cost; the plan reads what moved

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
            },
            "administrations": {
                plan.administration_id: {
                    "name": plan.name,
                    "general": plan.requests("general"),
                    "reports": plan.requests("reports"),
                    "resources": {step.resource: {step.bucket: step.requests} for step in plan.steps},
                }
                for plan in self.administrations
            },
            "tokens": {"general": self.tokens},
            "seconds_to_wait": self.seconds_to_wait,
            "every_month_of_all_reports": asdict(self.every_month) if self.every_month else None,
        }


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
    plan = Plan([_administration(connection, state, one, full) for one in known], tokens)
    books = books_of(connection, {k.administration_id: (k.period_start.year, k.today, k.now) for k in known}, full)
    reports = planned_reports(connection, state, books)
    if known:
        plan.every_month = costs_both_ways(max(one.today for one in known), len(known))
    for one in plan.administrations:
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
    """The windows this run reads; the ten years before the books on first load, weekly and with --full."""
    if not resource.windowed:
        return []
    windows = feeds.recent_windows(period_start, today)
    history = reads.get((resource.name, feeds.HISTORY))
    if full or history is None or now - history.read_at >= HISTORY_CADENCE:
        windows.insert(0, feeds.history_window(period_start))  # first, so that a record in both counts as recent
    return windows


def is_due(resource: Resource, reads: Mapping[tuple[str, str], Read], now: datetime, full: bool) -> bool:
    """Whether this run reads the resource at all, by its cadence."""
    last = reads.get((resource.name, feeds.RECENT))
    return full or resource.cadence.is_due(last.read_at if last else None, now)


def hot_ids(stamped: Mapping[str, StampedRecord]) -> Counter[str]:
    """Per scope, how many ids the next poll fetches again: fetched in the second they were saved, or missed."""
    return Counter(
        record.scope
        for record in stamped.values()
        if record.version is None or feeds.is_hot(record.version, record.fetched_at)
    )


def _administration(
    connection: duckdb.DuckDBPyConnection, state: SyncState, known: Known, full: bool
) -> AdministrationPlan:
    reads = state.reads(known.administration_id)
    plan = AdministrationPlan(known.administration_id, known.name)
    for resource in RESOURCES:
        if resource.feed in {Feed.VERSIONS, Feed.LIST} and not is_due(resource, reads, known.now, full):
            continue
        if resource.feed is Feed.VERSIONS:
            requests = _version_requests(state, resource, known, reads, full)
        elif resource.feed is Feed.LIST:
            requests = _list_requests(state, resource, known, reads, full)
        elif resource.feed is Feed.CONTROL_TOTALS:
            requests = _report_requests(connection, resource, known, reads, full)
        elif resource.feed is Feed.LEDGER_LINES:
            requests = lines_requests(connection, known.administration_id, known.now)
        else:
            continue
        plan.steps.append(Step(resource.name, resource.bucket, requests))
    return plan


def _version_requests(
    state: SyncState, resource: Resource, known: Known, reads: Mapping[tuple[str, str], Read], full: bool
) -> int:
    stamped = state.known(known.administration_id, resource.name)
    windows = due_windows(resource, known.period_start, known.today, known.now, reads, full)
    polls = max(1, len(windows))
    if resource.windowed and not any(w.scope == feeds.HISTORY for w in windows):
        polls += any(record.scope == feeds.HISTORY for record in stamped.values())
    return polls + sum(-(-count // 100) for count in hot_ids(stamped).values())


def _list_requests(
    state: SyncState, resource: Resource, known: Known, reads: Mapping[tuple[str, str], Read], full: bool
) -> int:
    windows = due_windows(resource, known.period_start, known.today, known.now, reads, full)
    scopes = [w.key for w in windows] or [feeds.RECENT]
    if resource.windowed and not any(w.scope == feeds.HISTORY for w in windows):
        stamped = state.known(known.administration_id, resource.name)
        if any(record.scope == feeds.HISTORY for record in stamped.values()):
            scopes.append(feeds.history_window(known.period_start).key)
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
