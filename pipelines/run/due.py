"""What a run reads of an administration, by cadence, by window and by what the run before left unread.

The plan and the run both ask here, so that the one foresees the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipelines.moneybird import feeds
from pipelines.moneybird.pagination import PER_PAGE, pages_for
from pipelines.moneybird.resources import Resource
from pipelines.warehouse.stamps import Read
from pipelines.warehouse.sync_state import StampedRecord

HISTORY_CADENCE = timedelta(days=7)  # the ten years before the books, two requests an administration


@dataclass(frozen=True)
class Known:
    """What is known of one administration when a plan is made or a run begins."""

    administration_id: str
    name: str
    period_start: date
    today: date
    now: datetime


def due_windows(
    resource: Resource, known: Known, reads: Mapping[tuple[str, str], Read], full: bool
) -> list[feeds.Window]:
    """The windows this run reads; the ten years before the books on first load, weekly and with --full, and so the
    older years of lists that cannot tell what changed."""
    if not resource.windowed:
        return []
    if resource.dated_by:
        return [
            window
            for window in feeds.list_windows(known.period_start, known.today)
            if window.scope == feeds.RECENT or full or _is_old(reads.get((resource.name, window.scope)), known.now)
        ]
    windows = feeds.recent_windows(known.period_start, known.today)
    if full or _is_old(reads.get((resource.name, feeds.HISTORY)), known.now):
        windows.insert(0, feeds.history_window(known.period_start))  # first, so that a record in both counts as recent
    return windows


def _is_old(read: Read | None, now: datetime) -> bool:
    return read is None or now - read.read_at >= HISTORY_CADENCE


def is_due(
    resource: Resource, reads: Mapping[tuple[str, str], Read], owed: Set[str], now: datetime, full: bool
) -> bool:
    """Whether this run reads the resource at all: by its cadence, or because an earlier run left it to this one."""
    last = reads.get((resource.name, feeds.RECENT))
    return full or resource.name in owed or resource.cadence.is_due(last.read_at if last else None, now)


def hot_requests(stamped: Mapping[str, StampedRecord | feeds.Known]) -> int:
    """Requests for ids that the next poll fetches again: fetched in the second they were saved, or missed."""
    per_scope = Counter(
        record.scope
        for record in stamped.values()
        if record.version is None or feeds.is_hot(record.version, record.fetched_at)
    )
    return sum(-(-count // PER_PAGE) for count in per_scope.values())


def list_requests(resource: Resource, windows: Sequence[feeds.Window], reads: Mapping[tuple[str, str], Read]) -> int:
    """Pages of a list, by its last reading; of one that nobody has read the first page of each window."""
    scopes = [w.key for w in windows] or [feeds.RECENT]
    if not resource.paged:
        return len(scopes)
    counts = (reads.get((resource.name, scope)) for scope in scopes)
    return sum(pages_for(read.row_count) if read else 1 for read in counts)
