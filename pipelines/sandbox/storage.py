"""Files behind a download's `Location`: a link that needs no token, works for a few minutes and then does not.

How long a link lives is nowhere documented; five minutes is our guess. The bytes are made when they are fetched, so an
export costs nothing until somebody wants it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from pipelines.sandbox.clock import Clock

LINK_SECONDS = 300
PATH = "/storage"


@dataclass(frozen=True)
class Offer:
    """A file that can be fetched until `until` (Unix milliseconds)."""

    until: int
    filename: str
    content_type: str
    content: Callable[[], bytes | Iterator[bytes]]


class Storage:
    """The links handed out. `offer` gives the path below the host of the sandbox."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offers: dict[str, Offer] = {}

    def offer(
        self, filename: str, content_type: str, content: Callable[[], bytes | Iterator[bytes]],
        seconds: int = LINK_SECONDS,
    ) -> str:  # fmt: skip
        """A file that is made as blocks is sent as blocks."""
        now = self._clock.milliseconds()
        self._offers = {key: offer for key, offer in self._offers.items() if offer.until > now}
        key = hashlib.sha256(f"{filename}/{now}/{len(self._offers)}".encode()).hexdigest()[:32]
        self._offers[key] = Offer(now + seconds * 1000, filename, content_type, content)
        return f"{PATH}/{key}/{quote(filename, safe='')}"

    def routes(self) -> list[Route]:
        return [Route(f"{PATH}/{{key}}/{{filename:path}}", self._fetch, methods=["GET"])]

    async def _fetch(self, request: Request) -> Response:
        offer = self._offers.get(request.path_params["key"])
        if offer is None or offer.until <= self._clock.milliseconds():
            return Response(b"Not found", 404)
        headers = {"Content-Disposition": f"attachment; {_named(offer.filename)}"}
        content = offer.content()
        if isinstance(content, bytes):
            return Response(content, 200, headers, media_type=offer.content_type)
        return StreamingResponse(content, 200, headers, media_type=offer.content_type)


def _named(filename: str) -> str:
    """A name in letters, digits and dots as it is; any other as RFC 5987 writes it."""
    plain = quote(filename, safe="")
    return f'filename="{filename}"' if plain == filename else f"filename*=UTF-8''{plain}"
