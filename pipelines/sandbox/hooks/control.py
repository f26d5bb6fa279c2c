"""Webhooks in the control surface: what waits, what was delivered, and mischief on request."""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.requests import Request

from pipelines.sandbox.hooks.delivery import Postman
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.model import Webhook
from pipelines.sandbox.surface import Handler, body_of, whole
from pipelines.sandbox.world import World

_SWITCHES = ("duplicate", "stale", "hold", "backwards", "rotate", "forget_old")


class HooksControl:
    """Handlers over one world; a ValueError is a 400 that says what was wrong."""

    def __init__(self, world: World) -> None:
        self.world = world

    def table(self) -> tuple[tuple[str, str, Handler], ...]:
        return (
            ("GET", "/_sandbox/webhooks", self.show),
            ("POST", "/_sandbox/webhooks", self.switch),
        )

    async def show(self, _request: Request) -> Any:
        """Pushes that wait and pushes that are done, oldest first, each with the answers it got."""
        postman: Postman = self.world.hooks.postman
        return {
            "waiting": [push.describe() for push in postman.waiting()],
            "done": [push.describe() for push in postman.done],
        }

    async def switch(self, request: Request) -> Any:
        """`duplicate` and `stale` count pushes to come; `hold` keeps pushes back until it is false, `backwards` lets
        the newest go first; `rotate` gives a webhook a second secret, `forget_old` ends that."""
        body = await body_of(request)
        unknown = sorted(set(body) - set(_SWITCHES))
        if unknown:
            raise ValueError(f"no webhook switch {unknown[0]!r}; known are {', '.join(_SWITCHES)}")
        hooks, answer = self.world.hooks, {}
        for name in ("duplicate", "stale"):
            if name in body:
                setattr(hooks.mischief, name, whole(name, body[name]))
        if "backwards" in body:
            hooks.postman.backwards = bool(body["backwards"])
        if "hold" in body:
            hooks.postman.held = bool(body["hold"])
        if "rotate" in body:
            webhook = self._webhook(body["rotate"])
            fresh = hashlib.sha256(f"{webhook.secrets[0]}/next".encode()).hexdigest()
            webhook.secrets = (fresh, webhook.secrets[0])
            answer["secret"] = fresh
        if "forget_old" in body:
            webhook = self._webhook(body["forget_old"])
            webhook.secrets = webhook.secrets[:1]
        hooks.postman.wake()
        return answer

    def _webhook(self, value: Any) -> Webhook:
        for administration in self.world.administrations.values():
            found = administration.webhooks.get(id_of(value))
            if found is not None:
                return found
        raise ValueError(f"no webhook {value}")
