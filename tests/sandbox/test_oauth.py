"""Codes and tokens: exchanged, refreshed, rotated, expired and revoked, with the bodies of RFC 6749."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from pipelines.sandbox.oauth.apps import OUT_OF_BAND
from pipelines.sandbox.world import World
from tests.sandbox.oauth_dance import CALLBACK, INVALID_GRANT, Dance, dancing, refused


@pytest.fixture
def dance(make_group: Callable[..., World]) -> Iterator[Dance]:
    yield from dancing(make_group(administrations=4, years=1))


def test_a_token_that_does_not_expire_is_the_default(dance: Dance) -> None:
    answer = dance.connect("Studio")
    assert set(answer) == {"access_token", "token_type", "refresh_token", "scope", "created_at"}
    assert (answer["token_type"], answer["scope"]) == ("bearer", "sales_invoices")
    assert answer["created_at"] == dance.world.clock.seconds()
    dance.wait(10 * 365 * 86400)
    assert dance.works(answer["access_token"])


def test_the_token_endpoint_forbids_storing_and_keeps_the_sandbox_date(dance: Dance) -> None:
    answer = dance.exchange(dance.code("Studio"))
    assert answer.headers["Content-Type"] == "application/json"
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")
    assert answer.headers["Date"].startswith("Fri, 20 Nov 2026 08:00")


def test_a_code_is_good_once(dance: Dance) -> None:
    code = dance.code("Studio")
    first = dance.exchange(code).json()
    assert refused(dance.exchange(code)) == INVALID_GRANT
    assert dance.works(first["access_token"])


def test_a_code_used_twice_ends_its_tokens_when_switched_on(dance: Dance) -> None:
    dance.control("POST", "oauth", {"reuse_ends_grant": True})
    code = dance.code("Studio")
    first = dance.exchange(code).json()
    assert refused(dance.exchange(code)) == INVALID_GRANT
    assert not dance.works(first["access_token"])
    assert refused(dance.refresh(first["refresh_token"])) == INVALID_GRANT


def test_a_code_lives_ten_minutes_of_the_sandbox(dance: Dance) -> None:
    early, late = dance.code("Studio"), dance.code("Studio")
    dance.wait(599)
    assert dance.exchange(early).status_code == 200
    dance.wait(1)
    assert refused(dance.exchange(late)) == INVALID_GRANT


def test_a_code_is_bound_to_its_redirect_and_its_app(dance: Dance) -> None:
    other = dance.control("POST", "oauth/apps", {"name": "Andere", "redirect_uris": [CALLBACK]})
    code = dance.code("Studio")
    assert refused(dance.exchange(code, redirect_uri="http://127.0.0.1:9999/callback")) == INVALID_GRANT
    stolen = {"client_id": other["client_id"], "client_secret": other["client_secret"]}
    assert refused(dance.exchange(code, **stolen)) == INVALID_GRANT
    refresh_token = dance.exchange(code).json()["refresh_token"]  # the mistakes above did not use it up
    assert refused(dance.refresh(refresh_token, **stolen)) == INVALID_GRANT
    assert refused(dance.revoke(refresh_token, **stolen)) == (403, "unauthorized_client")
    assert dance.refresh(refresh_token).status_code == 200


def test_a_wrong_or_missing_secret_is_invalid_client(dance: Dance) -> None:
    code = dance.code("Studio")
    for wrong in ({"client_secret": "wrong"}, {"client_secret": ""}, {"client_id": "nobody"}, {"client_id": ""}):
        answer = dance.exchange(code, **wrong)
        assert refused(answer) == (401, "invalid_client")
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert dance.exchange(code).status_code == 200


def test_credentials_may_come_in_http_basic_but_not_in_both(dance: Dance) -> None:
    form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code": dance.code("Studio")}
    basic = (dance.app.client_id, dance.app.client_secret)

    def sent(auth: tuple[str, str], **more: str) -> httpx.Response:
        return dance.client.post("/oauth/token", data=form | more, auth=auth)

    assert refused(sent((basic[0], "wrong"))) == (401, "invalid_client")
    assert refused(sent(basic, client_secret=basic[1])) == (400, "invalid_request")
    assert refused(sent(basic, client_id="nobody")) == (400, "invalid_request")
    unreadable = {"Authorization": "Basic abc"}
    assert refused(dance.client.post("/oauth/token", data=form, headers=unreadable)) == (401, "invalid_client")
    encoded = f"%{ord(basic[1][0]):02x}{basic[1][1:]}"  # form-encoded first, RFC 6749 §2.3.1
    assert sent((basic[0], encoded), client_id=basic[0]).status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "redirect_uri": CALLBACK}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x", "redirect_uri": CALLBACK}, "invalid_grant"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
    ],
)
def test_what_the_token_endpoint_refuses(dance: Dance, form: dict[str, str], error: str) -> None:
    assert refused(dance.token(**form)) == (400, error)


def test_the_token_endpoint_takes_a_form_and_no_json(dance: Dance) -> None:
    known = {"client_id": dance.app.client_id, "client_secret": dance.app.client_secret}
    asked = {"grant_type": "authorization_code", "code": dance.code("Studio"), "redirect_uri": CALLBACK}
    assert refused(dance.client.post("/oauth/token", json=known | asked)) == (400, "invalid_request")
    assert dance.client.get("/oauth/token").status_code == 405


# Refresh


def test_refresh_without_rotation_leaves_the_refresh_token_out(dance: Dance) -> None:
    first = dance.connect("Studio", scope="bank settings")
    for _ in range(2):
        answer = dance.refresh(first["refresh_token"]).json()
        assert set(answer) == {"access_token", "token_type", "scope", "created_at"}
        assert answer["scope"] == "bank settings"
        assert answer["access_token"] != first["access_token"]
        assert dance.works(answer["access_token"])
    assert dance.works(first["access_token"])


def test_refresh_with_rotation_and_reuse(dance: Dance) -> None:
    dance.control("POST", "oauth", {"rotate_refresh_tokens": True})
    first = dance.connect("Studio")
    second = dance.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert refused(dance.refresh(first["refresh_token"])) == INVALID_GRANT
    third = dance.refresh(second["refresh_token"])  # reuse of the old one left the new one alone
    assert third.status_code == 200
    dance.control("POST", "oauth", {"reuse_ends_grant": True})
    assert refused(dance.refresh(first["refresh_token"])) == INVALID_GRANT
    assert refused(dance.refresh(third.json()["refresh_token"])) == INVALID_GRANT
    assert not dance.works(third.json()["access_token"])


def test_an_answer_lost_during_rotation_leaves_the_client_without_a_token(dance: Dance) -> None:
    dance.control("POST", "oauth", {"rotate_refresh_tokens": True})
    first = dance.connect("Studio")
    dance.control("POST", "faults", {"kind": "lost_answer", "match": "/oauth/token"})
    with pytest.raises(httpx.ReadTimeout):
        dance.refresh(first["refresh_token"])
    assert refused(dance.refresh(first["refresh_token"])) == INVALID_GRANT


def test_refresh_may_ask_for_less_and_not_for_more(dance: Dance) -> None:
    first = dance.connect("Studio", scope="bank settings")
    less = dance.refresh(first["refresh_token"], scope="bank").json()
    assert less["scope"] == "bank"
    assert dance.api(f"{dance.id('Studio')}/users.json", less["access_token"]).status_code == 401
    assert refused(dance.refresh(first["refresh_token"], scope="bank documents")) == (400, "invalid_scope")
    assert refused(dance.refresh(first["refresh_token"], scope="everything")) == (400, "invalid_scope")
    assert dance.refresh(first["refresh_token"]).json()["scope"] == "bank settings"


def test_tokens_expire_on_the_sandbox_clock_when_switched_on(dance: Dance) -> None:
    dance.control("POST", "oauth", {"access_token_seconds": 3600})
    first = dance.connect("Studio")
    assert first["expires_in"] == 3600
    dance.wait(3599)
    assert dance.works(first["access_token"])
    dance.wait(1)
    answer = dance.api("administrations.json", first["access_token"])
    assert (answer.status_code, answer.json()) == (401, {"error": "Invalid credentials"})
    renewed = dance.refresh(first["refresh_token"]).json()
    assert renewed["expires_in"] == 3600
    assert dance.works(renewed["access_token"])


def test_a_refresh_can_end_the_access_token_before_it(dance: Dance) -> None:
    dance.control("POST", "oauth", {"refresh_ends_access_tokens": True})
    first, other = dance.connect("Studio"), dance.connect("Studio")
    renewed = dance.refresh(first["refresh_token"]).json()
    assert not dance.works(first["access_token"])
    assert dance.works(renewed["access_token"])
    assert dance.works(other["access_token"])


# Revoke


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_both_and_no_other_grant(dance: Dance, kind: str) -> None:
    first, other = dance.connect("Studio"), dance.connect("Studio")
    answer = dance.revoke(first[kind], token_type_hint=kind)
    assert (answer.status_code, answer.json()) == (200, {})
    assert not dance.works(first["access_token"])
    assert refused(dance.refresh(first["refresh_token"])) == INVALID_GRANT
    assert dance.works(other["access_token"])
    assert dance.revoke(first[kind]).status_code == 200


def test_revoking_an_unknown_token_is_a_200_for_a_known_app_only(dance: Dance) -> None:
    assert dance.revoke("never given").status_code == 200
    assert refused(dance.revoke("never given", client_secret="wrong")) == (401, "invalid_client")
    assert refused(dance.revoke("")) == (400, "invalid_request")


def test_a_user_who_withdraws_access_ends_codes_and_tokens(dance: Dance) -> None:
    first, code = dance.connect("Studio"), dance.code("Studio")
    other = dance.control("POST", "oauth/apps", {"name": "Andere"})
    assert other["redirect_uris"] == [OUT_OF_BAND]
    assert dance.control("DELETE", f"oauth/grants?client_id={other['client_id']}") == {"ended": 0}
    assert dance.works(first["access_token"])
    assert dance.control("DELETE", "oauth/grants") == {"ended": 2}
    assert not dance.works(first["access_token"])
    assert refused(dance.exchange(code)) == INVALID_GRANT
    assert [grant["ended"] for grant in dance.control("GET", "oauth")["grants"]] == [True, True]
