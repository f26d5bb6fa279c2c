"""Which administrations a run reads, and through which token."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx
import orjson

from pipelines.config import DEFAULT_API_URL, Settings
from pipelines.errors import (
    ApiError,
    AuthorisationError,
    ConfigurationError,
    NetworkError,
    NotFoundError,
    ThrottledError,
)
from pipelines.moneybird import feeds
from pipelines.moneybird.auth import TokenAuth
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Backoff, Client
from pipelines.moneybird.records import Page, read_page
from pipelines.moneybird.resources import RESOURCES, Feed
from pipelines.run.failed_calls import FailedCalls

log = logging.getLogger(__name__)
ROOT = next(resource for resource in RESOURCES if resource.feed is Feed.ROOT)
STOPS = (AuthorisationError, NetworkError, ThrottledError)  # nothing more can be asked of this administration
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
    errors: list[str] = field(default_factory=list)
    stopped: bool = False  # nothing more can be asked: token dead or host away


@dataclass
class Roots:
    """What the tokens reach."""

    targets: list[Target]
    failures: dict[str, ApiError]  # token name → why its list could not be read


def clients_for(settings: Settings, budget: Budget, transport: Transports, backoff: Backoff) -> list[Client]:
    """One client per token, all spending from one budget.

    Raises ConfigurationError when there is no token.
    """
    if not settings.tokens:
        raise ConfigurationError(
            "No Moneybird token is set; put one in the environment as SOURCES__MONEYBIRD__TOKENS__<NAME> or in "
            ".dlt/secrets.toml under [sources.moneybird.tokens], or try `dovecote demo` without an account."
        )
    failed = FailedCalls(settings.logs_dir / "failed_calls.jsonl")
    return [
        Client(
            settings.api_url, TokenAuth(name, token), budget, transport=transport(), backoff=backoff, on_failure=failed
        )
        for name, token in sorted(settings.tokens.items())
    ]


def find_targets(settings: Settings, clients: list[Client]) -> Roots:
    """Every administration that a token reaches and the settings include, each once.

    Raises ConfigurationError when the settings include an administration that no token reaches, and the first token's
    ApiError when no token works at all.
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
    missing = [i for i in settings.administrations if i not in targets]
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
    zone = time_zone(str(row.get("time_zone") or ""))
    today = now.astimezone(zone).date()
    start = str(row.get("period_start_date") or "")
    try:
        period_start = date.fromisoformat(start)
    except ValueError:
        period_start = date(today.year, 1, 1)
    page = read_page(ROOT, administration_id, orjson.dumps([dict(row)]))
    return Target(administration_id, str(row.get("name") or administration_id), client, page, period_start, today, now)


def time_zone(name: str) -> ZoneInfo:
    """An administration's zone; Amsterdam where it has none, or one that nobody here knows."""
    try:
        return ZoneInfo(name or "Europe/Amsterdam")
    except (KeyError, ValueError, OSError):
        log.warning("targets.unknown_time_zone name=%s", name)
        return ZoneInfo("Europe/Amsterdam")


def origin(settings: Settings) -> str:
    """What a warehouse is tied to: the host, or 'the local sandbox' whatever its port."""
    return "the local sandbox" if settings.is_local else str(urlsplit(settings.api_url).hostname)


def utc_now() -> datetime:
    return datetime.now(UTC)
