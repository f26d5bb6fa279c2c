"""A group that stands still in time, and clients that talk to it without a socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.in_process import API_URL, BASE_URL, transport
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import World

FROZEN = 1_700_000_000.0  # real time never moves in these tests; the sandbox's clock is set beside it


def frozen_group(**options: Any) -> World:
    """The default group, or the one asked for, with its clock standing at nine in the morning."""
    return build_group(source=lambda: FROZEN, **options)


@dataclass
class Desk:
    """A world, a client of its API and a client of its control surface; everything of `/_sandbox/` as a method."""

    world: World
    client: httpx.Client
    control: httpx.Client
    names: dict[str, Administration] = field(init=False)

    def __post_init__(self) -> None:
        self.names = {a.name.split()[1]: a for a in self.world.administrations.values()}

    def get(self, name: str, path: str, **params: Any) -> httpx.Response:
        """A GET in the administration whose name holds `name`."""
        return self.client.get(f"/{self.names[name].id}/{path}", params=params, headers=self.authorization(name))

    def post(self, name: str, path: str, content: Any) -> httpx.Response:
        return self.client.post(f"/{self.names[name].id}/{path}", json=content, headers=self.authorization(name))

    def patch(self, name: str, path: str, content: Any = None) -> httpx.Response:
        return self.client.patch(f"/{self.names[name].id}/{path}", json=content, headers=self.authorization(name))

    def delete(self, name: str, path: str, content: Any = None) -> httpx.Response:
        url = f"/{self.names[name].id}/{path}"
        return self.client.request("DELETE", url, json=content, headers=self.authorization(name))

    def authorization(self, name: str) -> dict[str, str]:
        id_ = self.names[name].id
        secret = next(token.secret for token in self.world.tokens.values() if id_ in token.administrations)
        return {"Authorization": f"Bearer {secret}"}

    def inventory(self) -> dict[str, int]:
        """Situation → how often it occurs in the group."""
        return dict(self.control.get("/_sandbox/inventory").json())

    def truth(self, name: str, as_of: str | None = None) -> dict[str, Any]:
        params = {"administration_id": str(self.names[name].id)} | ({"as_of": as_of} if as_of else {})
        return dict(self.control.get("/_sandbox/truth", params=params).json())

    def day_of_business(self, name: str | None = None) -> dict[str, Any]:
        """Lets a day pass, everywhere or in one administration only; the records that changed."""
        body = {"type": "day_of_business"} | ({"administration_id": str(self.names[name].id)} if name else {})
        answer = self.control.post("/_sandbox/events", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def edit(self, name: str, resource: str, id_: object, fields: dict[str, Any]) -> dict[str, Any]:
        return self.event(name, "edit_record", resource=resource, id=str(id_), fields=fields)

    def erase(self, name: str, resource: str, id_: object) -> dict[str, Any]:
        return self.event(name, "delete_record", resource=resource, id=str(id_))

    def fault(self, kind: str, **more: Any) -> dict[str, Any]:
        """Plants one, or asks for one that waits for requests."""
        answer = self.control.post("/_sandbox/faults", json={"kind": kind, **more})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def clear_faults(self) -> None:
        self.control.delete("/_sandbox/faults")

    def counts(self) -> dict[str, Any]:
        """Logged requests: total, by bucket, by administration, by status."""
        return dict(self.control.get("/_sandbox/requests/counts").json())

    def event(self, name: str, kind: str, **arguments: Any) -> dict[str, Any]:
        body = {"administration_id": str(self.names[name].id), "type": kind, **arguments}
        answer = self.control.post("/_sandbox/events", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def open_desk(world: World, throttle: Throttle | None = None) -> Iterator[Desk]:
    app = create_app(world, throttle or Throttle.off())
    wire = transport(app)
    with (
        httpx.Client(transport=wire, base_url=API_URL) as client,
        httpx.Client(transport=transport(app), base_url=BASE_URL) as control,
    ):
        yield Desk(world, client, control)


@pytest.fixture(scope="session")
def make_group() -> Callable[..., World]:
    return frozen_group


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """One group per module, for tests that only look."""
    yield from open_desk(frozen_group())


@pytest.fixture
def fresh_desk() -> Iterator[Desk]:
    """A holding and three companies that trade, for one test that changes them; made in half the time of the whole."""
    yield from open_desk(frozen_group(years=1, administrations=4))


@pytest.fixture
def whole_desk() -> Iterator[Desk]:
    """The default group, for one test that changes it and looks at every company."""
    yield from open_desk(frozen_group())


@pytest.fixture
def throttled_desk() -> Iterator[Desk]:
    """Few requests allowed, so that a test can run into the limit."""
    yield from open_desk(frozen_group(administrations=2), Throttle(general=5, reports=2))
