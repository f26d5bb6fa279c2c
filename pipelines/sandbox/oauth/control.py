"""OAuth and tokens in the control surface: switches, apps, withdrawn grants, personal tokens."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request

from pipelines.sandbox.oauth.apps import OUT_OF_BAND, App
from pipelines.sandbox.oauth.authorizations import Switches
from pipelines.sandbox.surface import Handler, body_of
from pipelines.sandbox.tokens import SCOPES, Token, in_order
from pipelines.sandbox.world import World


class OAuthControl:
    """Handlers over one world; a ValueError is a 400 that says what was wrong."""

    def __init__(self, world: World) -> None:
        self.world = world

    def table(self) -> tuple[tuple[str, str, Handler], ...]:
        return (
            ("GET", "/_sandbox/oauth", self.show),
            ("POST", "/_sandbox/oauth", self.switch),
            ("POST", "/_sandbox/oauth/apps", self.register),
            ("DELETE", "/_sandbox/oauth/grants", self.withdraw),
            ("GET", "/_sandbox/tokens", self.tokens),
            ("POST", "/_sandbox/tokens", self.make_token),
            ("DELETE", "/_sandbox/tokens/{name}", self.revoke_token),
        )

    async def show(self, _request: Request) -> Any:
        """Switches, registered apps, and what was granted without its secrets."""
        oauth = self.world.oauth
        grants = [
            {
                "client_id": grant.app.client_id,
                "administrations": [str(id_) for id_ in grant.administrations],
                "scopes": in_order(grant.scopes),
                "ended": grant.ended,
            }
            for grant in oauth.grants
        ]
        return {
            "switches": asdict(oauth.switches),
            "apps": [asdict(app) for app in oauth.apps.values()],
            "grants": grants,
        }

    async def switch(self, request: Request) -> Any:
        """Changes the switches that are named; tokens that exist keep the life they were given."""
        wanted = asdict(self.world.oauth.switches) | await body_of(request)
        for name, value in wanted.items():
            if name not in Switches.__dataclass_fields__:
                raise ValueError(f"no OAuth switch {name!r}; known are {', '.join(Switches.__dataclass_fields__)}")
            if name.endswith("_seconds"):
                forever = value is None and name == "access_token_seconds"
                if not forever and (type(value) is not int or value < 1):
                    raise ValueError(f"{name} is a whole number of seconds from 1, not {value!r}")
            elif type(value) is not bool:
                raise ValueError(f"{name} is true or false, not {value!r}")
        self.world.oauth.switches = Switches(**wanted)
        return wanted

    async def register(self, request: Request) -> Any:
        body = await body_of(request)
        app = self.world.oauth.register(_text(body, "name"), _texts(body, "redirect_uris"))
        return asdict(app)

    async def withdraw(self, request: Request) -> Any:
        """As a user who takes the access away, from every app or from `client_id`."""
        client_id = request.query_params.get("client_id")
        if client_id is not None and client_id not in self.world.oauth.apps:
            raise ValueError(f"no app {client_id!r}")
        return {"ended": self.world.oauth.withdraw(client_id)}

    async def tokens(self, _request: Request) -> Any:
        return [_described(token) for token in self.world.tokens.values()]

    async def make_token(self, request: Request) -> Any:
        """A personal token; without `scopes` it has all of them, without `administrations` it enters all."""
        body = await body_of(request)
        name = _text(body, "name")
        if any(token.name == name for token in self.world.tokens.values()):
            raise ValueError(f"there is a token {name!r} already")
        scopes = frozenset(_texts(body, "scopes", SCOPES))
        if scopes - set(SCOPES):
            raise ValueError(f"no scope {', '.join(sorted(scopes - set(SCOPES)))}; known are {', '.join(SCOPES)}")
        known = {str(id_): id_ for id_ in self.world.administrations}
        wanted = _texts(body, "administrations", tuple(known))
        if set(wanted) - set(known):
            raise ValueError(f"no administration {', '.join(sorted(set(wanted) - set(known)))}")
        secret = self.world.oauth.new_secret("personal")
        chosen = tuple(known[id_] for id_ in dict.fromkeys(wanted))
        return _described(self.world.add_token(Token(name, secret, chosen, scopes)))

    async def revoke_token(self, request: Request) -> Any:
        """Takes a personal token away, by its name."""
        name = request.path_params["name"]
        for token in self.world.tokens.values():
            if token.name == name:
                del self.world.tokens[token.secret]
                return {"revoked": name}
        raise ValueError(f"no token {name!r}")


def describe(app: App, url: str) -> dict[str, Any]:
    """What a client needs to start the dance at a sandbox on `url`."""
    return {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "redirect_uris": list(app.redirect_uris),
        "authorize_url": f"{url}/oauth/authorize",
        "token_url": f"{url}/oauth/token",
        "revoke_url": f"{url}/oauth/revoke",
    }


def _described(token: Token) -> dict[str, Any]:
    return {
        "name": token.name,
        "token": token.secret,
        "scopes": in_order(token.scopes),
        "administrations": [str(id_) for id_ in token.administrations],
    }


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing")
    return value


def _texts(body: dict[str, Any], name: str, otherwise: tuple[str, ...] = (OUT_OF_BAND,)) -> tuple[str, ...]:
    """A list of words or ids; `otherwise` when it is left out."""
    values = body.get(name, otherwise)
    if not isinstance(values, (list, tuple)) or not values:
        raise ValueError(f"{name} must be a list that is not empty")
    return tuple(str(value) for value in values)
