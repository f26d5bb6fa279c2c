"""Which administrations a run reads, and through which token."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from pipelines.config import DEFAULT_API_URL, Settings
from pipelines.errors import (
    ApiError,
    AuthorisationError,
    ConfigurationError,
    ForbiddenError,
    MalformedAnswerError,
    NetworkError,
    NotFoundError,
    ServerError,
    ThrottledError,
)
from pipelines.moneybird import feeds
from pipelines.moneybird.auth import TokenAuth
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Backoff, Client
from pipelines.moneybird.failures import Refusal
from pipelines.moneybird.records import Page, read_page
from pipelines.moneybird.resources import RESOURCES, Feed
from pipelines.moneybird.zones import time_zone
from pipelines.run.due import Known
from pipelines.run.failed_calls import FailedCalls

log = logging.getLogger(__name__)
ROOT = next(resource for resource in RESOURCES if resource.feed is Feed.ROOT)
STOPS = (AuthorisationError, NetworkError, ThrottledError)  # nothing more can be asked of this administration
FORBIDDEN_IN_A_ROW = 10  # more than there are reports: the address is blocked, and asking on makes it worse
FAULTS_IN_A_ROW = 3  # resources; each costs four requests, and a server that is down would take a hundred
Transports = Callable[[], httpx.BaseTransport | None]


@dataclass
class Target:
    """One administration of this run: how to reach it, and what went wrong with it."""

    administration_id: str
    name: str
    client: Client
    page: Page  # its own record
    period_start: date
    today: date  # in its time zone, by the server's clock
    now: datetime  # the server's time of this run's first answer
    errors: list[ApiError | str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)  # what had to be assumed
    stopped: bool = False  # nothing more can be asked: token dead, host away, or one fault after the other
    _faults: int = 0
    _forbidden: int = 0

    @property
    def known(self) -> Known:
        return Known(self.administration_id, self.name, self.period_start, self.today, self.now)

    def answered(self) -> None:
        """A resource was read: faults before it were not the whole server's."""
        self._faults = self._forbidden = 0

    def failed(self, error: ApiError) -> None:
        """Notes why a resource was not read; some errors, and too many faults in a row, end this run's reading."""
        self.errors.append(error)
        level = logging.INFO if isinstance(error, Refusal) else logging.WARNING  # as yesterday
        log.log(
            level, "sync.not_read administration=%s resource=%s cause=%s", self.administration_id, error.resource, error
        )
        self._faults = self._faults + 1 if _is_fault(error) else 0
        is_forbidden = isinstance(error, ForbiddenError) and error.status is not None
        self._forbidden = self._forbidden + 1 if is_forbidden else 0
        self.stopped = self.stopped or isinstance(error, STOPS)
        for count, limit in ((self._faults, FAULTS_IN_A_ROW), (self._forbidden, FORBIDDEN_IN_A_ROW)):
            if count == limit and not self.stopped:
                self.stopped = True
                log.warning("sync.put_off administration=%s cause=%s", self.administration_id, error)
                self.errors.append(
                    f"After {limit} such faults in a row the rest of {self.name} was put off; the next run asks again."
                )


@dataclass
class Roots:
    """What the tokens reach."""

    targets: list[Target]
    failures: dict[str, ApiError]  # token name → why its list could not be read


def clients_for(settings: Settings, budget: Budget, transport: Transports, backoff: Backoff) -> list[Client]:
    """One client per token, all spending from one budget.

    Raises ConfigurationError when there is no token.
    """
    require_tokens(settings)
    failed = FailedCalls(settings.logs_dir / "failed_calls.jsonl")
    return [
        Client(
            settings.api_url, TokenAuth(name, token), budget, transport=transport(), backoff=backoff, on_failure=failed
        )
        for name, token in sorted(settings.tokens.items())
    ]


def require_tokens(settings: Settings) -> None:
    """Raises ConfigurationError when there is no token, so nothing that could be asked."""
    if not settings.tokens:
        raise ConfigurationError(
            "No Moneybird token is set; put one in the environment as SOURCES__MONEYBIRD__TOKENS__<NAME> or in "
            ".dlt/secrets.toml under [sources.moneybird.tokens], or try `dovecote demo` without an account."
        )


def find_targets(settings: Settings, clients: list[Client], known: Collection[str] = ()) -> Roots:
    """Every administration that a token reaches and the settings include, each once.

    Raises ConfigurationError when the settings include an administration that no token reaches and none ever reached
    (those are `known`), and the first token's ApiError when no token works at all.
    """
    targets: dict[str, Target] = {}
    failures: dict[str, ApiError] = {}
    for client in clients:
        try:
            rows, answer = feeds.read_roots(client, ROOT)
        except NotFoundError:
            raise ConfigurationError(
                f"{settings.api_url} has no list of administrations, so it is not Moneybird's API; set "
                f"sources.moneybird.api_url to its whole address, such as {DEFAULT_API_URL}."
            ) from None
        except ApiError as error:
            failures[client.token_name] = error
            continue
        for row in rows:
            administration_id = str(row["id"])
            if administration_id not in targets:
                targets[administration_id] = _target(administration_id, row, client, answer.server_time)
    if not targets and failures:
        raise next(iter(failures.values()))
    missing = [i for i in settings.administrations if i not in targets and i not in known]
    if missing and not failures:
        raise ConfigurationError(
            f"Administration {', '.join(missing)} is set in sources.moneybird.administrations, but the tokens reach "
            f"{', '.join(sorted(targets)) or 'none'}; correct the id or add a token that reaches it."
        )
    included = [
        t for t in targets.values() if not settings.administrations or t.administration_id in settings.administrations
    ]
    return Roots(included, failures)


def _target(administration_id: str, row: Mapping[str, Any], client: Client, now: datetime) -> Target:
    zone = time_zone(row.get("time_zone"))
    today = now.astimezone(zone).date()
    start = str(row.get("period_start_date") or "")
    try:
        period_start = date.fromisoformat(start)
    except ValueError:
        period_start = date(today.year, 1, 1)
    page = read_page(ROOT, administration_id, orjson.dumps([dict(row)]))
    name = str(row.get("name") or administration_id)
    target = Target(administration_id, name, client, page, period_start, today, now)
    if row.get("time_zone") not in {None, "", zone.key}:
        target.remarks.append(
            f"Nobody here knows time zone {str(row['time_zone'])[:40]!r} of {name}, so its days are counted in "
            f"{zone.key}; choose another one in Moneybird, or update tzdata."
        )
    return target


def _is_fault(error: ApiError) -> bool:
    """The server's, after retries: no answer, 5xx, or one that is no JSON (a report of another shape has no status)."""
    return isinstance(error, ServerError | NetworkError) or (
        isinstance(error, MalformedAnswerError) and error.status is not None
    )


def origin(settings: Settings) -> str:
    """What a warehouse is tied to: the host, or 'the local sandbox' whatever its port."""
    return "the local sandbox" if settings.is_local else str(urlsplit(settings.api_url).hostname)


def utc_now() -> datetime:
    return datetime.now(UTC)
