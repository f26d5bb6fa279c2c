"""Reads every resource with records, in slices that end with their stamp."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from pipelines.errors import ApiError, AuthorisationError, NetworkError, ThrottledError
from pipelines.moneybird import feeds
from pipelines.moneybird.records import UNKNOWN_ID, HeldBack, Page, Parsed, Parser, TableSlice
from pipelines.moneybird.resources import BY_NAME, RESOURCES, Feed, Resource
from pipelines.run.load import Loader
from pipelines.run.plan import due_windows
from pipelines.run.tables import children_of
from pipelines.run.targets import ROOT, Target, utc_now
from pipelines.warehouse.dirty import LedgerTouch, mark_before
from pipelines.warehouse.stamps import Children, Read, Stamp, StampedRecord, SyncState

if TYPE_CHECKING:
    from pipelines.run.sync import Options

log = logging.getLogger(__name__)
SLICE_RECORDS = 20_000  # one dlt package costs half a second, and memory grows with the slice
_STOPS = (AuthorisationError, NetworkError, ThrottledError)  # nothing more can be asked of this administration
CHILDREN: dict[str, list[Children]] = {resource.name: children_of(resource) for resource in RESOURCES}


@dataclass
class _Slice:
    """What was fetched and waits for its package and its stamp."""

    pages: dict[str, list[Page]] = field(default_factory=lambda: defaultdict(list))
    gone: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    missed: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    reads: dict[tuple[str, str, str], Read] = field(default_factory=dict)
    records: int = 0

    def add(self, resource: Resource, page: Page) -> None:
        self.pages[resource.name].append(page)
        self.records += len(page.ids)


class RecordReader:
    """Fetches, loads and stamps the records of all targets. Failures are written into the target."""

    def __init__(
        self,
        state: SyncState,
        connection: duckdb.DuckDBPyConnection,
        parser: Parser,
        loader: Loader,
        options: Options,
        new_slice_id: Callable[[], str],
    ) -> None:
        self._state = state
        self._connection = connection
        self._parser = parser
        self._loader = loader
        self._options = options
        self._new_slice_id = new_slice_id
        self._slice = _Slice()
        self._targets: dict[str, Target] = {}
        self.rows: Counter[str] = Counter()
        self.tombstones: Counter[str] = Counter()

    def run(self, targets: list[Target]) -> None:
        """Reads every record resource of every target. A failing resource never stops another administration."""
        self._targets = {target.administration_id: target for target in targets}
        for target in targets:
            self._slice.add(ROOT, target.page)
        for target in targets:
            for resource in RESOURCES:
                if resource.feed in {Feed.VERSIONS, Feed.LIST} and not target.stopped:
                    self._isolated(target, resource)
        self._flush()

    def _isolated(self, target: Target, resource: Resource) -> None:
        try:
            if resource.feed is Feed.VERSIONS:
                self._versions(target, resource)
            else:
                self._list(target, resource)
        except ApiError as error:
            log.warning(
                "sync.resource_failed administration=%s resource=%s cause=%s",
                target.administration_id,
                resource.name,
                error,
            )
            target.errors.append(str(error))
            target.stopped = isinstance(error, _STOPS)

    def _versions(self, target: Target, resource: Resource) -> None:
        known = self._known(target, resource)
        reads = self._state.reads(target.administration_id)
        last = reads.get((resource.name, feeds.RECENT))
        windows = due_windows(resource, target.period_start, target.today, target.now, reads, self._options.full)
        poll = feeds.poll_versions(
            target.client,
            target.administration_id,
            resource,
            windows,
            known,
            history=feeds.history_window(target.period_start) if resource.windowed else None,
            last_poll=last.read_at if last else None,
            accept_shrink=self._options.accept_shrink,
        )
        missed = poll.due.keys() - self._fetch(target, resource, poll.due)
        gone = poll.gone
        if gone and resource.windowed:  # it may have moved between two windows while they were read, or out of all
            gone -= self._fetch(target, resource, {i: known[i].scope for i in gone})
        self._note_gone(target, resource, gone)
        if missed:
            self._slice.missed[(target.administration_id, resource.name)] |= missed
        assert poll.read_at is not None
        scopes = {feeds.RECENT} | {window.scope for window in windows}
        for scope in scopes:
            self._slice.reads[(target.administration_id, resource.name, scope)] = Read(poll.read_at, poll.seen)
        log.info(
            "sync.read resource=%s administration=%s due=%d", resource.name, target.administration_id, len(poll.due)
        )

    def _fetch(self, target: Target, resource: Resource, due: Mapping[str, str]) -> set[str]:
        """Adds the records behind `due` (id → scope) to the slice; returns the ids that came, held back or not."""
        came: set[str] = set()
        for page in feeds.fetch_records(target.client, target.administration_id, resource, due):
            self._add(resource, page)
            came |= page.seen
        return came

    def _list(self, target: Target, resource: Resource) -> None:
        known = self._known(target, resource)
        reads = self._state.reads(target.administration_id)
        windows: list[feeds.Window | None] = [
            *due_windows(resource, target.period_start, target.today, target.now, reads, self._options.full)
        ]
        seen, answers = self._windows(target, resource, windows or [None], known.keys())
        gone = known.keys() - seen
        feeds.guard_shrink(resource, target.administration_id, len(known), len(gone), self._options.accept_shrink)
        if gone and answers > 1:  # a deletion elsewhere moves rows to a page that was read already: look once more
            seen |= self._windows(target, resource, windows or [None], gone)[0]
        if UNKNOWN_ID not in seen:
            self._note_gone(target, resource, gone - seen)

    def _windows(
        self, target: Target, resource: Resource, windows: list[feeds.Window | None], wanted: Collection[str]
    ) -> tuple[set[str], int]:
        """The ids in these windows, and where one of `wanted` is missing in the history too; and how many answers."""
        seen: set[str] = set()
        answers = 0
        history = feeds.history_window(target.period_start) if resource.windowed else None
        for window in windows:
            answers += self._window(target, resource, window, seen)
        if history and history not in windows and not seen.issuperset(wanted):
            answers += self._window(target, resource, history, seen)
        return seen, answers

    def _window(self, target: Target, resource: Resource, window: feeds.Window | None, all_seen: set[str]) -> int:
        """Adds one window's pages to the slice and its ids to `all_seen`; returns how many answers it took."""
        seen: set[str] = set()
        answers = 0
        scope = window.key if window else feeds.RECENT
        for page, read_at in feeds.read_list(target.client, target.administration_id, resource, window):
            self._add(resource, page)
            seen |= page.seen
            answers += 1
            read = Read(read_at, len(seen))
        self._slice.reads[(target.administration_id, resource.name, scope)] = read
        if window and window.scope == feeds.HISTORY:
            self._slice.reads[(target.administration_id, resource.name, feeds.HISTORY)] = read
        all_seen |= seen
        return answers

    def _known(self, target: Target, resource: Resource) -> dict[str, feeds.Known]:
        stamped: dict[str, StampedRecord] = self._state.known(target.administration_id, resource.name)
        return {i: feeds.Known(r.version, r.fingerprint, r.scope) for i, r in stamped.items()}

    def _add(self, resource: Resource, page: Page) -> None:
        self._slice.add(resource, page)
        if self._slice.records >= SLICE_RECORDS:
            self._flush()

    def _note_gone(self, target: Target, resource: Resource, gone: set[str]) -> None:
        if gone:
            self._slice.gone[(target.administration_id, resource.name)] = gone

    def _flush(self) -> None:
        """Parses, loads and stamps what was fetched. A kill anywhere in here means fetching this slice again."""
        part, self._slice = self._slice, _Slice()
        slice_id, at = self._new_slice_id(), utc_now()
        stamp = Stamp(slice_id, gone=part.gone, missed=part.missed, reads=part.reads)
        tables: list[TableSlice] = []
        for name, pages in part.pages.items():
            resource = BY_NAME[name]
            known = self._state.fingerprints(name, {page.administration_id for page in pages})
            parsed = self._parser.parse(resource, pages, slice_id=slice_id, changed_at=at, known=known)
            self._report(parsed)
            for held in parsed.held_back:
                stamp.missed[(held.administration_id, name)].add(held.record_id)
            if parsed.stamps.num_rows:
                stamp.records[name] = parsed.stamps
                tables += _table_slices(resource, parsed)
        self._touch_ledger(stamp)
        self._loader.load(tables, slice_id)
        self._state.write(stamp, CHILDREN, at)
        for (administration_id, _), ids in stamp.gone.items():
            self.tombstones[administration_id] += len(ids)
            self.rows[administration_id] += len(ids)

    def _report(self, parsed: Parsed) -> None:
        for held in parsed.held_back:
            self._hold(held)
        for count in parsed.stamps.group_by("administration_id").aggregate([([], "count_all")]).to_pylist():
            self.rows[count["administration_id"]] += count["count_all"]

    def _hold(self, held: HeldBack) -> None:
        log.warning("sync.held_back %s", held)
        self._targets[held.administration_id].errors.append(str(held))

    def _touch_ledger(self, stamp: Stamp) -> None:
        for name, resource in BY_NAME.items():
            touch = _touch(resource)
            changed = stamp.records.get(name)
            gone = [(a, i) for (a, n), ids in stamp.gone.items() if n == name for i in ids]
            if touch is None or (changed is None and not gone):
                continue
            keys = pa.table(
                {
                    "administration_id": pa.array([g[0] for g in gone], pa.string()),
                    "id": pa.array([g[1] for g in gone], pa.string()),
                }
            )
            if changed is not None:
                keys = pa.concat_tables([keys, changed.select(["administration_id", "id"])])
            mark_before(self._connection, touch, keys)
            stamp.touches.append((touch, keys))


def _touch(resource: Resource) -> LedgerTouch | None:
    posting = resource.posting
    if posting is None:
        return None
    return LedgerTouch(
        resource.table,
        posting.date_column,
        f"{resource.name}__{posting.lines}",
        f"{resource.name}__{posting.payments}",
        resource.parent_key,
        posting.silent_states,
    )


def _table_slices(resource: Resource, parsed: Parsed) -> list[TableSlice]:
    parents = parsed.stamps.select(["administration_id", "id"])
    slices = [TableSlice(resource.table, parsed.tables[resource.table], key=("administration_id", "id"))]
    for child in resource.children:
        name = resource.child_table(child)
        replaced = parents.rename_columns(["administration_id", resource.parent_key])
        slices.append(
            TableSlice(
                name, parsed.tables[name], replace_by=("administration_id", resource.parent_key), replaced=replaced
            )
        )
    return slices
