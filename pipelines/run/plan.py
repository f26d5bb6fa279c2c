"""What a run will ask before it asks: requests per administration, resource and bucket.

The plan and the run take their windows, years and months from the same functions, so that a plan made before an
unchanged run is the run's request log. How much changed nobody can know beforehand: `expected` adds what changes cost
in recent runs, and once the feeds have answered and the changed records are read, `plan_books` foresees the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import duckdb

from pipelines.ledger.requests import lines_requests, owner_of, rotation_requests, totals_requests
from pipelines.moneybird import feeds
from pipelines.moneybird.resources import BY_NAME, RESOURCES, Bucket, Feed, Resource
from pipelines.run.due import Known, due_windows, hot_requests, is_due, list_requests
from pipelines.run.report_plan import REPORTS, BothWays, books_of, costs_both_ways, planned_reports
from pipelines.warehouse.spending import Spent
from pipelines.warehouse.sync_state import SyncState

BUCKETS: tuple[Bucket, ...] = ("general", "reports")


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
class Planner:
    """Plans a run over the `known` administrations. `limits` are requests per window of `window_seconds`."""

    connection: duckdb.DuckDBPyConnection
    state: SyncState
    known: Sequence[Known]
    limits: Mapping[Bucket, int]
    window_seconds: int
    full: bool

    def plan(self, tokens: int) -> Plan:
        """The plan of a run that has asked nothing yet; each of `tokens` costs one request."""
        return self._with_books(Plan([self._records(one) for one in self.known], tokens))

    def plan_books(self, before: Plan, found: Mapping[tuple[str, str], int]) -> Plan:
        """The plan again, once the records were read: with the requests `found` in the feeds' answers (by
        administration and resource), and with what the changed documents will cost in the ledger and the reports."""
        plan = Plan([], before.tokens)
        for one in before.administrations:
            steps = [step for step in one.steps if step.bucket == "general"]
            steps = [replace(s, requests=s.requests + found.get((one.administration_id, s.resource), 0)) for s in steps]
            planned = {step.resource for step in steps}
            own = {name: count for (a, name), count in found.items() if a == one.administration_id}
            steps += [Step(name, "general", count) for name, count in own.items() if name not in planned]
            plan.administrations.append(AdministrationPlan(one.administration_id, one.name, steps))
        return self._with_books(plan)

    def _with_books(self, plan: Plan) -> Plan:
        """Adds the ledger, the reports, and what is left of the last window for the rotation of ledger slices."""
        years = {one.administration_id: (one.period_start.year, one.today, one.now) for one in self.known}
        reports = planned_reports(self.connection, self.state, books_of(self.connection, years, self.full))
        if self.known:
            plan.every_month = costs_both_ways(max(one.today for one in self.known), len(self.known))
        for one, its in zip(plan.administrations, self.known, strict=True):
            one.steps += self._ledger(its)
            one.steps += [Step(name, "reports", n) for name, n in reports[one.administration_id].items() if n]
        plan.spare_reports = -plan.requests("reports") % self.limits["reports"]
        self._rotate(plan)
        windows = max(1, *(-(-plan.requests(bucket) // self.limits[bucket]) for bucket in BUCKETS))
        plan.seconds_to_wait = (windows - 1) * self.window_seconds
        return plan

    def _rotate(self, plan: Plan) -> None:
        owners = [owner_of(self.connection, one.administration_id, one.today, one.now) for one in self.known]
        rotated = rotation_requests(self.connection, owners, plan.spare_reports)
        for one in plan.administrations:
            one.steps = [
                replace(step, requests=step.requests + rotated[one.administration_id])
                if BY_NAME[step.resource].feed is Feed.LEDGER_LINES
                else step
                for step in one.steps
            ]

    def _records(self, known: Known) -> AdministrationPlan:
        reads, owed = self.state.reads(known.administration_id), self.state.owed(known.administration_id)
        plan = AdministrationPlan(known.administration_id, known.name)
        for resource in RESOURCES:
            if resource.feed not in {Feed.VERSIONS, Feed.LIST}:
                continue
            if not is_due(resource, reads, owed, known.now, self.full):
                continue
            windows = due_windows(resource, known, reads, self.full)
            if resource.feed is Feed.VERSIONS:
                requests = self._version_requests(resource, known, windows)
            else:
                requests = list_requests(resource, windows, reads)
            plan.steps.append(Step(resource.name, resource.bucket, requests))
        return plan

    def _version_requests(self, resource: Resource, known: Known, windows: Sequence[feeds.Window]) -> int:
        stamped = self.state.known(known.administration_id, resource.name)
        polls = max(1, len(windows))
        if resource.windowed and not any(w.scope == feeds.HISTORY for w in windows):
            polls += any(record.scope == feeds.HISTORY for record in stamped.values())
        return polls + hot_requests(stamped)

    def _ledger(self, known: Known) -> list[Step]:
        reads = self.state.reads(known.administration_id)
        steps = []
        for resource in RESOURCES:
            if resource.feed is Feed.CONTROL_TOTALS:
                read_at = {scope: read.read_at for (name, scope), read in reads.items() if name == resource.name}
                requests = totals_requests(
                    self.connection,
                    known.administration_id,
                    known.period_start.year,
                    known.today,
                    known.now,
                    read_at,
                    self.full,
                )
            elif resource.feed is Feed.LEDGER_LINES:
                requests = lines_requests(self.connection, known.administration_id, known.today, known.now)
            else:
                continue
            steps.append(Step(resource.name, resource.bucket, requests))
        return steps
