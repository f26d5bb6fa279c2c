"""What a token reaches, what the control surface changes, and a client library that knows neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.integrations.requests_client import OAuth2Session

from pipelines.sandbox import serve
from pipelines.sandbox.world import World
from tests.sandbox.oauth_dance import CALLBACK, Dance, Form, dancing


@pytest.fixture
def dance(make_group: Callable[..., World]) -> Iterator[Dance]:
    yield from dancing(make_group(administrations=4, years=1))


def test_a_grant_covers_what_was_ticked_and_nothing_else(dance: Dance) -> None:
    token = dance.connect("Webwinkel", "Studio")["access_token"]
    listed = [row["id"] for row in dance.api("administrations.json", token).json()]
    assert listed == [dance.id("Studio"), dance.id("Webwinkel")]
    for name, status in (("Studio", 200), ("Webwinkel", 200), ("Advies", 404), ("Holding", 404)):
        assert dance.api(f"{dance.id(name)}/contacts.json", token).status_code == status


@pytest.mark.parametrize(
    ("scope", "path", "error"),
    [
        ("", "time_entries.json", "No access to time_entries"),
        ("documents", "sales_invoices.json", "No access to sales_invoices"),
        ("sales_invoices", "users.json", "No access to settings"),
        ("settings", "reports/general_ledger.json", "No access to bank"),
        ("documents", "reports/journal_entries.json", "No access to sales_invoices and documents"),
    ],
)
def test_the_scope_limits_the_api(dance: Dance, scope: str, path: str, error: str) -> None:
    token = dance.connect("Studio", scope=scope)["access_token"]
    answer = dance.api(f"{dance.id('Studio')}/{path}", token)
    assert (answer.status_code, answer.json()) == (401, {"error": error})
    assert dance.works(token)


def test_an_approval_seats_one_api_user_per_app_and_administration(dance: Dance) -> None:
    dance.connect("Studio", scope="settings")
    token = dance.connect("Studio", "Holding", scope="bank settings")["access_token"]

    def seats(name: str, query: str = "?include_api_users=true") -> list[dict[str, Any]]:
        rows = dance.api(f"{dance.id(name)}/users.json{query}", token).json()
        return [row for row in rows if row["name"] == "Proefkoppeling"]

    assert [(row["user_type"], row["permissions"]) for row in seats("Studio")] == [("api_user", ["bank", "settings"])]
    assert len(seats("Holding")) == 1
    assert seats("Studio", "") == []
    advies = dance.world.administrations[int(dance.id("Advies"))]
    assert all(user.name != "Proefkoppeling" for user in advies.users.values())


def test_an_owner_sees_only_their_own_administrations(dance: Dance) -> None:
    advies = dance.world.administrations[int(dance.id("Advies"))]
    advies.users[advies.owner_id].email = "eigenaar@advies.example"
    assert dance.id("Advies") not in Form(dance.ask().text).boxes
    page = dance.ask(user="eigenaar@advies.example")
    assert Form(page.text).boxes == [dance.id("Advies")]
    form = {**Form(page.text).hidden, "decision": "approve", "administration": dance.id("Studio")}
    assert "Choose at least one" in dance.client.post("/oauth/authorize", data=form).text


# The control surface


def test_a_personal_token_is_made_and_revoked_by_name(dance: Dance) -> None:
    body = {"name": "smal", "scopes": ["bank"], "administrations": [dance.id("Studio")]}
    made = dance.control("POST", "tokens", body)
    assert made == body | {"token": made["token"]}
    assert made in dance.control("GET", "tokens")
    assert dance.api(f"{dance.id('Studio')}/users.json", made["token"]).json() == {"error": "No access to settings"}
    assert [row["id"] for row in dance.api("administrations.json", made["token"]).json()] == [dance.id("Studio")]
    assert dance.control("DELETE", "tokens/smal") == {"revoked": "smal"}
    assert not dance.works(made["token"])
    again = dance.control("POST", "tokens", body)
    assert again["token"] != made["token"]
    everything = dance.control("POST", "tokens", {"name": "alles"})
    assert len(everything["administrations"]) == 4
    assert len(everything["scopes"]) == 6


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("POST", "tokens", {"name": "holding"}, "there is a token 'holding' already"),
        ("POST", "tokens", {}, "name is missing"),
        ("POST", "tokens", {"name": "x", "scopes": ["everything"]}, "no scope everything"),
        ("POST", "tokens", {"name": "x", "administrations": ["1"]}, "no administration 1"),
        ("POST", "tokens", {"name": "x", "administrations": []}, "must be a list that is not empty"),
        ("POST", "tokens", [], "the body must be an object"),
        ("DELETE", "tokens/nobody", None, "no token 'nobody'"),
        ("POST", "oauth", {"rotate": True}, "no OAuth switch 'rotate'"),
        ("POST", "oauth", {"access_token_seconds": 0}, "a whole number of seconds"),
        ("POST", "oauth", {"access_token_seconds": True}, "a whole number of seconds"),
        ("POST", "oauth", {"code_seconds": None}, "a whole number of seconds"),
        ("POST", "oauth", {"rotate_refresh_tokens": 1}, "true or false"),
        ("DELETE", "oauth/grants?client_id=nobody", None, "no app 'nobody'"),
    ],
)
def test_the_control_surface_says_what_is_wrong(dance: Dance, method: str, path: str, body: Any, words: str) -> None:
    answer = dance.client.request(method, f"/_sandbox/{path}", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_the_same_seed_gives_the_same_app_and_another_seed_another(make_group: Callable[..., World]) -> None:
    one, same, other = (make_group(seed=seed, administrations=1, years=1).oauth.default_app for seed in (5, 5, 6))
    assert one == same
    assert not {one.client_id, one.client_secret} & {other.client_id, other.client_secret}


def test_requests_are_logged_without_limit_or_secrets(dance: Dance) -> None:
    code = dance.code("Studio")
    answer = dance.exchange(code)
    assert "RateLimit-Limit" not in answer.headers
    lines = [line for line in dance.control("GET", "requests") if line["bucket"] == "oauth"]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", "/oauth/authorize", 200), ("POST", "/oauth/authorize", 303), ("POST", "/oauth/token", 200),
    ]  # fmt: skip
    assert not any(secret in str(lines) for secret in (code, answer.json()["access_token"], dance.app.client_secret))


# Somebody else's client over a socket


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_standard_client_library_gets_through_the_whole_dance(make_group: Callable[..., World], method: str) -> None:
    """Authlib keeps, refreshes and revokes tokens by itself; the browser is played by hand."""
    world = make_group(administrations=2, years=1)
    kept: list[dict[str, Any]] = []
    with serve.start(world) as sandbox, httpx.Client() as browser:
        told = sandbox.describe()["oauth"]
        # Authlib renews a token that has less than a minute left, so 30 seconds are renewed before every request.
        browser.post(f"{sandbox.url}/_sandbox/oauth", json={"access_token_seconds": 30, "rotate_refresh_tokens": True})
        with OAuth2Session(
            told["client_id"], told["client_secret"], scope="settings", redirect_uri=CALLBACK,
            token_endpoint=told["token_url"], token_endpoint_auth_method=method,
            revocation_endpoint_auth_method=method,
            update_token=lambda token, **_before: kept.append(token),
        ) as session:  # fmt: skip
            url, state = session.create_authorization_url(told["authorize_url"])
            form = Form(browser.get(url).text)
            posted = {**form.hidden, "decision": "approve", "administration": form.boxes}
            landed = browser.post(told["authorize_url"], data=posted).headers["Location"]
            assert parse_qs(urlsplit(landed).query)["state"] == [state]
            first = dict(session.fetch_token(told["token_url"], authorization_response=landed, state=state))
            answer = session.get(f"{sandbox.api_url}/administrations.json")
            assert [row["id"] for row in answer.json()] == form.boxes
            (renewed,) = kept
            assert renewed["refresh_token"] != first["refresh_token"]
            session.token = kept[-1] | {"expires_in": 3600, "expires_at": 2**40}
            assert session.get(f"{sandbox.api_url}/administrations.json").status_code == 200
            renewed = session.refresh_token(told["token_url"])
            assert session.revoke_token(told["revoke_url"], token=renewed["access_token"]).status_code == 200
            session.token = session.token | {"expires_at": 2**40}
            assert session.get(f"{sandbox.api_url}/administrations.json").status_code == 401
