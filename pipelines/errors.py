"""One error tree. Every error a user can meet is a `DovecoteError`: one sentence and an exit code.

    DovecoteError                    1  unexpected
    ├── ConfigurationError           2  a setting, a token or an argument must change
    ├── RunLockedError               5  another run holds the lock
    ├── GateFailedError              4  our own checks failed; the previous snapshot was kept
    ├── WarehouseError               1  the warehouse file is locked, full or damaged
    ├── CommandRefusedError          2  a write that may not be made, with the reason
    ├── LookFirstError               2  something like it stands at Moneybird already, and may be a person's own
    └── ApiError                     3  Moneybird's answer could not be used; its `kind`:
        ├── AuthorisationError          authorisation: 401 without a scope's name, the token itself
        ├── ScopeError                  scope: 401/403 "No access to …", the token lacks one
        ├── ForbiddenError              forbidden: 403 for another reason, a right, a feature, a blocked address
        ├── PlanLimitError              plan_limit: 402
        ├── NotFoundError               not_found: 404
        ├── RequestRefusedError         validation: 400, 405, 406, 422, our request is wrong
        ├── ThrottledError              throttle: 429 after waiting as told
        ├── ServerError                 server: 5xx after retries
        ├── NetworkError                network: no answer after retries
        └── MalformedAnswerError        malformed: not JSON, cut off, or not the shape that was asked for

The sentence says what, where, expected, found and what to do next; it never holds a token, a capability URL or a body.
"""

from __future__ import annotations

from typing import ClassVar, Literal


class DovecoteError(Exception):
    """Something Dovecote can explain in one sentence."""

    exit_code = 1


class ConfigurationError(DovecoteError):
    """A setting, a token or an argument must change before anything can start."""

    exit_code = 2


class RunLockedError(DovecoteError):
    """Another run holds the lock."""

    exit_code = 5


class GateFailedError(DovecoteError):
    """A check of our own work failed; what was published before stays published."""

    exit_code = 4


class WarehouseError(DovecoteError):
    """The warehouse file is locked by another process, full, or damaged."""


class CommandRefusedError(DovecoteError):
    """A write that may not be made, with the reason."""

    exit_code = 2


class LookFirstError(DovecoteError):
    """Something like what should be made stands at Moneybird already and may be a person's own: somebody must look."""

    exit_code = 2


Kind = Literal[
    "validation",
    "authorisation",
    "scope",
    "forbidden",
    "plan_limit",
    "not_found",
    "throttle",
    "server",
    "network",
    "malformed",
]


class ApiError(DovecoteError):
    """Moneybird's answer could not be used. Fields say where; the message is for people.

    `words` are Moneybird's own, short and without secrets; `part` says which part of the resource, as the message does.
    """

    exit_code = 3
    kind: ClassVar[Kind]

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        resource: str = "",
        administration_id: str | None = None,
        request_id: str | None = None,
        words: str = "",
        part: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.resource = resource
        self.administration_id = administration_id
        self.request_id = request_id
        self.words = words
        self.part = part


class AuthorisationError(ApiError):
    """401 for the token itself: missing, wrong or revoked."""

    kind = "authorisation"
    exit_code = 2


class ScopeError(ApiError):
    """The token works but lacks a scope."""

    kind = "scope"


class ForbiddenError(ApiError):
    """403 without the name of a scope: a right of the person, a feature that is off, or an address that is blocked."""

    kind = "forbidden"


class PlanLimitError(ApiError):
    """402: the administration's plan does not allow it."""

    kind = "plan_limit"


class NotFoundError(ApiError):
    """404: no such record, or none this token may see. `symbolic` holds Moneybird's own codes per field, if any."""

    kind = "not_found"

    def __init__(self, message: str, *, symbolic: object = None, **fields: object) -> None:
        super().__init__(message, **fields)  # type: ignore[arg-type]
        self.symbolic = symbolic if isinstance(symbolic, dict) else {}


class RequestRefusedError(ApiError):
    """400, 405, 406 or 422: the request itself is wrong. `errors` holds Moneybird's words per field."""

    kind = "validation"

    def __init__(self, message: str, *, errors: object = None, **fields: object) -> None:
        super().__init__(message, **fields)  # type: ignore[arg-type]
        self.errors = errors


class ThrottledError(ApiError):
    """429 again after waiting until the moment the server named."""

    kind = "throttle"


class ServerError(ApiError):
    """5xx, still, after retries."""

    kind = "server"


class NetworkError(ApiError):
    """No answer, still, after retries. `request_sent` says whether the request may have arrived."""

    kind = "network"

    def __init__(self, message: str, *, request_sent: bool = False, **fields: object) -> None:
        super().__init__(message, **fields)  # type: ignore[arg-type]
        self.request_sent = request_sent


class MalformedAnswerError(ApiError):
    """The answer is not JSON, is cut off, or is not the shape that was asked for."""

    kind = "malformed"
