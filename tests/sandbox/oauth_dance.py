"""An app, a person with a browser and a sandbox, for the tests of OAuth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from pipelines.sandbox.app import create_app
from pipelines.sandbox.in_process import BASE_URL, transport
from pipelines.sandbox.oauth.apps import App
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import World

CALLBACK = "http://127.0.0.1:8123/callback"
INVALID_GRANT = (400, "invalid_grant")


class Form(HTMLParser):
    """The page's form as a browser would send it, and what the page says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.boxes: list[str] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "input" and found["type"] == "hidden":
            self.hidden[found["name"]] = found["value"]
        elif tag == "input":
            assert found["name"] == "administration"
            self.boxes.append(found["value"])

    def handle_data(self, data: str) -> None:
        self.words += data


@dataclass
class Dance:
    """A world, its host, and the default app. `client` follows no redirects."""

    world: World
    client: httpx.Client

    @property
    def app(self) -> App:
        return self.world.oauth.default_app

    def id(self, name: str) -> str:
        return str(next(a.id for a in self.world.administrations.values() if name in a.name))

    def ask(self, **parameters: str) -> httpx.Response:
        asked = {"client_id": self.app.client_id, "redirect_uri": CALLBACK, "response_type": "code"} | parameters
        return self.client.get("/oauth/authorize", params={name: value for name, value in asked.items() if value})

    def decide(self, page: httpx.Response, *names: str, decision: str = "approve") -> httpx.Response:
        form: dict[str, Any] = {**Form(page.text).hidden, "decision": decision}
        form["administration"] = [self.id(name) for name in names]
        return self.client.post("/oauth/authorize", data=form)

    def code(self, *names: str, **parameters: str) -> str:
        """Asked for, approved for the named administrations, and read out of the redirect."""
        return query_of(self.decide(self.ask(**parameters), *names))["code"]

    def token(self, **form: str) -> httpx.Response:
        known = {"client_id": self.app.client_id, "client_secret": self.app.client_secret}
        sent = known | form
        return self.client.post("/oauth/token", data={name: value for name, value in sent.items() if value})

    def exchange(self, code: str, **form: str) -> httpx.Response:
        return self.token(**{"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK} | form)

    def refresh(self, refresh_token: str, **form: str) -> httpx.Response:
        return self.token(**{"grant_type": "refresh_token", "refresh_token": refresh_token} | form)

    def revoke(self, token: str, **form: str) -> httpx.Response:
        known = {"client_id": self.app.client_id, "client_secret": self.app.client_secret, "token": token}
        return self.client.post("/oauth/revoke", data=known | form)

    def connect(self, *names: str, scope: str = "") -> dict[str, Any]:
        answer = self.exchange(self.code(*names, scope=scope))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def api(self, path: str, token: str) -> httpx.Response:
        return self.client.get(f"/api/v2/{path}", headers={"Authorization": f"Bearer {token}"})

    def works(self, token: str) -> bool:
        status = self.api("administrations.json", token).status_code
        assert status in (200, 401)
        return status == 200

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.client.request(method, f"/_sandbox/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def wait(self, seconds: int) -> None:
        self.control("POST", "events", {"type": "advance_clock", "seconds": seconds})


def dancing(world: World) -> Iterator[Dance]:
    """For a fixture: `world` without a socket."""
    with httpx.Client(transport=transport(create_app(world, Throttle.off())), base_url=BASE_URL) as client:
        yield Dance(world, client)


def query_of(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 303, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query, strict_parsing=True))


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an error body as RFC 6749 §5.2 has it."""
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()["error"]
