"""How each kind of feed is read. Nothing here knows an endpoint's name or stores anything.

- versions: ids and versions per window, then the records that differ, 100 at a time;
- list: every page of every window.

Known versions come in as arguments. A period is always explicit: Moneybird's defaults hide every year but this one, and
a window may span ten years at most."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, Protocol

import msgspec

from pipelines.errors import ApiError, MalformedAnswerError
from pipelines.moneybird.client import Answer, Client
from pipelines.moneybird.pagination import PER_PAGE, has_next
from pipelines.moneybird.records import Page, read_page
from pipelines.moneybird.resources import Bucket, Resource

RECENT = ""  # scope of the windows every run reads
OLDER = "older"  # scope of the years before the last one, of lists that are read again whole
HISTORY = "history"  # scope of the ten years before the books began
WINDOW_YEARS = 10  # Moneybird refuses longer ones: "Period is invalid"
REREAD_SECONDS = 5  # versions are whole seconds: a second save inside that second keeps the version
SHRINK_FRACTION = 0.3  # of the known records, vanishing at once …
SHRINK_MINIMUM = 20  # … and more than this many: a wrong filter or a half answer, not deletions
SHRINK_TO_NOTHING = 5  # this many records and more are not all deleted between two runs: the answer was empty


@dataclass(frozen=True)
class Window:
    """A period of whole days, both ends included."""

    start: date
    end: date
    scope: str = RECENT

    @property
    def key(self) -> str:
        return f"{self.start:%Y%m%d}..{self.end:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class Known:
    """What the warehouse has stamped of one record."""

    version: int | None
    fingerprint: str
    scope: str = RECENT
    fetched_at: int | None = None  # epoch seconds of the server when it was last fetched

    @property
    def is_hot(self) -> bool:
        """It was fetched so soon after it was saved that a second save may have the same version."""
        return is_hot(self.version, self.fetched_at)


@dataclass
class Poll:
    """What a version feed answered, compared with what is known."""

    due: dict[str, str] = field(default_factory=dict)  # id → scope
    gone: set[str] = field(default_factory=set)
    read_at: datetime | None = None
    seen: int = 0


class FeedShrankError(ApiError):
    """Too many records vanished at once; nothing is tombstoned until someone has looked."""


def is_hot(version: int | None, fetched_at: int | None) -> bool:
    """Whether a record of this version, fetched at that second, may have been saved once more under it."""
    return version is not None and fetched_at is not None and version >= fetched_at - REREAD_SECONDS


def recent_windows(period_start: date, today: date) -> list[Window]:
    """From the first year of the books to the end of next year, in pieces of at most ten years."""
    first, last = min(period_start.year, today.year), today.year + 1
    return [
        Window(date(year, 1, 1), date(min(year + WINDOW_YEARS - 1, last), 12, 31))
        for year in range(first, last + 1, WINDOW_YEARS)
    ]


def list_windows(period_start: date, today: date) -> list[Window]:
    """All windows of a list without a feed, oldest first. The last one is this year, the last and the next: where
    people still work; the others cost a request per hundred records and hardly ever change."""
    newest = max(min(period_start.year, today.year), today.year - 1)
    older = [
        Window(date(first.start.year, 1, 1), date(min(first.end.year, newest - 1), 12, 31), OLDER)
        for first in recent_windows(period_start, today)
        if first.start.year < newest
    ]
    last = Window(date(newest, 1, 1), date(today.year + 1, 12, 31))
    return [history_window(period_start), *older, last]


def history_window(period_start: date) -> Window:
    """The ten years before the books began: estimates, hours and drafts can be older than the first journal entry."""
    return Window(date(period_start.year - WINDOW_YEARS, 1, 1), date(period_start.year - 1, 12, 31), HISTORY)


def poll_versions(
    client: Client,
    administration_id: str,
    resource: Resource,
    windows: Sequence[Window],
    known: Mapping[str, Known],
    *,
    history: Window | None,
    accept_shrink: bool = False,
) -> Generator[None, None, Poll]:
    """Returns ids to fetch and ids that vanished; yields after each request, so that others get their turn.

    An id counts as vanished only when it is missing from every window it could be in: when one of the recent windows
    misses a known id, `history` is read before anything is said to be gone. Due is what differs, never only what is
    newer, and what may have been saved once more in the second it was fetched in.
    """
    poll = Poll()
    versions: dict[str, int] = {}
    old: dict[str, str] = {}  # id → scope of those that no recent window holds: one in both is found without the other

    def read(window: Window | None) -> None:
        answer = client.get(administration_id, f"{resource.path}/synchronization", _query(resource, window))
        poll.read_at = poll.read_at or answer.server_time
        for record_id, version in _id_versions(resource, administration_id, answer):
            if window is None or window.scope == RECENT:
                old.pop(record_id, None)
            elif record_id not in versions:
                old[record_id] = window.scope
            versions[record_id] = version

    for window in windows if resource.windowed else (None,):
        read(window)
        yield
    complete = not resource.windowed or any(window.scope == HISTORY for window in windows)
    if not complete and history and any(i not in versions for i in known):
        read(history)
        yield
        complete = True
    poll.gone = {i for i in known if i not in versions} if complete or history is None else set()
    poll.seen = len(versions)
    guard_shrink(resource, administration_id, len(known), len(poll.gone), accept_shrink)
    poll.due = {
        i: old.get(i, RECENT)
        for i, version in versions.items()
        if i not in known or known[i].version != version or known[i].is_hot
    }
    return poll


def fetch_requests(due: Mapping[str, str]) -> int:
    """What fetching those records (id → scope) costs."""
    return len(_requests(due))


def fetch_records(
    client: Client, administration_id: str, resource: Resource, due: dict[str, str]
) -> Iterator[tuple[Page, datetime]]:
    """The records behind `due` (id → scope), 100 a request, with the server's time of each answer. Records that were
    not asked for are refused.

    Empties `due`, and when all were asked for holds what did not come: a million ids that wait while slices are loaded
    take a tenth of the memory as text, and one held back counts as come.
    """
    waiting = _requests(due)
    due.clear()
    while waiting:
        scope, text = waiting.pop()
        part = set(text.split("\n"))
        look = partial(read_page, resource, administration_id, asked=part, scope=scope)
        answer = client.fetch(administration_id, resource.path, sorted(part), look)
        due.update(dict.fromkeys(part - answer.looked.seen, scope))
        yield answer.looked, answer.server_time


def _requests(due: Mapping[str, str]) -> list[tuple[str, str]]:
    """Scope and ids, a line each, of every request; the first one last."""
    ids = sorted(due)
    together = [ids[start : start + PER_PAGE] for start in range(0, len(ids), PER_PAGE)]
    return [
        (scope, "\n".join(i for i in asked if due[i] == scope))
        for asked in reversed(together)
        for scope in sorted({due[i] for i in asked}, reverse=True)
    ]


def read_list(
    client: Client, administration_id: str, resource: Resource, window: Window | None
) -> Iterator[tuple[Page, datetime]]:
    """Every page of one window of a list without a feed, with the server's time of each answer."""
    for answer in pages(client, administration_id, resource, _query(resource, window)):
        scope = window.scope if window else RECENT
        body = b"[" + answer.body + b"]" if resource.single else answer.body
        yield read_page(resource, administration_id, body, scope=scope), answer.server_time


def read_roots(client: Client, resource: Resource) -> tuple[list[dict[str, Any]], Answer]:
    """The administrations a token reaches, as answered."""
    answer = client.get(None, resource.path)
    content = answer.json()
    if not isinstance(content, list) or not all(isinstance(row, dict) and row.get("id") for row in content):
        raise MalformedAnswerError(
            f"Expected the list of administrations of token '{client.token_name}', found another shape; check api_url.",
            resource=resource.name,
        )
    return content, answer


def _query(resource: Resource, window: Window | None) -> dict[str, str]:
    terms = [f"{key}:{value}" for key, value in resource.filters.items()]
    if resource.windowed and window is not None:
        terms.append(f"period:{window.key}")
    return dict(resource.query) | ({"filter": ",".join(terms)} if terms else {})


class Asker(Protocol):
    """What `pages` needs of a client."""

    def get(
        self,
        administration_id: str,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        bucket: Bucket = "general",
    ) -> Answer: ...


def pages(client: Asker, administration_id: str, resource: Resource, query: Mapping[str, str]) -> Iterator[Answer]:
    """The answers of a paged list or report, one request each."""
    page = 1
    before = b""
    while True:
        params = dict(query) | ({"page": str(page), "per_page": str(PER_PAGE)} if resource.paged else {})
        answer = client.get(administration_id, resource.path, params, bucket=resource.bucket)
        rows = _rows(answer)
        if rows and answer.body == before:
            raise MalformedAnswerError(
                f"Page {page} of {resource.path} of administration {administration_id} repeats the page before it; "
                "the list would never end, so it was not used.",
                resource=resource.name,
                administration_id=administration_id,
            )
        yield answer
        if not resource.paged or rows is None or not has_next(rows, answer.headers.get("Link")):
            return
        before = answer.body
        page += 1


class _IdVersion(msgspec.Struct, gc=False):
    """One row of a feed. A feed may be long: a hundred thousand of these are a third of as many dictionaries."""

    id: str | int
    version: int


_FEED: msgspec.json.Decoder[list[_IdVersion] | _IdVersion] = msgspec.json.Decoder(list[_IdVersion] | _IdVersion)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


def _rows(answer: Answer) -> int | None:
    """How many rows a list has, without making objects of them; None when it is no list."""
    try:
        return len(_LIST.decode(answer.body))
    except msgspec.DecodeError:
        return None


def _id_versions(resource: Resource, administration_id: str, answer: Answer) -> Iterator[tuple[str, int]]:
    try:
        content = _FEED.decode(answer.body)
    except msgspec.DecodeError:
        raise MalformedAnswerError(
            f"Expected ids and versions of {resource.name} of administration {administration_id}, found another shape; "
            "nothing of it was used. If it stays, update Dovecote or report it.",
            resource=resource.name,
            administration_id=administration_id,
        ) from None
    for row in content if isinstance(content, list) else [content]:
        yield str(row.id), row.version


def guard_shrink(resource: Resource, administration_id: str, known: int, gone: int, accepted: bool) -> None:
    """Raises FeedShrankError when more vanished at once than deletions explain."""
    emptied = gone == known >= SHRINK_TO_NOTHING
    if accepted or not (emptied or (gone > SHRINK_MINIMUM and gone > SHRINK_FRACTION * known)):
        return
    raise FeedShrankError(
        f"{gone} of {known} {resource.name} of administration {administration_id} vanished from the feed at once; "
        "nothing was marked deleted. If they really are gone, run again with --accept-shrink.",
        resource=resource.name,
        administration_id=administration_id,
    )
