"""One path for every request: budget, token, retries, classification of what came back.

Reads (GET, and POST …/synchronization, which Moneybird documents as a read) are retried on network faults, server
errors and answers that are cut off. Writes are sent once: after a timeout nobody knows whether they arrived, and only a
look-up may say. A 429 is not a fault: the client waits until the moment the server names and asks again.

Source: developer.moneybird.com, and the error bodies of the official OpenAPI document.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import httpx
import orjson
import stamina

from pipelines.errors import (
    ApiError,
    AuthorisationError,
    MalformedAnswerError,
    NetworkError,
    NotFoundError,
    PlanLimitError,
    RequestRefusedError,
    ScopeError,
    ServerError,
    ThrottledError,
)
from pipelines.moneybird.auth import TokenAuth
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.resources import Bucket

log = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(60.0, connect=10.0)  # seconds; a year's report of a large company takes tens of seconds
ATTEMPTS = 4  # a read is sent at most this often
THROTTLE_ATTEMPTS = 3  # a 429 after waiting as told, this often, is an error
_RETRIED = (NetworkError, ServerError, MalformedAnswerError)


@dataclass(frozen=True)
class Answer:
    """One good answer: its parsed JSON (None when empty), its text for DuckDB, and its `Date` as `server_time`."""

    status: int
    body: bytes
    content: Any
    headers: Mapping[str, str]
    server_time: datetime

    def json(self) -> Any:
        """The parsed body, parsed once when the answer arrived."""
        return self.content


@dataclass(frozen=True)
class Backoff:
    """Seconds between attempts of a read: exponential with jitter."""

    initial: float = 1.0
    maximum: float = 20.0


class Client:
    """Speaks to one API with one token; many clients share one `Budget`."""

    def __init__(
        self,
        api_url: str,
        auth: TokenAuth,
        budget: Budget,
        *,
        transport: httpx.BaseTransport | None = None,
        backoff: Backoff = Backoff(),
        now: Callable[[], float] = time.time,
    ) -> None:
        self.token_name = auth.name
        self._api_url = api_url.rstrip("/")
        self._budget = budget
        self._backoff = backoff
        self._now = now
        self._http = httpx.Client(
            auth=auth, transport=transport, timeout=TIMEOUT, headers={"Accept": "application/json"}
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def get(
        self,
        administration_id: str | None,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        bucket: Bucket = "general",
    ) -> Answer:
        """The answer to a GET of `path` (without administration and `.json`). Retried; raises an ApiError."""
        return self._read("GET", administration_id, path, bucket, params=params)

    def fetch(self, administration_id: str, path: str, ids: list[str]) -> Answer:
        """The records behind `ids` (at most 100, more are silently cut off by Moneybird). A read: retried."""
        if len(ids) > 100:
            raise ValueError(f"{len(ids)} ids in one synchronization POST; Moneybird answers only the first 100")
        return self._read("POST", administration_id, f"{path}/synchronization", "general", json={"ids": ids})

    def post(self, administration_id: str, path: str, json: object) -> Answer:
        """Sends a write once. NetworkError with `request_sent` and ServerError mean: outcome unknown, look it up."""
        return self._once("POST", administration_id, path, "general", json=json, reserve=False)

    def _read(
        self,
        method: str,
        administration_id: str | None,
        path: str,
        bucket: Bucket,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
    ) -> Answer:
        for attempt in stamina.retry_context(
            on=_RETRIED,
            attempts=ATTEMPTS,
            timeout=None,
            wait_initial=self._backoff.initial,
            wait_max=self._backoff.maximum,
        ):
            with attempt:
                return self._once(method, administration_id, path, bucket, params=params, json=json, reserve=True)
        raise AssertionError("unreachable: the last attempt raises")

    def _once(
        self,
        method: str,
        administration_id: str | None,
        path: str,
        bucket: Bucket,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
        reserve: bool,
    ) -> Answer:
        where = _Where(path, administration_id, self.token_name)
        for _ in range(THROTTLE_ATTEMPTS):
            self._budget.spend(bucket, reserve=reserve)
            response = self._send(method, where, params, json)
            if response.status_code != 429:
                self._budget.learn(bucket, response.headers)
                return self._classify(response, where)
            log.warning("client.throttled resource=%s administration=%s", path, administration_id)
            self._budget.wait_as_told(bucket, response.headers)
        raise ThrottledError(
            f"Moneybird still answers 429 for {where} after {THROTTLE_ATTEMPTS} waits as long as it asked; "
            "something else uses this address's quota, try again later.",
            status=429,
            **where.fields(),
        )

    def _send(self, method: str, where: _Where, params: Mapping[str, str] | None, json: object) -> httpx.Response:
        url = f"{self._api_url}/{where.url_path}.json"
        started = self._now()
        content = None if json is None else orjson.dumps(json)
        headers = {} if json is None else {"Content-Type": "application/json"}
        try:
            response = self._http.request(method, url, params=params, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise _network_error(error, where, self._api_url) from None
        milliseconds = (self._now() - started) * 1000
        log.debug("client.request %s %s status=%s ms=%.0f", method, where.url_path, response.status_code, milliseconds)
        return response

    def _classify(self, response: httpx.Response, where: _Where) -> Answer:
        if response.status_code >= 400:
            raise _error_for(response, where)
        body = response.content
        content = _json(body, response, where) if body else None
        return Answer(response.status_code, body, content, response.headers, _server_time(response, self._now))


@dataclass(frozen=True)
class _Where:
    path: str
    administration_id: str | None
    token_name: str

    @property
    def url_path(self) -> str:
        quoted = quote(self.path, safe="/%")  # callers quote the variable parts of a path themselves
        return f"{self.administration_id}/{quoted}" if self.administration_id else quoted

    def fields(self) -> dict[str, Any]:
        return {"resource": self.path, "administration_id": self.administration_id}

    def __str__(self) -> str:
        return f"{self.path} of administration {self.administration_id}" if self.administration_id else self.path


def _network_error(error: httpx.HTTPError, where: _Where, api_url: str) -> NetworkError:
    host = httpx.URL(api_url).host
    never_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    if never_sent:
        text = f"{host} cannot be reached for {where} ({type(error).__name__}); check the network and api_url."
    elif isinstance(error, httpx.TimeoutException):
        text = f"{host} did not answer in {TIMEOUT.read:.0f} s for {where}; try again later."
    else:
        text = f"The connection to {host} broke during {where} ({type(error).__name__}); try again."
    return NetworkError(text, request_sent=not never_sent, **where.fields())


def _error_for(response: httpx.Response, where: _Where) -> ApiError:
    status = response.status_code
    words = _words(response)
    common = {"status": status, "request_id": response.headers.get("X-Request-Id"), **where.fields()}
    if status in {401, 403} and "No access to" in words:
        return ScopeError(
            f"Token '{where.token_name}' may not read {where}: {words}; create a token with that scope.", **common
        )
    if status in {401, 403}:
        return AuthorisationError(
            f"Moneybird refuses token '{where.token_name}' for {where} ({status}); "
            f"put a valid token in SOURCES__MONEYBIRD__TOKENS__{where.token_name.upper()}.",
            **common,
        )
    if status == 402:
        return PlanLimitError(f"The administration's plan does not allow {where}: {words}", **common)
    if status == 404:
        symbolic = _body(response).get("symbolic")
        return NotFoundError(f"Moneybird knows no {where}: {words or 'record not found'}", symbolic=symbolic, **common)
    if status >= 500:
        return ServerError(f"Moneybird answers {status} for {where}; a fault on their side, try again later.", **common)
    return RequestRefusedError(
        f"Moneybird refuses {where} ({status}): {words}", errors=_error_object(response), **common
    )


def _body(response: httpx.Response) -> dict[str, Any]:
    """The error body as an object; Moneybird's 429 and proxies answer with something else."""
    try:
        parsed = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return {}
    return parsed if isinstance(parsed, dict) else {"error": parsed}


def _error_object(response: httpx.Response) -> object:
    return _body(response).get("error")


def _words(response: httpx.Response) -> str:
    """Moneybird's own words from an error body, short; nothing of a page that is not JSON."""
    error = _error_object(response)
    if isinstance(error, dict):
        return "; ".join(
            f"{key} {', '.join(map(str, value)) if isinstance(value, list) else value}" for key, value in error.items()
        )[:300]
    return str(error)[:300] if error else ""


def _json(body: bytes, response: httpx.Response, where: _Where) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        looks_like_page = body.lstrip()[:1] == b"<"
        found = "an HTML page" if looks_like_page else f"{len(body)} bytes that are cut off or not JSON"
        raise MalformedAnswerError(
            f"Expected JSON for {where}, found {found} (status {response.status_code}); "
            "nothing of it was used. If it stays, check api_url and proxies in between.",
            status=response.status_code,
            **where.fields(),
        ) from None


def _server_time(response: httpx.Response, now: Callable[[], float]) -> datetime:
    """The response's `Date`, the only clock polls and cadences are measured by; ours if a proxy dropped it."""
    try:
        return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return datetime.fromtimestamp(now(), UTC)
