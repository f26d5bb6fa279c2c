"""Who was allowed what: registered apps, codes, grants and the tokens that come out of them. Knows no HTTP.

    app + user's approval ─▶ code ─▶ grant with access and refresh token ─▶ refresh … ─▶ revoked

From API.md §2 and QUIRKS 67-70. What these leave open follows RFC 6749 and 7009; there is no PKCE.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field

from pipelines.sandbox.clock import Clock
from pipelines.sandbox.oauth.apps import LOOPBACK_CALLBACK, OUT_OF_BAND, App
from pipelines.sandbox.tokens import SCOPES, Token

DEFAULT_APP = "Proefkoppeling"
DEFAULT_SCOPE = "sales_invoices"


class OAuthError(Exception):
    """An error code of RFC 6749; `description` is for the developer, its wording is ours."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.status = status


@dataclass
class Switches:
    """What may differ; the defaults are what is known of the live service. Seconds are the sandbox's."""

    access_token_seconds: int | None = None  # None: no expires_in. Holds for tokens handed out from now on
    rotate_refresh_tokens: bool = False
    reuse_ends_grant: bool = False  # a code or rotated refresh token used twice ends all tokens of its grant
    refresh_ends_access_tokens: bool = False
    code_seconds: int = 600  # RFC 6749 §4.1.2 recommends at most ten minutes; the live number is not documented


@dataclass(eq=False)
class Grant:
    """What one user allowed one app. `spent` are refresh tokens that were rotated away."""

    app: App
    scopes: frozenset[str]
    administrations: tuple[int, ...]
    refresh_token: str = ""  # empty until the code is exchanged
    spent: set[str] = field(default_factory=set)
    ended: bool = False


@dataclass
class _Code:
    grant: Grant
    redirect_uri: str
    expires: int  # Unix milliseconds
    used: bool = False


@dataclass(frozen=True)
class Access:
    """An access token; `seconds` is how long it is good for, None for ever."""

    token: Token
    grant: Grant
    created: int  # Unix milliseconds
    seconds: int | None


class Authorizations:
    """Everything that was granted in one world. Secrets follow from the seed and the order of requests."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self.switches = Switches()
        self.apps: dict[str, App] = {}
        self.grants: list[Grant] = []
        self._clock = clock
        self._seed = seed
        self._numbers = itertools.count(1)
        self._codes: dict[str, _Code] = {}
        self._refresh: dict[str, Grant] = {}
        self._access: dict[str, Access] = {}
        self.default_app = self.register(DEFAULT_APP, (LOOPBACK_CALLBACK, OUT_OF_BAND))

    def register(self, name: str, redirect_uris: tuple[str, ...]) -> App:
        number = f"{len(self.apps)}/{name}"
        app = App(name, self._hash(f"client/{number}")[:32], self._hash(f"secret/{number}"), redirect_uris)
        self.apps[app.client_id] = app
        return app

    def app(self, client_id: str, client_secret: str) -> App:
        """The app with these credentials. Raises OAuthError invalid_client."""
        found = self.apps.get(client_id)
        if found is None or found.client_secret != client_secret:
            raise OAuthError("invalid_client", "Unknown client or wrong client secret", 401)
        return found

    def approve(self, app: App, redirect_uri: str, scopes: frozenset[str], administrations: tuple[int, ...]) -> str:
        """The code that goes back to the app."""
        grant = Grant(app, scopes, administrations)
        self.grants.append(grant)
        code = self.new_secret("code")
        self._codes[code] = _Code(grant, redirect_uri, self._after(self.switches.code_seconds))
        return code

    def exchange(self, app: App, code: str, redirect_uri: str) -> Access:
        """The first access token of a grant. A code is good once, in time, for its app and its redirect_uri."""
        found = self._codes.get(code)
        if found is None or found.grant.app is not app:
            raise OAuthError("invalid_grant", "The code is not known")
        if found.used:
            raise self._used_twice(found.grant, "The code was used before")
        if self._clock.milliseconds() >= found.expires:
            raise OAuthError("invalid_grant", "The code has expired")
        if found.redirect_uri != redirect_uri:
            raise OAuthError("invalid_grant", "redirect_uri is not the one the code was asked with")
        if found.grant.ended:
            raise OAuthError("invalid_grant", "The user withdrew the access")
        found.used = True
        self._new_refresh_token(found.grant)
        return self._new_access(found.grant, found.grant.scopes)

    def refresh(self, app: App, refresh_token: str, scope: str | None) -> tuple[Access, bool]:
        """A new access token, and whether the refresh token changed. `scope` may ask for less, not for more."""
        grant = self._refresh.get(refresh_token)
        if grant is None or grant.app is not app or grant.ended:
            raise OAuthError("invalid_grant", "The refresh token is not known or was revoked")
        if refresh_token in grant.spent:
            raise self._used_twice(grant, "The refresh token was used before")
        scopes = scopes_of(scope) if scope else grant.scopes
        if not scopes <= grant.scopes:
            raise OAuthError("invalid_scope", "The scope is wider than what was granted")
        if self.switches.refresh_ends_access_tokens:
            self._access = {secret: access for secret, access in self._access.items() if access.grant is not grant}
        rotate = self.switches.rotate_refresh_tokens
        if rotate:
            grant.spent.add(refresh_token)
            self._new_refresh_token(grant)
        return self._new_access(grant, scopes), rotate

    def revoke(self, app: App, token: str) -> None:
        """Ends the grant of the token: access and refresh token die together, as a client reports."""
        access = self._access.get(token)
        grant = access.grant if access else self._refresh.get(token)
        if grant is None:
            return
        if grant.app is not app:  # RFC 7009 §2.1 wants a refusal; its status is our guess
            raise OAuthError("unauthorized_client", "The token was given to another client", 403)
        grant.ended = True

    def withdraw(self, client_id: str | None = None) -> int:
        """Ends every grant, or those of one app, as a user does who removes it; returns how many."""
        live = [grant for grant in self.grants if not grant.ended and client_id in (None, grant.app.client_id)]
        for grant in live:
            grant.ended = True
        return len(live)

    def token(self, secret: str) -> Token | None:
        """The token the API works with; None when it is unknown, has expired or its grant has ended."""
        access = self._access.get(secret)
        if access is None or access.grant.ended:
            return None
        if access.seconds is not None and self._clock.milliseconds() >= access.created + access.seconds * 1000:
            return None
        return access.token

    def _used_twice(self, grant: Grant, description: str) -> OAuthError:
        grant.ended = grant.ended or self.switches.reuse_ends_grant
        return OAuthError("invalid_grant", description)

    def _new_refresh_token(self, grant: Grant) -> None:
        grant.refresh_token = self.new_secret("refresh")
        self._refresh[grant.refresh_token] = grant

    def _new_access(self, grant: Grant, scopes: frozenset[str]) -> Access:
        token = Token(grant.app.name, self.new_secret("access"), grant.administrations, scopes)
        access = Access(token, grant, self._clock.milliseconds(), self.switches.access_token_seconds)
        self._access[token.secret] = access
        return access

    def _after(self, seconds: int) -> int:
        return self._clock.milliseconds() + seconds * 1000

    def new_secret(self, kind: str) -> str:
        """A secret that never comes again in this world."""
        return f"sandbox-{kind}-{self._hash(f'{kind}/{next(self._numbers)}')}"

    def _hash(self, text: str) -> str:
        return hashlib.sha256(f"{self._seed}/oauth/{text}".encode()).hexdigest()


def scopes_of(text: str | None) -> frozenset[str]:
    """Scopes out of a space-separated list. Raises OAuthError invalid_scope for one that does not exist."""
    scopes = frozenset((text or "").split()) or frozenset({DEFAULT_SCOPE})
    unknown = scopes - set(SCOPES)
    if unknown:
        raise OAuthError("invalid_scope", f"There is no scope {', '.join(sorted(unknown))}")
    return scopes
