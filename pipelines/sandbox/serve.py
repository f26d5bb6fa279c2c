"""The sandbox on a port of this machine: in a thread for tests and the demo, in the foreground for the command line."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from pipelines.errors import ConfigurationError
from pipelines.sandbox.app import create_app
from pipelines.sandbox.oauth import control as oauth_control
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import World
from pipelines.serving import Server

HOST = "127.0.0.1"
START_SECONDS = 10.0


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox."""

    world: World
    url: str

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/v2"

    def describe(self) -> dict[str, Any]:
        """What `--json` prints and a script needs: addresses, tokens, administrations, seed, date, app."""
        world = self.world
        return {
            "url": self.url,
            "api_url": self.api_url,
            "tokens": {
                token.name: {"token": token.secret, "administrations": [str(id_) for id_ in token.administrations]}
                for token in world.tokens.values()
            },
            "administrations": [{"id": str(a.id), "name": a.name} for a in world.administrations.values()],
            "seed": world.seed,
            "business_date": world.business_date.isoformat(),
            "oauth": oauth_control.describe(world.oauth.default_app, self.url),
        }


def listen(port: int = 0) -> socket.socket:
    """A listening socket; port 0 takes a free one. ConfigurationError when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sets NODELAY by it
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"Port {port} on {HOST} cannot be used ({error.strerror}); name another with --port or leave it out."
        ) from None
    return listener


def _server(app: ASGIApp, ready: Callable[[], None]) -> Server:
    config = uvicorn.Config(
        app, http="h11", lifespan="off", log_config=None, access_log=False, date_header=False, server_header=False,
        timeout_graceful_shutdown=1, timeout_keep_alive=75,
    )  # fmt: skip
    return Server(config, ready)


@contextmanager
def start(world: World, *, port: int = 0, throttle: Throttle | None = None) -> Iterator[Sandbox]:
    """Serves `world` in a thread until the block ends."""
    listener = listen(port)
    ready = threading.Event()
    server = _server(create_app(world, throttle), ready.set)
    thread = threading.Thread(target=server.run, args=([listener],), name="sandbox", daemon=True)
    thread.start()
    try:
        if not ready.wait(START_SECONDS):
            raise ConfigurationError(f"The sandbox did not start within {START_SECONDS:g} seconds.")
        yield Sandbox(world, f"http://{HOST}:{listener.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)
        listener.close()


def run(world: World, *, port: int, throttle: Throttle | None, announce: Callable[[Sandbox], None]) -> None:
    """Serves `world` in the foreground until SIGTERM or ctrl-C; calls `announce` when requests are accepted."""
    listener = listen(port)
    sandbox = Sandbox(world, f"http://{HOST}:{listener.getsockname()[1]}")
    server = _server(create_app(world, throttle), lambda: announce(sandbox))
    try:
        server.run([listener])
    finally:
        listener.close()
