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
    """A world, a client of its API and a client of its control surface."""

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

    def authorization(self, name: str) -> dict[str, str]:
        id_ = self.names[name].id
        secret = next(token.secret for token in self.world.tokens.values() if id_ in token.administrations)
        return {"Authorization": f"Bearer {secret}"}

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
    """A group for one test that changes it."""
    yield from open_desk(frozen_group())


@pytest.fixture
def throttled_desk() -> Iterator[Desk]:
    """Few requests allowed, so that a test can run into the limit."""
    yield from open_desk(frozen_group(administrations=2), Throttle(general=5, reports=2))
