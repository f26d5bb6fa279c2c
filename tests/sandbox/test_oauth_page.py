"""The authorise page: what it asks, whom it answers, and what it sends back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pipelines.sandbox.oauth.apps import OUT_OF_BAND
from pipelines.sandbox.world import World
from tests.sandbox.oauth_dance import CALLBACK, Dance, Form, dancing, query_of


@pytest.fixture
def dance(make_group: Callable[..., World]) -> Iterator[Dance]:
    yield from dancing(make_group(administrations=4, years=1))


def test_the_page_names_app_scopes_and_administrations(dance: Dance) -> None:
    page = dance.ask(scope="sales_invoices bank", state="s1")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    form = Form(page.text)
    assert "Give Proefkoppeling access" in form.words
    assert "sales_invoices: " in form.words
    assert "bank: " in form.words
    assert "documents: " not in form.words
    assert "Duivenhof Studio B.V." in form.words
    assert form.boxes == [str(id_) for id_ in dance.world.administrations]
    assert form.hidden["state"] == "s1"


def test_approval_sends_code_and_state_back(dance: Dance) -> None:
    state = "a&b=<c> d/é"
    answer = dance.decide(dance.ask(state=state), "Studio")
    assert answer.headers["Location"].startswith(f"{CALLBACK}?code=")
    assert query_of(answer)["state"] == state
    assert set(query_of(dance.decide(dance.ask(), "Studio"))) == {"code"}


def test_a_declined_request_is_access_denied(dance: Dance) -> None:
    answer = query_of(dance.decide(dance.ask(state="s1"), "Studio", decision="decline"))
    assert (answer["error"], answer["state"]) == ("access_denied", "s1")
    assert "code" not in answer
    assert dance.world.oauth.grants == []


def test_no_administration_or_one_that_is_not_there_asks_again(dance: Dance) -> None:
    page = dance.ask(state="s1")
    for ticked in ([], ["1"]):
        form = {**Form(page.text).hidden, "decision": "approve", "administration": ticked}
        again = dance.client.post("/oauth/authorize", data=form)
        assert again.status_code == 200
        assert "Choose at least one administration." in Form(again.text).words
        assert Form(again.text).hidden == Form(page.text).hidden


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"client_id": "nobody"}, "No app is registered"),
        ({"client_id": ""}, "No app is registered"),
        ({"redirect_uri": "http://127.0.0.1:8123/other"}, "is not registered"),
        ({"redirect_uri": "http://127.0.0.1:8123/callback/"}, "is not registered"),
        ({"redirect_uri": "http://127.0.0.1:8123/callback?x=1"}, "is not registered"),
        ({"redirect_uri": "https://127.0.0.1:8123/callback"}, "is not registered"),
        ({"redirect_uri": "http://127.0.0.1:80@elsewhere.example/callback"}, "is not registered"),
        ({"redirect_uri": "http://127.0.0.1:port/callback"}, "is not registered"),
        ({"redirect_uri": "http://elsewhere.example/callback"}, "is not registered"),
        ({"redirect_uri": ""}, "is not registered"),
        ({"user": "nobody@elders.example"}, "owns an administration"),
    ],
)
def test_an_app_that_may_not_live_there_is_told_nothing(dance: Dance, parameters: dict[str, str], words: str) -> None:
    answer = dance.ask(**parameters)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert words in Form(answer.text).words


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"scope": "sales_invoices everything"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ""}, "invalid_request"),
    ],
)
def test_other_mistakes_go_back_to_the_app(dance: Dance, parameters: dict[str, str], error: str) -> None:
    answer = query_of(dance.ask(state="s1", **parameters))
    assert (answer["error"], answer["state"]) == (error, "s1")


def test_a_scope_without_a_value_is_the_default(dance: Dance) -> None:
    url = f"/oauth/authorize?client_id={dance.app.client_id}&redirect_uri={CALLBACK}&response_type=code&scope="
    code = query_of(dance.decide(dance.client.get(url), "Studio"))["code"]
    assert dance.exchange(code).json()["scope"] == "sales_invoices"


def test_only_a_loopback_address_without_a_port_takes_any_port(dance: Dance) -> None:
    registered = ["https://duif.example/callback", "http://127.0.0.1:5000/fixed"]
    app = dance.control("POST", "oauth/apps", {"name": "Duif", "redirect_uris": registered})
    others = ["https://127.0.0.1:8123/callback", "https://duif.example:8123/callback", "http://127.0.0.1:5001/fixed"]
    for uri, status in [*((uri, 200) for uri in registered), *((uri, 400) for uri in others)]:
        assert dance.ask(client_id=app["client_id"], redirect_uri=uri).status_code == status


def test_a_parameter_sent_twice_is_refused(dance: Dance) -> None:
    for twice in ("state=1&state=2", f"client_id={dance.app.client_id}"):
        url = f"/oauth/authorize?client_id={dance.app.client_id}&redirect_uri={CALLBACK}&response_type=code&{twice}"
        assert dance.client.get(url).status_code == 400


def test_out_of_band_shows_the_code_on_the_page(dance: Dance) -> None:
    page = dance.decide(dance.ask(redirect_uri=OUT_OF_BAND), "Studio")
    assert page.status_code == 200
    code = page.text.partition('<code id="code">')[2].partition("</code>")[0]
    assert dance.exchange(code, redirect_uri=OUT_OF_BAND).status_code == 200
    declined = dance.decide(dance.ask(redirect_uri=OUT_OF_BAND), "Studio", decision="decline")
    assert "access_denied" in Form(declined.text).words


def test_what_an_app_sends_is_shown_as_text(dance: Dance) -> None:
    app = dance.control("POST", "oauth/apps", {"name": "<b>Duif</b>", "redirect_uris": ["https://duif.example/cb?a=1"]})
    asked = {"client_id": app["client_id"], "redirect_uri": app["redirect_uris"][0]}
    page = dance.ask(state='"><script>', **asked)
    assert "<script>" not in page.text
    assert "Give <b>Duif</b> access" in Form(page.text).words
    answer = dance.decide(page, "Studio")
    assert answer.headers["Location"].startswith("https://duif.example/cb?a=1&code=")
    assert query_of(answer)["state"] == '"><script>'
    assert "Location" not in dance.ask(client_id=app["client_id"]).headers
