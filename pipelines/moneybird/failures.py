"""What went wrong with one call: the error for people, and the record for the log of failed calls.

Moneybird's words are repeated, short and redacted: an error body may quote a token, a link that opens an invoice or a
person's address, and what is in a sentence ends in logs, tables and pages. Nothing else of a body is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx
import orjson

from pipelines.errors import (
    ApiError,
    AuthorisationError,
    ForbiddenError,
    Kind,
    NetworkError,
    NotFoundError,
    PlanLimitError,
    RequestRefusedError,
    ScopeError,
    ServerError,
    ThrottledError,
)

NO_ACCESS = "No access to"  # Moneybird's words for a missing scope, whose name follows
WORDS_LENGTH = 300  # characters of Moneybird's own words
_HIDDEN = (
    (re.compile(r"\S*://\S+|\b[\w-]+(?:\.[\w-]+)+/\S+"), "‹link›"),
    (re.compile(r"[^\s@,;<>()\"']+@[^\s@,;<>()\"']+"), "‹e-mail›"),
)
_OPAQUE = re.compile(r"(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[\w+=-]{20,}")  # ids are digits only and stay
_REQUEST_ID = re.compile(r"[\w-]{1,80}")


@dataclass(frozen=True)
class Where:
    """What was asked, of whom and with which token."""

    path: str
    administration_id: str | None
    token_name: str
    token: str = field(repr=False)

    @property
    def url_path(self) -> str:
        quoted = quote(self.path, safe="/%")  # callers quote the variable parts of a path themselves
        return f"{self.administration_id}/{quoted}" if self.administration_id else quoted

    def fields(self) -> dict[str, Any]:
        return {"resource": self.path, "administration_id": self.administration_id}

    def __str__(self) -> str:
        return f"{self.path} of administration {self.administration_id}" if self.administration_id else self.path


@dataclass(frozen=True)
class FailedCall:
    """One attempt that failed. Holds nothing that may not be shown: no query, no token, no body, no address."""

    at: datetime
    method: str
    path: str
    administration_id: str | None
    token_name: str
    status: int | None  # None: no answer
    kind: Kind
    attempt: int  # of this request, counted from 1
    milliseconds: int
    request_id: str | None
    words: str
    waited_seconds: float  # for quota, before it was sent


OnFailure = Callable[[FailedCall], None]


def failed_call(
    error: ApiError, where: Where, method: str, *, at: datetime, attempt: int, milliseconds: int, waited: float
) -> FailedCall:
    """The record of an attempt that ended in `error`."""
    return FailedCall(
        at=at,
        method=method,
        path=_without_secrets(where.path, where.token),
        administration_id=where.administration_id,
        token_name=where.token_name,
        status=error.status,
        kind=error.kind,
        attempt=attempt,
        milliseconds=milliseconds,
        request_id=error.request_id,
        words=error.words,
        waited_seconds=round(waited, 1),
    )


def network_error(error: httpx.HTTPError, where: Where, host: str, read_timeout: float) -> NetworkError:
    """Why no answer came. `request_sent` says whether the request may have arrived all the same."""
    never_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    name = type(error).__name__
    if never_sent:
        text = f"{host} cannot be reached for {where} ({name}); check the network and api_url."
    elif isinstance(error, httpx.TimeoutException):
        text = f"{host} did not answer in {read_timeout:.0f} s for {where}; try again later."
    else:
        text = f"The connection to {host} broke during {where} ({name}); try again."
    return NetworkError(text, request_sent=not never_sent, words=name, **where.fields())


Refusal = ScopeError | ForbiddenError | PlanLimitError


def error_for(response: httpx.Response, where: Where) -> ApiError:
    """What an answer of 400 and above means."""
    status = response.status_code
    words = _words(response, where)
    common = {"status": status, "request_id": _request_id(response), "words": words, **where.fields()}
    if status in {402, 403} or (status == 401 and NO_ACCESS in words):
        return refusal(where, status, words, status=status, request_id=common["request_id"])
    if status == 401:
        return AuthorisationError(
            f"Moneybird refuses token '{where.token_name}' for {where} ({status}); "
            f"put a valid token in SOURCES__MONEYBIRD__TOKENS__{where.token_name.upper()}.",
            **common,
        )
    if status == 404:
        symbolic = _body(response).get("symbolic")
        return NotFoundError(
            f"Moneybird knows no {where}: {words or 'record not found'}; check that it is still there and that token "
            f"'{where.token_name}' may see it.",
            symbolic=symbolic,
            **common,
        )
    if status == 429:
        return ThrottledError(f"Moneybird answers 429 for {where}; this address's quota is used up.", **common)
    if status >= 500:
        return ServerError(f"Moneybird answers {status} for {where}; a fault on their side, try again later.", **common)
    said = f": {words}; correct what it names, and where nothing was entered," if words else " and does not say why;"
    return RequestRefusedError(
        f"Moneybird refuses {where} ({status}){said} update Dovecote or report it.",
        errors=_body(response).get("error"),
        **common,
    )


def refusal(where: Where, answered: int, words: str, **fields: Any) -> Refusal:
    """Why Moneybird does not allow this, by its own words and status: a scope, the plan, or neither."""
    fields |= {"words": words, **where.fields()}
    said = f": {words}" if words else ""
    if NO_ACCESS in words:
        scopes = re.sub(r"\b(?!and\b)[a-z_]+\b", r"`\g<0>`", words.partition(NO_ACCESS)[2].strip(" .;"))
        return ScopeError(
            f"Token '{where.token_name}' lacks scope {scopes}, so it may not read {where}; put one that has it in "
            f"SOURCES__MONEYBIRD__TOKENS__{where.token_name.upper()}.",
            **fields,
        )
    if answered == 403:
        return ForbiddenError(
            f"Moneybird forbids {where} to token '{where.token_name}' (403{said}); it does so for a right the token "
            "lacks, for a feature that is not enabled and for an address it has blocked: check these.",
            **fields,
        )
    return PlanLimitError(f"The plan does not allow {where}{said}; choose a plan in Moneybird that does.", **fields)


def redact(text: str, token: str = "") -> str:
    """`text` without links, e-mail addresses, this token and anything that looks like another one."""
    return _OPAQUE.sub("‹secret›", _without_secrets(text, token))


def _without_secrets(text: str, token: str) -> str:
    for pattern, instead in _HIDDEN:
        text = pattern.sub(instead, text)
    return text.replace(token, "‹secret›") if token else text


def _request_id(response: httpx.Response) -> str | None:
    given = response.headers.get("X-Request-Id", "")
    return given if _REQUEST_ID.fullmatch(given) else None


def _body(response: httpx.Response) -> dict[str, Any]:
    """The error body as an object; Moneybird's 429 and proxies answer with something else."""
    try:
        parsed = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return {}
    return parsed if isinstance(parsed, dict) else {"error": parsed}


def _words(response: httpx.Response, where: Where) -> str:
    """Moneybird's own words from an error body; nothing of a page that is not JSON or of records sent by mistake."""
    error = _body(response).get("error")
    if isinstance(error, dict):
        said = {str(key): value if isinstance(value, list) else [value] for key, value in error.items()}
        texts = [f"{key} {', '.join(w for w in words if isinstance(w, str))}" for key, words in said.items()]
        error = "; ".join(texts)
    return redact(error, where.token)[:WORDS_LENGTH] if isinstance(error, str) else ""
