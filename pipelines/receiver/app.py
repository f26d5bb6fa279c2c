"""The receiver's two routes. An answer says what the sender should do next, and nothing that a stranger could use."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

import anyio
from anyio.to_thread import run_sync
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipelines.operations import Event, NewEvent, Store, inbox
from pipelines.receiver.signatures import HEADER, Signed, signer_of

LARGEST_BODY = 1_048_576  # bytes of one event; an order of 200 lines has some 40 000
BODY_SECONDS = 30.0  # for all of a body: a sender that trickles holds no connection for ever
RETRY_SECONDS = "30"

_KEY = re.compile(rf"[\x21-\x7e]{{1,{inbox.LONGEST_KEY}}}")
log = logging.getLogger(__name__)


def create_app(
    store: Store,
    *,
    sources: Collection[str],
    secrets: Mapping[str, str],
    now: Callable[[], datetime],
    body_seconds: float = BODY_SECONDS,
) -> Starlette:
    """The application: `sources` are the names events may be sent to, `secrets` are by the name of their sender."""
    receiver = _Receiver(store, frozenset(sources), dict(secrets), now, body_seconds)
    return Starlette(
        routes=[
            Route("/events/{source}", receiver.event, methods=["POST"]),
            Route("/healthz", receiver.healthy, methods=["GET"]),
        ]
    )


class _Receiver:
    def __init__(
        self,
        store: Store,
        sources: frozenset[str],
        secrets: Mapping[str, str],
        now: Callable[[], datetime],
        body_seconds: float,
    ) -> None:
        self._store, self._sources, self._secrets, self._now = store, sources, secrets, now
        self._body_seconds = body_seconds

    async def event(self, request: Request) -> Response:
        """202 for a new event, 200 with the same words for one that is here already; it is on disk by then."""
        source = request.path_params["source"]
        if source not in self._sources:
            return _no(404, "there is no such source")
        try:
            with anyio.fail_after(self._body_seconds):
                body = await _body(request)
        except (TimeoutError, ClientDisconnect):
            return _no(408, "the body did not arrive in time; send it again")
        if body is None:
            return _no(413, f"an event has at most {LARGEST_BODY} bytes; send its parts as events of their own")
        key = request.headers.get("Idempotency-Key", "")
        signed = Signed(source, key, body)
        sender = signer_of(request.headers.get(HEADER, ""), signed, self._secrets, now=self._now().timestamp())
        if sender is None:
            log.warning("receiver.refused source=%s bytes=%s cause=signature", source, len(body))
            return _no(401, "not signed as expected")
        if not _KEY.fullmatch(key):
            return _no(400, f"expected a header Idempotency-Key of 1 to {inbox.LONGEST_KEY} visible characters")
        if not body:
            return _no(400, "the event is empty")
        return await run_sync(self._keep, NewEvent(source, sender, key, body))

    async def healthy(self, _request: Request) -> Response:
        """200 when an event could be stored now."""
        return await run_sync(self._look)

    def _keep(self, new: NewEvent) -> Response:
        try:
            with self._store.write() as connection:
                event, is_new = inbox.keep(connection, new, at=self._now())
        except SQLAlchemyError as error:
            log.error("receiver.not_stored source=%s sender=%s cause=%s", new.source, new.sender, type(error).__name__)
            return _no(503, "not stored; send it again", {"Retry-After": RETRY_SECONDS})
        if event.body_hash != new.body_hash:
            return _no(409, "this Idempotency-Key belongs to an event with another body; use a new key")
        log.info("receiver.stored source=%s sender=%s event=%s new=%s", event.source, event.sender, event.id, is_new)
        return JSONResponse(_stored(event), 202 if is_new else 200)

    def _look(self) -> Response:
        try:
            with self._store.read() as connection:
                inbox.recent(connection, limit=1)
        except SQLAlchemyError:
            return _no(503, "the operations store cannot be read")
        return JSONResponse({"status": "ok"})


async def _body(request: Request) -> bytes | None:
    """The body to the byte; None as soon as it is known to be too big, whatever its header said."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        return None
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


def _stored(event: Event) -> dict[str, Any]:
    return {"event": event.id, "status": "stored", "received_at": event.received_at.isoformat()}


def _no(status: int, why: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": why}, status, headers=headers)
