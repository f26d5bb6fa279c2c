"""The sandbox behind an `httpx.Client` without a socket: requests run in an event loop of their own thread.

with transport(create_app(world)) as wire, httpx.Client(transport=wire, base_url=BASE_URL) as client: ...
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.types import ASGIApp, Receive, Scope, Send

from pipelines.sandbox.api.gateway import AnswerLostError

BASE_URL = "http://sandbox.invalid"
API_URL = f"{BASE_URL}/api/v2"


class InProcessTransport(httpx.BaseTransport):
    """A sync transport over httpx's ASGI transport. The portal starts with the first request and ends with `close`."""

    def __init__(self, app: ASGIApp) -> None:
        self._wire = httpx.ASGITransport(_marked(app))
        self._portal_context: AbstractContextManager[BlockingPortal] | None = None
        self._portal: BlockingPortal | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._portal is None:
            self._portal_context = start_blocking_portal()
            self._portal = self._portal_context.__enter__()
        request.read()
        try:
            return self._portal.call(self._send, request)
        except AnswerLostError as lost:
            raise httpx.ReadTimeout(f"no answer from the sandbox for {lost}", request=request) from None

    async def _send(self, request: httpx.Request) -> httpx.Response:
        asked = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        answer = await self._wire.handle_async_request(asked)
        content = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=content)

    def close(self) -> None:
        if self._portal_context is not None:
            self._portal_context.__exit__(None, None, None)
        self._portal_context = self._portal = None

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()


def _marked(app: ASGIApp) -> ASGIApp:
    """Tells the application that there is no socket, so that a lost answer does not have to be waited for."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        extensions: dict[str, Any] = {**scope.get("extensions", {}), "dovecote.in_process": {}}
        await app({**scope, "extensions": extensions}, receive, send)

    return call


def transport(app: ASGIApp) -> httpx.BaseTransport:
    """A transport for `httpx.Client(transport=…, base_url="http://sandbox.invalid")`."""
    return InProcessTransport(app)
