"""A token that is lent for reading: at most so many requests, and none that could change anything.

Both limits act where the token is put on a request, so that no retry and no mistake above can go around them.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

import httpx

from pipelines.errors import DovecoteError
from pipelines.moneybird.auth import TokenAuth

MOST_REQUESTS = 40  # a third of one window of Moneybird's quota: a probe must never be what stops a sync
_READING_POST = "/synchronization.json"  # documented as a read: the records behind a list of ids


class OutOfRequestsError(DovecoteError):
    """The probe has used all requests it may use; what was not asked yet stays unasked."""


class NotAReadError(DovecoteError):
    """A request that could change something; a mistake in the probe, stopped before it was sent."""


@dataclass
class Meter:
    """Counts requests, retries too, over every token of one probe."""

    most: int = MOST_REQUESTS
    used: int = 0

    def count(self) -> None:
        """Raises OutOfRequestsError instead of counting further than `most`."""
        if self.used >= self.most:
            raise OutOfRequestsError(f"All {self.most} requests of this probe are used; the rest was not asked.")
        self.used += 1


@dataclass(frozen=True)
class LentToken(TokenAuth):
    """Puts the token on reads only, and counts them."""

    meter: Meter = field(default_factory=Meter)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        reads = request.method == "GET" or (request.method == "POST" and request.url.path.endswith(_READING_POST))
        if not reads:
            raise NotAReadError(f"A probe may not send {request.method}; nothing was sent.")
        self.meter.count()
        yield from super().auth_flow(request)
