"""One path for every request: budget, token, retries, and what came back.

Reads (GET, and POST …/synchronization, which Moneybird documents as a read) are retried on network faults, server
errors and answers that are cut off. Writes are sent once: after a timeout nobody knows whether they arrived, and only a
look-up may say. Other refusals (4xx) are never retried. A 429 is not a fault: the client waits until the moment the
server names and asks again. Every attempt that failed is told to `on_failure`, which must not raise.

Source: developer.moneybird.com, and the error bodies of the official OpenAPI document.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache, cached_property
from itertools import count
from ssl import SSLContext
from typing import Any

import httpx
import orjson
import stamina

from pipelines.errors import ApiError, MalformedAnswerError, NetworkError, ServerError, ThrottledError
from pipelines.moneybird.auth import TokenAuth
from pipelines.moneybird.budget import Budget, Taken
from pipelines.moneybird.failures import OnFailure, Where, error_for, failed_call, network_error
from pipelines.moneybird.json_text import is_json
from pipelines.moneybird.resources import Bucket

log = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(60.0, connect=10.0)  # seconds; a year's report of a large company takes tens of seconds
ATTEMPTS = 4  # a read is sent at most this often
THROTTLE_ATTEMPTS = 3  # a 429 after waiting as told, this often, is an error
Look = Callable[[bytes], Any]
_RETRIED = (NetworkError, ServerError, MalformedAnswerError)


@dataclass(frozen=True)
class Answer:
    """One good answer: its text, which is JSON or empty, its `Date` as `server_time`, and what a `look` made of it."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    server_time: datetime
    looked: Any = None

    def json(self) -> Any:
        """The parsed body, None when empty. Parsed on the first call: pages of records go to DuckDB as text."""
        return self._parsed

    @cached_property
    def _parsed(self) -> Any:
        return orjson.loads(self.body) if self.body else None


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
        on_failure: OnFailure | None = None,
    ) -> None:
        self.token_name = auth.name
        self._token = auth.token
        self._api_url = api_url.rstrip("/")
        self._budget = budget
        self._backoff = backoff
        self._now = now
        self._on_failure = on_failure
        self._http = httpx.Client(
            auth=auth,
            verify=_trusted(),
            transport=transport,
            timeout=TIMEOUT,
            headers={"Accept": "application/json"},
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

    def fetch(self, administration_id: str, path: str, ids: list[str], look: Look | None = None) -> Answer:
        """The records behind `ids` (at most 100, more are silently cut off by Moneybird). A read: retried.

        `look` reads the text instead of the client, once: a MalformedAnswerError of its makes the request again.
        """
        if len(ids) > 100:
            raise ValueError(f"{len(ids)} ids in one synchronization POST; Moneybird answers only the first 100")
        return self._read("POST", administration_id, f"{path}/synchronization", "general", json={"ids": ids}, look=look)

    def ask(self, administration_id: str, path: str, json: object = None, *, bucket: Bucket = "general") -> Answer:
        """The answer to a POST that books nothing and may be repeated: an export, the link to its file. Retried."""
        return self._read("POST", administration_id, path, bucket, json=json, redirects=True)

    def post(self, administration_id: str, path: str, json: object) -> Answer:
        """Sends a write once. NetworkError with `request_sent` and ServerError mean: outcome unknown, look it up."""
        return self._once("POST", administration_id, path, "general", count(1), json=json, reserve=False)

    def patch(self, administration_id: str, path: str, json: object) -> Answer:
        """Sends a change once; unknown outcomes as for `post`."""
        return self._once("PATCH", administration_id, path, "general", count(1), json=json, reserve=False)

    def delete(self, administration_id: str, path: str) -> Answer:
        """Asks for a deletion once; unknown outcomes as for `post`."""
        return self._once("DELETE", administration_id, path, "general", count(1), reserve=False)

    def _read(
        self,
        method: str,
        administration_id: str | None,
        path: str,
        bucket: Bucket,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
        look: Look | None = None,
        redirects: bool = False,
    ) -> Answer:
        tries = count(1)
        for attempt in stamina.retry_context(
            on=_RETRIED,
            attempts=ATTEMPTS,
            timeout=None,
            wait_initial=self._backoff.initial,
            wait_max=self._backoff.maximum,
        ):
            with attempt:
                return self._once(
                    method,
                    administration_id,
                    path,
                    bucket,
                    tries,
                    params=params,
                    json=json,
                    reserve=True,
                    look=look,
                    redirects=redirects,
                )
        raise AssertionError("unreachable: the last attempt raises")

    def _once(
        self,
        method: str,
        administration_id: str | None,
        path: str,
        bucket: Bucket,
        tries: Iterator[int],
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
        reserve: bool,
        look: Look | None = None,
        redirects: bool = False,
    ) -> Answer:
        where = Where(path, administration_id, self.token_name, self._token)
        for _ in range(THROTTLE_ATTEMPTS):
            taken = self._budget.spend(bucket, reserve=reserve, administration_id=administration_id)
            started = self._now()
            try:
                response = self._send(method, where, params, json)
                return self._answer(response, where, taken, look, redirects)
            except ApiError as error:
                self._tell(error, where, method, next(tries), started, taken)
                if not isinstance(error, ThrottledError):
                    raise
            log.warning("client.throttled resource=%s administration=%s", path, administration_id)
        raise ThrottledError(
            f"Moneybird still answers 429 for {where} after {THROTTLE_ATTEMPTS} requests, each as late as it asked; "
            "something else uses this address's quota, try again later.",
            status=429,
            **where.fields(),
        )

    def _send(self, method: str, where: Where, params: Mapping[str, str] | None, json: object) -> httpx.Response:
        url = f"{self._api_url}/{where.url_path}.json"
        started = self._now()
        content = None if json is None else orjson.dumps(json)
        headers = {} if json is None else {"Content-Type": "application/json"}
        try:
            response = self._http.request(method, url, params=params, content=content, headers=headers)
        except httpx.HTTPError as error:
            host = httpx.URL(self._api_url).host
            raise network_error(error, where, host, TIMEOUT.read or 0) from None
        milliseconds = (self._now() - started) * 1000
        log.debug("client.request %s %s status=%s ms=%.0f", method, where.url_path, response.status_code, milliseconds)
        return response

    def _answer(
        self, response: httpx.Response, where: Where, taken: Taken, look: Look | None, redirects: bool
    ) -> Answer:
        """What came back, once the budget has learned from its headers. Raises the ApiError it stands for."""
        if response.status_code == 429:
            self._budget.refused(taken, response.headers)
        else:
            self._budget.learn(taken, response.headers)
        if response.status_code >= 400:
            raise error_for(response, where)
        body = response.content
        if response.is_redirect and not (redirects and response.has_redirect_location):
            raise _malformed(body, response, where)
        if look is None and body and not response.is_redirect and not is_json(body):
            raise _malformed(body, response, where)
        try:
            looked = look(body) if look else None
        except MalformedAnswerError:
            if is_json(body):
                raise
            raise _malformed(body, response, where) from None
        return Answer(response.status_code, body, response.headers, _server_time(response, self._now), looked)

    def _tell(self, error: ApiError, where: Where, method: str, attempt: int, started: float, taken: Taken) -> None:
        if self._on_failure is None:
            return
        now = self._now()
        milliseconds = int((now - started) * 1000)
        at = datetime.fromtimestamp(now, UTC)
        call = failed_call(error, where, method, at=at, attempt=attempt, milliseconds=milliseconds, waited=taken.waited)
        self._on_failure(call)


@cache
def _trusted() -> SSLContext:
    """The usual certificates, read once: a client of its own for each token would read them again every time."""
    return httpx.create_ssl_context()


def _malformed(body: bytes, response: httpx.Response, where: Where) -> MalformedAnswerError:
    if response.is_redirect:
        found = "a redirect to another address"
    else:
        found = "an HTML page" if body.lstrip()[:1] == b"<" else "text that is cut off or not JSON"
    return MalformedAnswerError(
        f"Expected JSON for {where}, found {found} (status {response.status_code}); "
        "nothing of it was used. If it stays, check api_url and proxies in between.",
        status=response.status_code,
        **where.fields(),
    )


def _server_time(response: httpx.Response, now: Callable[[], float]) -> datetime:
    """The response's `Date`, the only clock polls and cadences are measured by; ours if a proxy dropped it."""
    try:
        return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return datetime.fromtimestamp(now(), UTC)
