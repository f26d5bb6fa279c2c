"""The application: the API under /api/v2/, OAuth beside it, and the control surface under /_sandbox/."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Route

from pipelines.sandbox.api.gateway import Gateway
from pipelines.sandbox.control import Control
from pipelines.sandbox.oauth.endpoints import Endpoints
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import World

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]  # and HEAD, which Starlette adds to GET


def create_app(world: World, throttle: Throttle | None = None) -> Starlette:
    """Serves `world`. `throttle` is Moneybird's by default; `Throttle.off()` sends a limit nobody reaches."""
    limits = throttle or Throttle()
    gateway, control = Gateway(world, limits), Control(world, limits)
    return Starlette(
        routes=[
            Route("/api/v2/{rest:path}", gateway.__call__, methods=METHODS),
            *Endpoints(world, gateway).routes(),
            *world.storage.routes(),
            *control.routes(),
        ]
    )
