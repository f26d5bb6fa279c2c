"""The three addresses of OAuth beside the API: /oauth/authorize, /oauth/token and /oauth/revoke.

They pass the gate's faults and its log, but no rate limit: none is documented for them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipelines.sandbox.api.answer import Reply
from pipelines.sandbox.api.gateway import Gateway
from pipelines.sandbox.oauth import consent
from pipelines.sandbox.oauth.apps import App
from pipelines.sandbox.oauth.authorizations import Access, OAuthError
from pipelines.sandbox.throttle import Verdict
from pipelines.sandbox.tokens import in_order
from pipelines.sandbox.world import World

FORM = "application/x-www-form-urlencoded"
_NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}  # RFC 6749 §5.1


class Endpoints:
    """Handlers over one world."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world = world
        self.gateway = gateway

    def routes(self) -> list[Route]:
        return [
            Route("/oauth/authorize", self.authorize, methods=["GET", "POST"]),
            Route("/oauth/token", self.token, methods=["POST"]),
            Route("/oauth/revoke", self.revoke, methods=["POST"]),
        ]

    async def authorize(self, request: Request) -> Response:
        """GET shows the page, POST is the page's own form."""
        decided = request.method == "POST"
        pairs = _pairs(await request.body()) if decided else request.query_params.multi_items()
        return await self._deliver(request, lambda: consent.answer(self.world, pairs, decided=decided))

    async def token(self, request: Request) -> Response:
        body = await request.body()
        return await self._deliver(request, lambda: _guarded(lambda: self._token(request, body)))

    async def revoke(self, request: Request) -> Response:
        body = await request.body()
        return await self._deliver(request, lambda: _guarded(lambda: self._revoke(request, body)))

    async def _deliver(self, request: Request, serve: Callable[[], Reply]) -> Response:
        return await self.gateway.deliver(request, "oauth", Verdict(True, {}), serve)

    def _token(self, request: Request, body: bytes) -> dict[str, Any]:
        fields, app = self._client(request, body)
        kind = _needed(fields, "grant_type")
        if kind == "authorization_code":
            access = self.world.oauth.exchange(app, _needed(fields, "code"), _needed(fields, "redirect_uri"))
            return _tokens(access, True)
        if kind == "refresh_token":
            return _tokens(*self.world.oauth.refresh(app, _needed(fields, "refresh_token"), fields.get("scope")))
        raise OAuthError("unsupported_grant_type", "Only authorization_code and refresh_token are supported")

    def _revoke(self, request: Request, body: bytes) -> dict[str, Any]:
        """200 for unknown tokens too, so an answer proves nothing (API.md §2). `token_type_hint` is not needed."""
        fields, app = self._client(request, body)
        self.world.oauth.revoke(app, _needed(fields, "token"))
        return {}

    def _client(self, request: Request, body: bytes) -> tuple[dict[str, str], App]:
        """The form and the app that sent it: its credentials are in the form or in HTTP Basic, not in both."""
        if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != FORM:
            raise OAuthError("invalid_request", f"The body must be {FORM}")
        fields = consent.single(_pairs(body))
        basic = _basic(request.headers.get("Authorization", ""))
        if basic is None:
            return fields, self.world.oauth.app(fields.get("client_id", ""), fields.get("client_secret", ""))
        if "client_secret" in fields or fields.get("client_id", basic[0]) != basic[0]:
            raise OAuthError("invalid_request", "Send the client's credentials in one way only")
        return fields, self.world.oauth.app(*basic)


def _guarded(serve: Callable[[], dict[str, Any]]) -> Reply:
    try:
        return Reply(200, serve(), _NOT_STORED)
    except OAuthError as error:
        headers = {"WWW-Authenticate": 'Basic realm="sandbox"'} if error.status == 401 else {}
        body = {"error": error.code, "error_description": error.description}
        return Reply(error.status, body, {**_NOT_STORED, **headers})


def _tokens(access: Access, with_refresh_token: bool) -> dict[str, Any]:
    """`expires_in` only if it can expire; an absent refresh_token means that it did not change."""
    answer: dict[str, Any] = {"access_token": access.token.secret, "token_type": "bearer"}
    if access.seconds is not None:
        answer["expires_in"] = access.seconds
    if with_refresh_token:
        answer["refresh_token"] = access.grant.refresh_token
    # Clients read `scope` and `created_at` from the live answer; no document shows one.
    return {**answer, "scope": " ".join(in_order(access.token.scopes)), "created_at": access.created // 1000}


def _needed(fields: dict[str, str], name: str) -> str:
    if name not in fields:
        raise OAuthError("invalid_request", f"{name} is missing")
    return fields[name]


def _pairs(body: bytes) -> consent.Pairs:
    return parse_qsl(body.decode("utf-8", "replace"))


def _basic(header: str) -> tuple[str, str] | None:
    """Id and secret, each form-encoded as RFC 6749 §2.3.1 says; None when the header is of another kind."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(value.strip()).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise OAuthError("invalid_client", "The Authorization header cannot be read", 401) from None
    return unquote_plus(name), unquote_plus(secret)
