"""Reads every resource with records, administrations taking turns request by request.

Lists without a feed are believed only when they stood still: pages move while they are read, because a record that is
made or deleted elsewhere shifts all that follow. Where an id repeats or a known one is missing, the list is read again
until two readings name the same ids; a list that never stands still loads its rows and tombstones nothing."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Generator, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.errors import ApiError
from pipelines.moneybird import feeds
from pipelines.moneybird.records import UNKNOWN_ID
from pipelines.moneybird.resources import BY_NAME, RESOURCES, Feed, Resource
from pipelines.moneybird.turns import Turns, take_turns
from pipelines.run.due import due_windows, hot_requests, is_due, list_requests
from pipelines.run.slices import SliceWriter
from pipelines.run.targets import ROOT, Target
from pipelines.warehouse.stamps import Read
from pipelines.warehouse.sync_state import StampedRecord, SyncState

if TYPE_CHECKING:
    from pipelines.run.sync import Options

log = logging.getLogger(__name__)
STEADY_READS = 4  # a list is read at most this often in a run before it is called unsteady
LEDGER = next(resource.name for resource in RESOURCES if resource.feed is Feed.CONTROL_TOTALS)
_RECORD_FEEDS = (Feed.VERSIONS, Feed.LIST)


@dataclass
class _Reading:
    """One reading of all windows of a list."""

    seen: set[str] = field(default_factory=set)
    reads: dict[str, Read] = field(default_factory=dict)  # scope → when, and how many rows
    complete: bool = True  # every window the list has was read
    answers: int = 0
    repeated: bool = False

    def stood_still(self, known: Set[str]) -> bool:
        """Nothing can have moved within one answer, and nothing has when all known ids came once."""
        return self.answers == 1 or (not self.repeated and known <= self.seen)

    def equals(self, other: _Reading) -> bool:
        return self.seen == other.seen and not self.repeated and not other.repeated


class RecordReader:
    """Fetches the records of all targets into slices. Failures are written into the target."""

    def __init__(self, state: SyncState, slices: SliceWriter, options: Options) -> None:
        self._state = state
        self._slices = slices
        self._options = options
        self._read: set[tuple[str, str]] = set()  # administration, resource: read in this run
        self.found: Counter[tuple[str, str]] = Counter()  # the same → requests that its feed's answer called for

    def run(self, targets: list[Target]) -> None:
        """Reads every resource that is due. A failing resource never stops another administration."""
        for target in targets:
            self._slices.add(ROOT, target.page)
            due = {resource.name for resource in self._due(target)}
            self._state.note_unread(target.administration_id, due | {LEDGER}, target.now)
        self._options.progress.stage("reading records")
        take_turns(self._everything(target) for target in targets)
        self._slices.flush()

    def read_referred(self, targets: list[Target]) -> None:
        """Reads the lists that were not due and that new records refer to with ids nobody knows yet: a rate made this
        morning and used at once would otherwise be missing until tomorrow's reading of the rates."""
        take_turns(self._referred(target) for target in targets)
        self._slices.flush()

    def _everything(self, target: Target) -> Turns:
        for resource in self._due(target):
            if not target.stopped:
                yield from self._isolated(target, resource)

    def _due(self, target: Target) -> list[Resource]:
        reads = self._state.reads(target.administration_id)  # whether one is due depends on its own readings alone
        owed = self._state.owed(target.administration_id)  # … and on what an earlier run did not come to
        return [
            resource
            for resource in RESOURCES
            if resource.feed in _RECORD_FEEDS and is_due(resource, reads, owed, target.now, self._options.full)
        ]

    def _referred(self, target: Target) -> Turns:
        administration_id = target.administration_id
        for name in sorted(self._state.referred(administration_id)):
            if not target.stopped and (administration_id, name) not in self._read:
                log.info("sync.referred administration=%s resource=%s", administration_id, name)
                self.found[(administration_id, name)] += list_requests(
                    BY_NAME[name], [], self._state.reads(administration_id)
                )
                yield from self._isolated(target, BY_NAME[name])

    def _isolated(self, target: Target, resource: Resource) -> Turns:
        self._read.add((target.administration_id, resource.name))
        try:
            if resource.feed is Feed.VERSIONS:
                yield from self._versions(target, resource)
            else:
                yield from self._list(target, resource)
            target.answered()
        except ApiError as error:
            target.failed(error)

    def _versions(self, target: Target, resource: Resource) -> Turns:
        known = self._known(target, resource)
        reads = self._state.reads(target.administration_id)
        windows = due_windows(resource, target.known, reads, self._options.full)
        poll = yield from feeds.poll_versions(
            target.client,
            target.administration_id,
            resource,
            windows,
            known,
            history=feeds.history_window(target.period_start) if resource.windowed else None,
            accept_shrink=self._options.accept_shrink,
        )
        news = feeds.fetch_requests(poll.due) - hot_requests(known)
        self.found[(target.administration_id, resource.name)] = news
        self._options.progress.more("general", news)
        due = len(poll.due)
        yield from self._fetch(target, resource, poll.due)
        gone = {i: known[i].scope for i in poll.gone}
        if resource.windowed:  # it may have moved between two windows while they were read, or out of all
            yield from self._fetch(target, resource, gone)
        self._slices.note_gone(target.administration_id, resource, set(gone))
        self._slices.note_missed(target.administration_id, resource, set(poll.due))
        assert poll.read_at is not None
        for scope in {feeds.RECENT} | {window.scope for window in windows}:
            self._slices.note_read(target.administration_id, resource, scope, Read(poll.read_at, poll.seen))
        log.info("sync.read resource=%s administration=%s due=%d", resource.name, target.administration_id, due)

    def _fetch(self, target: Target, resource: Resource, due: dict[str, str]) -> Turns:
        """Adds the records behind `due` (id → scope) to the slice; what is left in `due` afterwards did not come."""
        for page, fetched_at in feeds.fetch_records(target.client, target.administration_id, resource, due):
            self._slices.add(resource, page, fetched_at)
            yield

    def _list(self, target: Target, resource: Resource) -> Turns:
        known: Set[str] = self._known(target, resource).keys()
        reads = self._state.reads(target.administration_id)
        due = due_windows(resource, target.known, reads, self._options.full)
        reading = yield from self._reading(target, resource, due, known)
        news = reading.answers - list_requests(resource, due, reads)  # pages that its pages called for
        self.found[(target.administration_id, resource.name)] += news
        self._options.progress.more("general", news)
        if not reading.complete:
            known = known & reading.seen  # what other windows hold is not missing
        gone, seen = known - reading.seen, reading.seen
        self._guard_shrink(target, resource, known, gone, seen)
        steady = reading.stood_still(known)
        for _ in range(STEADY_READS - 1):
            if steady:
                break
            before, reading = reading, (yield from self._reading(target, resource, due, known))
            steady = reading.equals(before)
            seen = seen | reading.seen
            gone = (known | seen) - reading.seen if reading.complete else set()  # also one that was read, then deleted
        if not steady:
            log.warning("sync.unsteady_list administration=%s resource=%s", target.administration_id, resource.name)
            target.errors.append(
                f"{resource.name.replace('_', ' ').capitalize()} of {target.name} kept changing while they were read; "
                "what came was loaded, and what was deleted is looked for by the next run."
            )
            return
        self._guard_shrink(target, resource, known, gone, seen)
        for scope, read in reading.reads.items():
            self._slices.note_read(target.administration_id, resource, scope, read)
        if UNKNOWN_ID not in seen:
            self._slices.note_gone(target.administration_id, resource, set(gone))

    def _guard_shrink(
        self, target: Target, resource: Resource, known: Set[str], gone: Set[str], seen: Set[str]
    ) -> None:
        if UNKNOWN_ID not in seen:  # records without an id are not gone: the list came in another shape
            feeds.guard_shrink(resource, target.administration_id, len(known), len(gone), self._options.accept_shrink)

    def _reading(
        self, target: Target, resource: Resource, due: list[feeds.Window], known: Set[str]
    ) -> Generator[None, None, _Reading]:
        """The ids in the windows that are due. Where one of them misses a record that it held, all windows are read: it
        may have moved to another, and is gone only when none has it."""
        reading = _Reading()
        for one in due or (None,):
            yield from self._window(target, resource, one, reading)
        windows = feeds.list_windows(target.period_start, target.today) if resource.windowed else []
        others = [window for window in windows if window not in due]
        if others and reading.seen.issuperset(self._dated(target, resource, due, known)):
            reading.complete = False
            return reading
        for window in others:
            yield from self._window(target, resource, window, reading)
        return reading

    def _dated(self, target: Target, resource: Resource, windows: list[feeds.Window], known: Set[str]) -> Set[str]:
        """Those of the known ids that were in these windows when they were last read."""
        spans = [(window.start, window.end) for window in windows]
        return known & self._state.dated_in(target.administration_id, resource.table, resource.dated_by, spans)

    def _window(self, target: Target, resource: Resource, window: feeds.Window | None, reading: _Reading) -> Turns:
        """Adds one window's pages to the slice and its ids to `reading`."""
        seen: set[str] = set()
        scope = window.key if window else feeds.RECENT
        for page, read_at in feeds.read_list(target.client, target.administration_id, resource, window):
            self._slices.add(resource, page)
            reading.repeated |= not seen.isdisjoint(page.seen - {UNKNOWN_ID})
            reading.answers += 1
            seen |= page.seen
            read = Read(read_at, len(seen))
            yield
        reading.seen |= seen
        scopes = {scope, feeds.RECENT} if window is None or window.scope == feeds.RECENT else {scope, window.scope}
        reading.reads |= dict.fromkeys(scopes, read)

    def _known(self, target: Target, resource: Resource) -> dict[str, feeds.Known]:
        stamped: dict[str, StampedRecord] = self._state.known(target.administration_id, resource.name)
        return {i: feeds.Known(r.version, r.fingerprint, r.scope, r.fetched_at) for i, r in stamped.items()}
