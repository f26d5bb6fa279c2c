"""Reads every resource with records, administrations taking turns request by request.

Lists without a feed are believed only when they stood still: pages move while they are read, because a record that is
made or deleted elsewhere shifts all that follow. Where an id repeats or a known one is missing, the list is read again
until two readings name the same ids; a list that never stands still loads its rows and tombstones nothing."""

from __future__ import annotations

import logging
from collections.abc import Collection, Generator, Mapping, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.errors import ApiError
from pipelines.moneybird import feeds
from pipelines.moneybird.pagination import PER_PAGE
from pipelines.moneybird.records import UNKNOWN_ID
from pipelines.moneybird.resources import BY_NAME, RESOURCES, Feed, Resource
from pipelines.moneybird.turns import Turns, take_turns
from pipelines.run.plan import due_windows, is_due
from pipelines.run.slices import SliceWriter
from pipelines.run.targets import ROOT, STOPS, Target
from pipelines.warehouse.stamps import Read, StampedRecord, SyncState

if TYPE_CHECKING:
    from pipelines.run.sync import Options

log = logging.getLogger(__name__)
STEADY_READS = 4  # a list is read at most this often in a run before it is called unsteady
_RECORD_FEEDS = (Feed.VERSIONS, Feed.LIST)


@dataclass
class _Reading:
    """One reading of all windows of a list."""

    seen: set[str] = field(default_factory=set)
    reads: dict[str, Read] = field(default_factory=dict)  # scope → when, and how many rows
    windows: int = 0
    answers: int = 0
    repeated: bool = False

    def stood_still(self, known: Set[str]) -> bool:
        """Nothing can have moved between pages when no window had two, and nothing has when all known ids came once."""
        return self.answers == self.windows or (not self.repeated and known <= self.seen)

    def equals(self, other: _Reading) -> bool:
        return self.seen == other.seen and not self.repeated and not other.repeated


class RecordReader:
    """Fetches the records of all targets into slices. Failures are written into the target."""

    def __init__(self, state: SyncState, slices: SliceWriter, options: Options) -> None:
        self._state = state
        self._slices = slices
        self._options = options
        self._read: set[tuple[str, str]] = set()  # administration, resource: read in this run

    def run(self, targets: list[Target]) -> None:
        """Reads every resource that is due. A failing resource never stops another administration."""
        for target in targets:
            self._slices.add(ROOT, target.page)
        self._options.progress.stage("reading records")
        take_turns(self._everything(target) for target in targets)
        self._slices.flush()

    def read_referred(self, targets: list[Target]) -> None:
        """Reads the lists that were not due and that new records refer to with ids nobody knows yet: a rate made this
        morning and used at once would otherwise be missing until tomorrow's reading of the rates."""
        take_turns(self._referred(target) for target in targets)
        self._slices.flush()

    def _everything(self, target: Target) -> Turns:
        for resource in RESOURCES:
            if resource.feed in _RECORD_FEEDS and not target.stopped:
                reads = self._state.reads(target.administration_id)
                if is_due(resource, reads, target.now, self._options.full):
                    yield from self._isolated(target, resource)

    def _referred(self, target: Target) -> Turns:
        for (administration_id, name), ids in sorted(self._slices.referred.items()):
            wanted = administration_id == target.administration_id and (administration_id, name) not in self._read
            if wanted and not target.stopped and not ids <= self._known(target, BY_NAME[name]).keys():
                log.info("sync.referred administration=%s resource=%s", administration_id, name)
                yield from self._isolated(target, BY_NAME[name])

    def _isolated(self, target: Target, resource: Resource) -> Turns:
        self._read.add((target.administration_id, resource.name))
        try:
            if resource.feed is Feed.VERSIONS:
                yield from self._versions(target, resource)
            else:
                yield from self._list(target, resource)
        except ApiError as error:
            log.warning(
                "sync.resource_failed administration=%s resource=%s cause=%s",
                target.administration_id,
                resource.name,
                error,
            )
            target.errors.append(str(error))
            target.stopped = isinstance(error, STOPS)

    def _versions(self, target: Target, resource: Resource) -> Turns:
        known = self._known(target, resource)
        reads = self._state.reads(target.administration_id)
        windows = due_windows(resource, target.period_start, target.today, target.now, reads, self._options.full)
        poll = yield from feeds.poll_versions(
            target.client,
            target.administration_id,
            resource,
            windows,
            known,
            history=feeds.history_window(target.period_start) if resource.windowed else None,
            accept_shrink=self._options.accept_shrink,
        )
        self._options.progress.more("general", -(-len(poll.due) // PER_PAGE))
        missed = poll.due.keys() - (yield from self._fetch(target, resource, poll.due))
        gone = poll.gone
        if gone and resource.windowed:  # it may have moved between two windows while they were read, or out of all
            gone -= yield from self._fetch(target, resource, {i: known[i].scope for i in gone})
        self._slices.note_gone(target.administration_id, resource, gone)
        self._slices.note_missed(target.administration_id, resource, missed)
        assert poll.read_at is not None
        for scope in {feeds.RECENT} | {window.scope for window in windows}:
            self._slices.note_read(target.administration_id, resource, scope, Read(poll.read_at, poll.seen))
        log.info(
            "sync.read resource=%s administration=%s due=%d", resource.name, target.administration_id, len(poll.due)
        )

    def _fetch(self, target: Target, resource: Resource, due: Mapping[str, str]) -> Generator[None, None, set[str]]:
        """Adds the records behind `due` (id → scope) to the slice; returns the ids that came, held back or not."""
        came: set[str] = set()
        for page, fetched_at in feeds.fetch_records(target.client, target.administration_id, resource, due):
            self._slices.add(resource, page, fetched_at)
            came |= page.seen
            yield
        return came

    def _list(self, target: Target, resource: Resource) -> Turns:
        known = self._known(target, resource).keys()
        reads = self._state.reads(target.administration_id)
        windows: list[feeds.Window | None] = [
            *due_windows(resource, target.period_start, target.today, target.now, reads, self._options.full)
        ]
        windows = windows or [None]
        reading = yield from self._reading(target, resource, windows, known)
        gone, seen = known - reading.seen, reading.seen
        if UNKNOWN_ID not in seen:  # records without an id are not gone: the list came in another shape
            feeds.guard_shrink(resource, target.administration_id, len(known), len(gone), self._options.accept_shrink)
        steady = reading.stood_still(known)
        for _ in range(STEADY_READS - 1):
            if steady:
                break
            before, reading = reading, (yield from self._reading(target, resource, windows, known))
            steady = reading.equals(before)
            seen = seen | reading.seen
            gone = (known | seen) - reading.seen  # one that was read and then deleted is gone too
        if not steady:
            log.warning("sync.unsteady_list administration=%s resource=%s", target.administration_id, resource.name)
            return
        for scope, read in reading.reads.items():
            self._slices.note_read(target.administration_id, resource, scope, read)
        if UNKNOWN_ID not in seen:
            self._slices.note_gone(target.administration_id, resource, gone)

    def _reading(
        self, target: Target, resource: Resource, windows: list[feeds.Window | None], wanted: Collection[str]
    ) -> Generator[None, None, _Reading]:
        """The ids in these windows, and where one of `wanted` is missing in the history too."""
        reading = _Reading()
        history = feeds.history_window(target.period_start) if resource.windowed else None
        for window in windows:
            yield from self._window(target, resource, window, reading)
        if history and history not in windows and not reading.seen.issuperset(wanted):
            yield from self._window(target, resource, history, reading)
        return reading

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
        reading.windows += 1
        reading.seen |= seen
        scopes = {scope, feeds.RECENT} if window is None or window.scope == feeds.RECENT else {scope, window.scope}
        reading.reads |= dict.fromkeys(scopes, read)

    def _known(self, target: Target, resource: Resource) -> dict[str, feeds.Known]:
        stamped: dict[str, StampedRecord] = self._state.known(target.administration_id, resource.name)
        return {i: feeds.Known(r.version, r.fingerprint, r.scope, r.fetched_at) for i, r in stamped.items()}
