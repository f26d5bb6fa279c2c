"""Files that Moneybird prepares: asked for, waited for, fetched from wherever they are kept.

    POST reports/export/auditfile ─▶ GET downloads until a new one is ready ─▶ POST downloads/{id}/download ─302─▶ file

The only read that starts something at Moneybird: the export appears among the administration's downloads. A download
says neither its year nor who asked for it, so what is new since we asked is taken for ours, and the file's own header
must be checked. The link is a capability URL on another host: the token is never sent there, and the link is in no log
and no error.

Unverified: how long an export takes, and that one in preparation is either not listed or named "Unknown".
Source: developer.moneybird.com, the official OpenAPI document of 2026-08-21.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import stamina

from pipelines.errors import ApiError, MalformedAnswerError, NetworkError, ServerError
from pipelines.moneybird.client import Backoff, Client
from pipelines.moneybird.pagination import PER_PAGE, has_next

log = logging.getLogger(__name__)

AUDITFILE = "auditfile"
PATIENCE = 600.0  # seconds; nobody says how long an export takes
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 30.0  # seconds; each look costs a request, so the pauses double
FETCH_ATTEMPTS = 3  # each with a new link, because one lives for 30 seconds
_HOPS = 5  # redirects from host to host before the file
_BLOCK = 256 * 1024  # bytes
_NOT_A_FILE_YET = "Unknown"


@dataclass(frozen=True)
class Fetched:
    """A file on disk: how large it is and what it hashes to."""

    size: int  # bytes
    sha256: str


@dataclass(frozen=True)
class _Download:
    id: str
    failed: bool
    ready: bool


class Exports:
    """Asks for exports with `client` and fetches the files with `storage`, a client without any token."""

    def __init__(
        self,
        client: Client,
        storage: httpx.Client,
        api_url: str,
        *,
        backoff: Backoff,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._storage = storage
        self._api_url = httpx.URL(api_url)
        self._backoff = backoff
        self._sleep = sleep
        self._monotonic = monotonic

    def auditfile(self, administration_id: str, year: int, path: Path) -> Fetched:
        """Writes the auditfile of `year` to `path` (mode 0600), as it was when it was asked for.

        Raises RequestRefusedError when Moneybird cannot make one: no entries in the year, or accounts with a missing or
        double number. Raises another ApiError when it failed or did not come in time.
        """
        before = {found.id for found in self._finished(administration_id)}
        # An export of the same year that is being prepared already is 204 too, so asking again does no harm.
        self._client.ask(administration_id, f"reports/export/{AUDITFILE}", {"year": str(year)}, bucket="reports")
        return self._fetch(administration_id, self._wait(administration_id, year, before), path)

    def default_identity(self, administration_id: str) -> dict[str, Any]:
        """How the company calls itself and its numbers: who an auditfile says it is of."""
        identity = self._client.get(administration_id, "identities/default").json()
        return identity if isinstance(identity, dict) else {}

    def _wait(self, administration_id: str, year: int, before: set[str]) -> str:
        """The id of the new download, once it is ready."""
        until = self._monotonic() + PATIENCE
        for pause in _pauses():
            self._sleep(pause)
            for found in self._finished(administration_id):
                if found.id in before:
                    continue
                if found.failed:
                    raise ApiError(
                        f"Moneybird could not make the auditfile of {year} of administration {administration_id}; "
                        "nothing was stored. Ask again, and look under Downloads in Moneybird if it stays so.",
                        resource=AUDITFILE,
                        administration_id=administration_id,
                    )
                return found.id
            if self._monotonic() >= until:
                break
        raise ApiError(
            f"The auditfile of {year} of administration {administration_id} was not ready after "
            f"{PATIENCE / 60:.0f} minutes; nothing was stored. It may still appear under Downloads; ask again later.",
            resource=AUDITFILE,
            administration_id=administration_id,
        )

    def _finished(self, administration_id: str) -> Iterator[_Download]:
        """Auditfiles that nobody has downloaded yet, ready or failed. We download ours, so this list stays short."""
        page = 1
        listed: set[str] = set()
        while True:
            asked = {"download_type": AUDITFILE, "downloaded": "false", "page": str(page), "per_page": str(PER_PAGE)}
            answer = self._client.get(administration_id, "downloads", asked)
            rows = answer.json()
            if not isinstance(rows, list):
                raise _malformed("a list of downloads", administration_id)
            downloads = [_download(row) for row in rows]
            if rows and listed.issuperset(found.id for found in downloads):
                raise _malformed(f"other downloads on page {page}", administration_id)  # it would never end
            listed.update(found.id for found in downloads)
            yield from (found for found in downloads if found.ready or found.failed)
            if not has_next(len(rows), answer.headers.get("Link")):
                return
            page += 1

    def _fetch(self, administration_id: str, download_id: str, path: Path) -> Fetched:
        for attempt in stamina.retry_context(
            on=(NetworkError, ServerError),
            attempts=FETCH_ATTEMPTS,
            timeout=None,
            wait_initial=self._backoff.initial,
            wait_max=self._backoff.maximum,
        ):
            with attempt:
                answer = self._client.ask(administration_id, f"downloads/{download_id}/download")
                location = answer.headers.get("Location")
                if not location:
                    raise _malformed("the address of a download", administration_id)
                return self._save(location, administration_id, path)
        raise AssertionError("unreachable: the last attempt raises")

    def _save(self, location: str, administration_id: str, path: Path) -> Fetched:
        """Follows `location` from host to host and writes what is there over `path`."""
        url = self._api_url
        for _ in range(_HOPS):
            url = self._safe(url, location, administration_id)
            try:
                with self._storage.stream("GET", url) as response:
                    if response.has_redirect_location:
                        location = response.headers["Location"]
                        continue
                    if response.status_code != 200:
                        raise ServerError(
                            f"{url.host} answers {response.status_code} for an auditfile of administration "
                            f"{administration_id}; nothing was stored, ask again.",
                            status=response.status_code,
                            resource=AUDITFILE,
                            administration_id=administration_id,
                        )
                    return _write(response, path)
            except httpx.HTTPError as error:
                raise NetworkError(
                    f"The auditfile of administration {administration_id} could not be fetched from {url.host} "
                    f"({type(error).__name__}); nothing was stored, ask again.",
                    resource=AUDITFILE,
                    administration_id=administration_id,
                ) from None
        raise _malformed(f"a file within {_HOPS} redirects", administration_id)

    def _safe(self, base: httpx.URL, location: str, administration_id: str) -> httpx.URL:
        """`location` as seen from `base`. A whole year of books does not travel unencrypted, but from the sandbox."""
        try:
            url = base.join(location)
        except httpx.InvalidURL:
            raise _malformed("the address of a download", administration_id) from None
        if url.scheme != "https" and url.scheme != self._api_url.scheme:
            raise _malformed("an encrypted (https) address of a download", administration_id)
        return url


def _pauses() -> Iterator[float]:
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE)


def _download(row: object) -> _Download:
    if not isinstance(row, dict) or "id" not in row:
        return _Download("", failed=False, ready=False)
    named = row.get("filename") not in (None, "", _NOT_A_FILE_YET)
    return _Download(str(row["id"]), failed=row.get("failed") is True, ready=named)


def _write(response: httpx.Response, path: Path) -> Fetched:
    size, digest = 0, hashlib.sha256()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for block in response.iter_bytes(_BLOCK):
            file.write(block)
            digest.update(block)
            size += len(block)
        file.flush()
        os.fsync(file.fileno())
    return Fetched(size, digest.hexdigest())


def _malformed(expected: str, administration_id: str) -> MalformedAnswerError:
    return MalformedAnswerError(
        f"Expected {expected} of administration {administration_id}, found something else; no auditfile was stored.",
        resource=AUDITFILE,
        administration_id=administration_id,
    )
