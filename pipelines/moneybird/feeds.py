"""How each kind of feed is read. Nothing here knows an endpoint's name or stores anything.

- versions: ids and versions per window, then the records that differ, 100 at a time;
- list: every page of every window;
- control totals and ledger lines: reports of one period.

Known versions come in as arguments. A period is always explicit: Moneybird's defaults hide every year but this one, and
a window may span ten years at most."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from pipelines.errors import ApiError, MalformedAnswerError, RequestRefusedError
from pipelines.moneybird.client import Answer, Client
from pipelines.moneybird.pagination import PER_PAGE, has_next
from pipelines.moneybird.records import Page, read_page
from pipelines.moneybird.resources import Resource

RECENT = ""  # scope of the windows every run reads
HISTORY = "history"  # scope of the ten years before the books began
WINDOW_YEARS = 10  # Moneybird refuses longer ones: "Period is invalid"
REREAD_SECONDS = 5  # versions are whole seconds: a second save inside the poll's second keeps the version
SHRINK_FRACTION = 0.3  # of the known records, vanishing at once …
SHRINK_MINIMUM = 20  # … and more than this many: a wrong filter or a half answer, not deletions


@dataclass(frozen=True)
class Window:
    """A period of whole days, both ends included."""

    start: date
    end: date
    scope: str = RECENT

    @property
    def key(self) -> str:
        return f"{self.start:%Y%m%d}..{self.end:%Y%m%d}"


@dataclass(frozen=True)
class Known:
    """What the warehouse has stamped of one record."""

    version: int | None
    fingerprint: str
    scope: str = RECENT


@dataclass
class Poll:
    """What a version feed answered, compared with what is known."""

    due: dict[str, str] = field(default_factory=dict)  # id → scope
    gone: set[str] = field(default_factory=set)
    read_at: datetime | None = None
    seen: int = 0


@dataclass(frozen=True)
class ControlTotal:
    """One account's row of the general-ledger report. Balances are debit positive."""

    ledger_account_id: str
    start_balance: Decimal
    debit_sum: Decimal
    credit_sum: Decimal
    final_balance: Decimal


class FeedShrankError(ApiError):
    """Too many records vanished at once; nothing is tombstoned until someone has looked."""


def recent_windows(period_start: date, today: date) -> list[Window]:
    """From the first year of the books to the end of next year, in pieces of at most ten years."""
    first, last = min(period_start.year, today.year), today.year + 1
    return [
        Window(date(year, 1, 1), date(min(year + WINDOW_YEARS - 1, last), 12, 31))
        for year in range(first, last + 1, WINDOW_YEARS)
    ]


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
    last_poll: datetime | None,
    accept_shrink: bool = False,
) -> Poll:
    """Ids to fetch and ids that vanished.

    An id counts as vanished only when it is missing from every window it could be in: when one of the recent windows
    misses a known id, `history` is read before anything is said to be gone. Due is what differs, never only what is
    newer, and what may have been saved twice in the second of the previous poll.
    """
    poll = Poll()
    versions: dict[str, int] = {}
    scopes: dict[str, str] = {}

    def read(window: Window | None) -> None:
        answer = client.get(administration_id, f"{resource.path}/synchronization", _query(resource, window))
        poll.read_at = poll.read_at or answer.server_time
        for record_id, version in _id_versions(resource, administration_id, answer):
            versions[record_id] = version
            if window is None or window.scope == RECENT:
                scopes[record_id] = RECENT
            else:
                scopes.setdefault(record_id, window.scope)  # a record in both is found without the other

    if not resource.windowed:
        read(None)
        complete = True
    else:
        for window in windows:
            read(window)
        complete = any(window.scope == HISTORY for window in windows)
        if not complete and history and any(i not in versions for i in known):
            read(history)
            complete = True
    poll.gone = {i for i in known if i not in versions} if complete or history is None else set()
    poll.seen = len(versions)
    guard_shrink(resource, administration_id, len(known), len(poll.gone), accept_shrink)
    hot = int(last_poll.timestamp()) - REREAD_SECONDS if last_poll else None
    poll.due = {
        i: scopes[i]
        for i, version in versions.items()
        if i not in known or known[i].version != version or (hot is not None and version >= hot)
    }
    return poll


def fetch_records(client: Client, administration_id: str, resource: Resource, due: Mapping[str, str]) -> Iterator[Page]:
    """The records behind `due` (id → scope), 100 a request. Records that were not asked for are refused."""
    ids = sorted(due)
    for start in range(0, len(ids), PER_PAGE):
        asked = ids[start : start + PER_PAGE]
        for scope in sorted({due[i] for i in asked}):
            part = [i for i in asked if due[i] == scope]
            answer = client.fetch(administration_id, resource.path, part)
            yield read_page(resource, administration_id, answer.json(), asked=set(part), scope=scope)


def read_list(
    client: Client, administration_id: str, resource: Resource, window: Window | None
) -> Iterator[tuple[Page, datetime]]:
    """Every page of one window of a list without a feed, with the server's time of each answer."""
    for answer in _pages(client, administration_id, resource, _query(resource, window)):
        scope = window.scope if window else RECENT
        yield read_page(resource, administration_id, answer.json(), scope=scope), answer.server_time


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


def read_control_totals(
    client: Client, administration_id: str, resource: Resource, start: date, end: date
) -> tuple[list[ControlTotal], datetime]:
    """Debit and credit per ledger account over whole months, at most twelve. One report request."""
    answer = client.get(
        administration_id, resource.path, {"period": f"{start:%Y%m%d}..{end:%Y%m%d}"}, bucket=resource.bucket
    )
    content = answer.json()
    sums: dict[str, dict[str, Decimal]] = {}
    for part in ("start_balance", "debit_sums", "credit_sums", "final_balance"):
        for row in _report_rows(content, part, administration_id):
            sums.setdefault(str(row["ledger_account_id"]), {})[part] = _amount(row["value"], part, administration_id)
    zero = Decimal("0.00")
    totals = [
        ControlTotal(
            account,
            parts.get("start_balance", zero),
            parts.get("debit_sums", zero),
            parts.get("credit_sums", zero),
            parts.get("final_balance", zero),
        )
        for account, parts in sums.items()
    ]
    return totals, answer.server_time


def read_ledger_lines(
    client: Client, administration_id: str, resource: Resource, ledger_account_id: str, start: date, end: date
) -> tuple[list[str], datetime]:
    """Page texts of one account's lines from `start` to `end`; a period the server finds too long is split by month.

    Raises MalformedAnswerError when a line belongs to another account than was asked for.
    """
    query = {"ledger_account_id": ledger_account_id, "period": f"{start:%Y%m%d}..{end:%Y%m%d}"}
    texts: list[str] = []
    read_at = None
    try:
        for answer in _pages(client, administration_id, resource, query):
            _only_asked_lines(answer, administration_id, ledger_account_id, start, end)
            texts.append(answer.body.decode())
            read_at = answer.server_time
    except RequestRefusedError as error:
        if "cannot exceed" not in str(error) or (start.year, start.month) == (end.year, end.month):
            raise
        texts = []
        for month_start, month_end in months(start, end):
            more, read_at = read_ledger_lines(
                client, administration_id, resource, ledger_account_id, month_start, month_end
            )
            texts += more
    assert read_at is not None
    return texts, read_at


def months(start: date, end: date) -> list[tuple[date, date]]:
    """First and last day of every month from `start` to `end`."""
    result = []
    first = start.replace(day=1)
    while first <= end:
        following = (first + timedelta(days=32)).replace(day=1)
        result.append((first, following - timedelta(days=1)))
        first = following
    return result


def _query(resource: Resource, window: Window | None) -> dict[str, str]:
    terms = [f"{key}:{value}" for key, value in resource.filters.items()]
    if resource.windowed and window is not None:
        terms.append(f"period:{window.key}")
    return dict(resource.query) | ({"filter": ",".join(terms)} if terms else {})


def _pages(client: Client, administration_id: str, resource: Resource, query: Mapping[str, str]) -> Iterator[Answer]:
    page = 1
    before: object = None
    while True:
        params = dict(query) | ({"page": str(page), "per_page": str(PER_PAGE)} if resource.paged else {})
        answer = client.get(administration_id, resource.path, params, bucket=resource.bucket)
        content = answer.json()
        if content and content == before:
            raise MalformedAnswerError(
                f"Page {page} of {resource.path} of administration {administration_id} repeats the page before it; "
                "the list would never end, so it was not used.",
                resource=resource.name,
                administration_id=administration_id,
            )
        yield answer
        if (
            not resource.paged
            or not isinstance(content, list)
            or not has_next(len(content), answer.headers.get("Link"))
        ):
            return
        before = content
        page += 1


def _id_versions(resource: Resource, administration_id: str, answer: Answer) -> Iterator[tuple[str, int]]:
    content = answer.json()
    if not isinstance(content, list):
        content = [content]
    for row in content:
        if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("version"), int):
            raise MalformedAnswerError(
                f"Expected ids and versions of {resource.name} for administration {administration_id}, found another "
                "shape; nothing of it was used.",
                resource=resource.name,
                administration_id=administration_id,
            )
        yield str(row["id"]), row["version"]


def guard_shrink(resource: Resource, administration_id: str, known: int, gone: int, accepted: bool) -> None:
    """Raises FeedShrankError when more vanished at once than deletions explain."""
    if accepted or gone <= SHRINK_MINIMUM or gone <= SHRINK_FRACTION * known:
        return
    raise FeedShrankError(
        f"{gone} of {known} {resource.name} of administration {administration_id} vanished from the feed at once; "
        "nothing was marked deleted. If they really are gone, run again with --accept-shrink.",
        resource=resource.name,
        administration_id=administration_id,
    )


def _report_rows(content: object, part: str, administration_id: str) -> list[dict[str, Any]]:
    section = content.get(part) if isinstance(content, dict) else None
    rows = section.get("ledger_accounts") if isinstance(section, dict) else None
    if not isinstance(rows, list) or not all(
        isinstance(r, dict) and {"ledger_account_id", "value"} <= r.keys() for r in rows
    ):
        raise MalformedAnswerError(
            f"Expected {part}.ledger_accounts in the general ledger of administration {administration_id}, "
            "found another shape; the ledger proof of this period was not made.",
            resource="general_ledger",
            administration_id=administration_id,
        )
    return rows


def _amount(value: object, part: str, administration_id: str) -> Decimal:
    try:
        amount = Decimal(str(value))
        if amount != amount.quantize(Decimal("0.01")):
            raise InvalidOperation
    except InvalidOperation:
        raise MalformedAnswerError(
            f"Expected an amount in cents in {part} of the general ledger of administration {administration_id}, "
            f"found {str(value)[:40]!r}; the ledger proof of this period was not made.",
            resource="general_ledger",
            administration_id=administration_id,
        ) from None
    return amount.quantize(Decimal("0.01"))


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _only_asked_lines(answer: Answer, administration_id: str, account: str, start: date, end: date) -> None:
    content = answer.json()
    rows = content if isinstance(content, list) else [content]

    def stranger(row: object, is_wrong: Callable[[dict[str, Any]], bool]) -> bool:
        return not isinstance(row, dict) or is_wrong(row)

    for row in rows:
        if stranger(row, lambda r: str(r.get("ledger_account_id")) != account):
            problem = "a line of another account"
        elif not _DAY.fullmatch(str(row.get("date"))) or not start <= date.fromisoformat(row["date"]) <= end:
            problem = "a line of another period"
        else:
            continue
        raise MalformedAnswerError(
            f"Asked for lines of ledger account {account} from {start} to {end} in administration {administration_id}, "
            f"found {problem}; these lines were not loaded.",
            resource="journal_entries",
            administration_id=administration_id,
        )
