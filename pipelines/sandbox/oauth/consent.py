"""The authorise page: reads what an app asks, shows it to a person, and sends the answer back to the app.

Nobody signs in here. The person is the owner of the administrations; `user` (an e-mail address) picks another owner
where there are several. Live, that is whoever is signed in.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api.answer import Reply
from pipelines.sandbox.model import User
from pipelines.sandbox.oauth import page
from pipelines.sandbox.oauth.apps import OUT_OF_BAND, App
from pipelines.sandbox.oauth.authorizations import OAuthError, scopes_of
from pipelines.sandbox.tokens import in_order
from pipelines.sandbox.world import World

Pairs = list[tuple[str, str]]
_SENT_BACK = ("client_id", "redirect_uri", "response_type", "scope", "state", "user")


def answer(world: World, pairs: Pairs, *, decided: bool) -> Reply:
    """The question, or what follows from the decision. An app that is not certain to live there is told nothing."""
    try:
        fields = single(pairs, but="administration")
        app, redirect_uri = _where(world, fields)
        person, theirs = _person(world, fields)
    except OAuthError as error:
        return _html(page.refusal(error.code, error.description), 400)
    state = {"state": fields["state"]} if "state" in fields else {}
    try:
        scopes = _what(fields)
        if decided and fields.get("decision") != "approve":
            raise OAuthError("access_denied", "The user declined")
    except OAuthError as error:
        return _back(redirect_uri, {"error": error.code, "error_description": error.description, **state})
    ticked = {value for name, value in pairs if name == "administration"}
    chosen = [administration for administration in theirs if str(administration.id) in ticked]
    if not chosen:
        hidden = {name: fields[name] for name in _SENT_BACK if name in fields}
        complaint = "Choose at least one administration." if decided else None
        return _html(page.question(app.name, person, in_order(scopes), theirs, hidden, complaint), 200)
    for administration in chosen:
        _seat(administration, app, scopes)
    code = world.oauth.approve(app, redirect_uri, scopes, tuple(administration.id for administration in chosen))
    return _back(redirect_uri, {"code": code, **state})


def single(pairs: Pairs, but: str = "") -> dict[str, str]:
    """The parameters by name. One without a value counts as absent, one sent twice is refused (RFC 6749 §3.1)."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if name == but or not value:
            continue
        if name in found:
            raise OAuthError("invalid_request", f"{name} was sent twice")
        found[name] = value
    return found


def _where(world: World, fields: dict[str, str]) -> tuple[App, str]:
    app = world.oauth.apps.get(fields.get("client_id", ""))
    if app is None:
        raise OAuthError("invalid_client", "No app is registered with this client_id")
    redirect_uri = fields.get("redirect_uri", "")
    if not app.may_answer_at(redirect_uri):
        raise OAuthError("invalid_request", f"redirect_uri {redirect_uri!r} is not registered for {app.name}")
    return app, redirect_uri


def _what(fields: dict[str, str]) -> frozenset[str]:
    kind = fields.get("response_type")
    if kind is None:
        raise OAuthError("invalid_request", "response_type is missing")
    if kind != "code":
        raise OAuthError("unsupported_response_type", "Only response_type code is supported")
    return scopes_of(fields.get("scope"))


def _person(world: World, fields: dict[str, str]) -> tuple[str, list[Administration]]:
    owners: dict[str, tuple[str, list[Administration]]] = {}
    for administration in world.administrations.values():
        owner = administration.users[administration.owner_id]
        owners.setdefault(owner.email, (owner.name, []))[1].append(administration)
    email = fields.get("user", next(iter(owners), ""))
    if email not in owners:
        raise OAuthError("invalid_request", f"Nobody with the address {email!r} owns an administration")
    return owners[email]


def _seat(administration: Administration, app: App, scopes: frozenset[str]) -> None:
    """The API user that acts for the app; live an approval makes one too (API.md §2)."""
    now = administration.clock.milliseconds()
    for user in administration.users.values():
        if (user.kind, user.name) == ("api_user", app.name):
            user.permissions, user.updated = tuple(in_order(scopes)), now
            return
    email = f"{app.client_id}@api.example"
    user = User(administration.new_id(), app.name, email, "api_user", tuple(in_order(scopes)), now, now)
    administration.users[user.id] = user


def _back(redirect_uri: str, parameters: dict[str, str]) -> Reply:
    if redirect_uri == OUT_OF_BAND:
        if "code" in parameters:
            return _html(page.code(parameters["code"]), 200)
        return _html(page.refusal(parameters["error"], parameters["error_description"]), 200)
    place = urlsplit(redirect_uri)
    query = "&".join(part for part in (place.query, urlencode(parameters)) if part)
    return _html(b"", 303, {"Location": place._replace(query=query).geturl()})


def _html(content: bytes, status: int, headers: dict[str, str] | None = None) -> Reply:
    always = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
    return Reply(status, content, always | (headers or {}))
