"""The gate every request of the API passes: throttle, fault, token, administration, scope, operation, log.

The order matters: a throttled request is counted before anything looks at its token, as a rate limiter in front of an
application does.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pipelines.sandbox.api import operations, settings
from pipelines.sandbox.api.answer import Call, RefusalError, Reply, not_found, refuse
from pipelines.sandbox.clock import iso
from pipelines.sandbox.faults.requests import LOST, SPOILERS, Fault, wrapped
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.throttle import Throttle, Verdict
from pipelines.sandbox.world import Request as LogLine
from pipelines.sandbox.world import Token, World

PREFIX = "/api/v2/"
HTML_ERROR = (
    "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


class AnswerLostError(Exception):
    """The request was served and its answer is kept back; the in-process transport turns this into a timeout."""


class Gateway:
    """Serves everything under /api/v2/ for one world."""

    def __init__(self, world: World, throttle: Throttle) -> None:
        self.world = world
        self.throttle = throttle
        self._request_numbers = itertools.count(1)

    async def __call__(self, request: Request) -> Response:
        body = await request.body()
        path = request.url.path[len(PREFIX) :]
        bucket = "reports" if path.partition("/")[2].startswith("reports/") else "general"
        self.world.before_request(request.method, path, request.query_params.get("page", "1"))
        client = request.client.host if request.client else "unknown"
        verdict = self.throttle.ask(self.world.clock, client, bucket)
        return await self.deliver(request, bucket, verdict, lambda: self._serve(request, path, body))

    async def deliver(self, request: Request, bucket: str, verdict: Verdict, serve: Callable[[], Reply]) -> Response:
        """Serves unless throttled, lets a waiting fault strike, and writes the line of the log."""
        fault = self.world.faults.take(request.method, request.url.path)
        reply = self._blocked(verdict, fault) or serve()
        if fault is not None and fault.kind in SPOILERS and isinstance(reply.body, list):
            SPOILERS[fault.kind](reply.body)
        elif fault is not None and fault.kind == "wrong_json" and reply.status == 200:
            reply = replace(reply, body=wrapped(reply.body))
        if reply.status == 200 and self.world.faults.planted:
            reply = replace(reply, body=self.world.faults.spoil(request.url.path, reply.body))
        lost = fault is not None and fault.kind in LOST
        self._log(request, bucket, reply, lost=lost)
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        if fault is not None and lost:
            return await self._lose(request, fault)
        return self._response(reply, verdict, fault)

    def _blocked(self, verdict: Verdict, fault: Fault | None) -> Reply | None:
        """An answer given before the application is reached."""
        if fault is not None and fault.kind == "throttle":
            end = self.throttle.window_end(self.world.clock)
            return Reply(429, "Retry later", {"Retry-After": str(end)})
        if not verdict.allowed:
            return Reply(429, "Retry later")
        if fault is not None and fault.kind == "status":
            return Reply(fault.status, fault.body if fault.body is not None else {"error": "Internal server error"})
        if fault is not None and fault.kind == "html":
            page = HTML_ERROR.format(status=fault.status).encode()
            return Reply(fault.status, page, {"Content-Type": "text/html"})
        return None

    def _serve(self, request: Request, path: str, body: bytes) -> Reply:
        try:
            return self._dispatch(request, path, body)
        except RefusalError as refusal:
            return refusal.reply

    def _dispatch(self, request: Request, path: str, body: bytes) -> Reply:
        token = self._token(request)
        if path.endswith(".xml"):
            raise refuse(406, "Format not available")  # the documentation lists the status without a body
        segments = path.removesuffix(".json").split("/")
        method = "GET" if request.method == "HEAD" else request.method
        if segments == ["administrations"] and method == "GET":
            return settings.administrations(self.world, token)
        known = id_of(segments[0]) in token.administrations
        if not known:
            raise not_found("administration_id")  # no example shows what a foreign administration answers
        operation, arguments, exists = operations.find(method, segments[1:])
        if operation is None:
            raise refuse(405, "Method not allowed") if exists else refuse(404, "Not found")
        missing = operations.missing_scope(operation, token.scopes)
        if missing is not None:
            raise refuse(401, f"No access to {missing}")
        administration = self.world.administrations[id_of(segments[0])]
        url = str(request.url.replace(query=""))
        query = dict(request.query_params)
        kind = request.headers.get("Content-Type", "")
        return operation.handler(Call(self.world, administration, token, arguments, query, body, url, kind))

    def _token(self, request: Request) -> Token:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        token = self.world.token(secret.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise refuse(401, "Invalid credentials")  # quoted by third parties; no example in the contract
        return token

    def _log(self, request: Request, bucket: str, reply: Reply, *, lost: bool) -> None:
        first = request.url.path.removeprefix(PREFIX).partition("/")[0]
        self.world.requests.append(
            LogLine(
                at=iso(self.world.clock.milliseconds()),
                administration_id=first if first.isdecimal() else None,
                bucket=bucket,
                method=request.method,
                path=request.url.path,
                query=request.url.query,
                status=None if lost else reply.status,
                records=len(reply.body) if isinstance(reply.body, list) and not lost else None,
            )
        )

    async def _lose(self, request: Request, fault: Fault) -> Response:
        """Keeps the answer back: at once in process, for `seconds` on a socket, then the connection just ends."""
        if request.scope.get("extensions", {}).get("dovecote.in_process") is not None:
            raise AnswerLostError(request.url.path)
        if fault.kind in ("timeout", "hang"):
            waited = 0.0
            while waited < fault.seconds and not await request.is_disconnected():
                await asyncio.sleep(0.05)
                waited += 0.05
        return CutResponse()

    def _response(self, reply: Reply, verdict: Verdict, fault: Fault | None) -> Response:
        content = _bytes(reply.body)
        if fault is not None and fault.kind == "truncated":
            content = content[: len(content) // 2]
        if fault is not None and fault.kind == "not_json":
            content = b"<!doctype html><p>Even geduld"
        headers = {
            "Content-Type": "application/json",  # nothing after it: a published client compares the whole value
            "Date": formatdate(self.world.clock.milliseconds() / 1000, usegmt=True),
            "X-Request-Id": f"sandbox-{next(self._request_numbers)}",
            **verdict.headers,
            **reply.headers,
        }
        if reply.status == 204:
            del headers["Content-Type"]
        return Response(content, reply.status, headers)


class CutResponse(Response):
    """Promises a body and never sends it; the server then drops the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else orjson.dumps(body)
