"""Requests of a first, an unchanged and a 1 %-changed run, beside the fewest that could have told the same.

What was asked is the sandbox's own request log. The floor is reckoned from what the sandbox says happened (its versions
before and after) and from the ledger lines before and after, never from the client's plan:

- tokens: one list of administrations each;
- feeds: one poll per resource with versions and per ten years of books, and one of the ten years before them where the
  resource has windows and the run is a first one;
- records: the changed records of a resource, 100 a request;
- lists: one request per 100 rows of a list that is read, at least one, windows as for feeds; a list of settings is not
  read again on the same day;
- proof: one general ledger report per year that has lines and one for the year after it, which would be the first to
  show a line booked ahead; and one per month whose lines changed, for this sandbox answers no year by its months;
- lines: per year the cheaper of two ways to fetch what changed, 100 lines a page: per account the months that differ,
  a request for each run of months or for what lies between them too, or everything as one stream per project and one
  without;
- reports: every other report counts as asked, once per question: which are due is the client's promise, so only a
  question that was repeated is above the floor.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines.config import Settings
from pipelines.moneybird.resources import BY_NAME, RESOURCES, Cadence, Feed, Resource
from pipelines.run.sync import sync
from pipelines.sandbox import events
from pipelines.sandbox.company import build_group
from pipelines.sandbox.records import KINDS, versions
from pipelines.sandbox.serve import Sandbox, start
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import Request, World

KINDS_OF_REQUEST = ("tokens", "feeds", "records", "lists", "proof", "lines", "reports")
PER_REQUEST = 100
WINDOW_YEARS = 10
EVERY = 100  # one record in so many changes

_PATHS = {resource.path: resource for resource in RESOURCES}
_Versions = dict[str, dict[str, dict[str, int]]]  # administration → resource → id → version
_Slice = tuple[str, str, str, int, int]  # account, month, project, number of lines, their fingerprint
_Lines = dict[tuple[str, int], list[_Slice]]  # administration and year → its slices


@dataclass(frozen=True)
class Run:
    """One run's requests by kind: asked and the floor; and what an administration took on average, by bucket."""

    name: str
    administrations: int
    asked: Mapping[str, int]
    floor: Mapping[str, int]
    general: float
    reports: float

    @property
    def ratio(self) -> float:
        return sum(self.asked.values()) / sum(self.floor.values())


def count(home: Path, administrations: int) -> list[Run]:
    """The three runs over one fresh group, in `home`."""
    world = build_group(years=1, administrations=administrations)
    with start(world, throttle=Throttle.off()) as sandbox:
        bench = _Bench(world, sandbox, home)
        runs = [bench.run("first load")]
        world.clock.advance(timedelta(hours=1))
        runs.append(bench.run("unchanged"))
        _edit(world)
        world.clock.advance(timedelta(minutes=10))
        runs.append(bench.run("1 % changed"))
    return runs


class _Bench:
    def __init__(self, world: World, sandbox: Sandbox, home: Path) -> None:
        self._world = world
        tokens = {name: one["token"] for name, one in sandbox.describe()["tokens"].items()}
        self._settings = Settings(api_url=sandbox.api_url, tokens=tokens, home=home)
        self._versions: _Versions = {}
        self._lines: _Lines = {}
        self._first = True

    def run(self, name: str) -> Run:
        """Syncs, and compares the log with the floor."""
        self._world.requests.clear()
        report = sync(self._settings)
        assert report.status == "ok", report.to_json()
        log = list(self._world.requests)
        floor = self._floor(log)
        asked = Counter(kind_of(line) for line in log)
        buckets = Counter(line.bucket for line in log)
        count = len(self._world.administrations)
        self._first = False
        return Run(
            name, count,
            {kind: asked[kind] for kind in KINDS_OF_REQUEST}, {kind: floor[kind] for kind in KINDS_OF_REQUEST},
            buckets["general"] / count, buckets["reports"] / count,
        )  # fmt: skip

    def _floor(self, log: list[Request]) -> Counter[str]:
        now = {str(a.id): versions(a) for a in self._world.administrations.values()}
        lines = _ledger(self._settings.warehouse_path)
        floor = Counter({"tokens": len(self._settings.tokens)})
        for administration in self._world.administrations.values():
            key = str(administration.id)
            changed = _changed(self._versions.get(key, {}), now[key])
            for resource in RESOURCES:
                if resource.feed is Feed.VERSIONS:
                    floor["feeds"] += self._windows(resource)
                    floor["records"] += _pages(changed.get(resource.name, 0))
                elif resource.feed is Feed.LIST and (self._first or resource.cadence is Cadence.HOT):
                    rows = len(list(KINDS[resource.name].of(administration))) if resource.name in KINDS else 0
                    floor["lists"] += self._windows(resource) - 1 + max(1, _pages(rows) if resource.paged else 1)
        differing = {year: _differing(self._lines.get(year, []), rows) for year, rows in lines.items()}
        floor["proof"] = len(lines) + len({administration_id for administration_id, _ in lines})
        floor["proof"] += sum(len({month for _, month in slices}) for slices in differing.values())
        floor["lines"] = sum(_cheapest(differing[year], rows) for year, rows in lines.items())
        floor["reports"] = len({(line.path, line.query) for line in log if kind_of(line) == "reports"})
        self._versions, self._lines = now, lines
        return floor

    def _windows(self, resource: Resource) -> int:
        """Polls of one feed: the sandbox's books are younger than ten years."""
        return 1 + (resource.windowed and self._first)


def kind_of(line: Request) -> str:
    """Which part of the floor a logged request belongs to."""
    path = line.path.removeprefix("/api/v2/").removesuffix(".json")
    if "/" not in path:
        return "tokens"
    endpoint = path.partition("/")[2]
    if endpoint.endswith("/synchronization"):
        return "feeds" if line.method == "GET" else "records"
    known = _PATHS.get(endpoint)
    feed = known.feed if known else None
    kinds = {Feed.LIST: "lists", Feed.CONTROL_TOTALS: "proof", Feed.LEDGER_LINES: "lines"}
    return kinds.get(feed, "reports") if feed else "reports"


def _edit(world: World) -> None:
    """Changes one contact and one document in a hundred, at least one of each, as a person would: another price."""
    fields: dict[str, dict[str, Any]] = {
        "sales_invoices": {"lines.0.price": "123.45"},
        "contacts": {"city": "Benchdorp"},
        "purchase_invoices": {"lines.0.price": "123.45"},
    }
    for administration in world.administrations.values():
        for name, changes in fields.items():
            found = sorted(versions(administration)[name])
            for record_id in found[::EVERY]:
                events.happen(administration, "edit_record", {"resource": name, "id": record_id, "fields": changes})


def _changed(before: Mapping[str, Mapping[str, int]], now: Mapping[str, Mapping[str, int]]) -> Counter[str]:
    """Records per resource whose version is another one than before."""
    return Counter(
        name
        for name, records in now.items()
        if name in BY_NAME
        for record_id, version in records.items()
        if before.get(name, {}).get(record_id) != version
    )


def _ledger(warehouse: Path) -> _Lines:
    """Per administration and year: account, month, project, lines and a fingerprint of them."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            """select administration_id, year(month_date), ledger_account_id, month_date::varchar,
                      coalesce(project_id, ''), count(*),
                      bit_xor(hash(date, document_id, contact_id, amount, description))
               from raw.journal_entries group by all"""
        ).fetchall()
    found: _Lines = {}
    for administration_id, year, *month in rows:
        found.setdefault((administration_id, year), []).append(tuple(month))
    return found


def _differing(before: list[_Slice], now: list[_Slice]) -> set[tuple[str, str]]:
    """Accounts and months of one year whose lines are not what they were."""
    return {(account, month) for account, month, *_ in set(before) ^ set(now)}


def _cheapest(differing: set[tuple[str, str]], rows: list[_Slice]) -> int:
    """The fewest requests that fetch what differs in one year, given all its rows."""
    if not differing:
        return 0
    months: dict[str, Counter[int]] = defaultdict(Counter)
    for account, month, _, lines, _ in rows:
        months[account][int(month[5:7])] += lines
    wanted: dict[str, list[int]] = defaultdict(list)
    for account, month in sorted(differing):
        wanted[account].append(int(month[5:7]))
    per_project = _sums((project, lines) for _, _, project, lines, _ in rows)
    per_account = sum(_fewest_spans(listed, months[account]) for account, listed in wanted.items())
    return min(per_account, sum(map(_pages, per_project.values())))


def _fewest_spans(wanted: list[int], lines: Mapping[int, int]) -> int:
    """The fewest requests for these months of one account: a request takes months that follow each other."""
    if not wanted:
        return 0
    return min(
        max(_pages(sum(lines[month] for month in range(wanted[0], wanted[last] + 1))), 1)
        + _fewest_spans(wanted[last + 1 :], lines)
        for last in range(len(wanted))
    )


def _sums(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for key, value in pairs:
        total[key] += value
    return total


def _pages(rows: int) -> int:
    return -(-rows // PER_REQUEST)
