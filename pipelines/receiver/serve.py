"""The receiver on a port: in the foreground for the command line, in a thread for tests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from pipelines.errors import ConfigurationError
from pipelines.serving import Server

START_SECONDS = 10.0
GRACE_SECONDS = 10  # for requests that are being answered when the receiver is stopped
AT_ONCE = 200  # connections; beyond them uvicorn answers 503 and the sender tries again


def _server(app: ASGIApp, ready: Callable[[], None]) -> Server:
    config = uvicorn.Config(
        app, http="h11", lifespan="off", log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS, limit_concurrency=AT_ONCE,
    )  # fmt: skip
    return Server(config, ready)


def run(app: ASGIApp, *, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serves until SIGTERM or Ctrl-C; calls `announce` with the address when requests are accepted."""
    with _listening(host, port) as listener:
        _server(app, lambda: announce(_url(listener))).run([listener])


@contextmanager
def start(app: ASGIApp) -> Iterator[str]:
    """Serves in a thread on a free port of this machine until the block ends; gives the address."""
    ready = threading.Event()
    with _listening("127.0.0.1", 0) as listener:
        server = _server(app, ready.set)
        thread = threading.Thread(target=server.run, args=([listener],), name="receiver", daemon=True)
        thread.start()
        try:
            if not ready.wait(START_SECONDS):
                raise ConfigurationError(f"The receiver did not start within {START_SECONDS:g} seconds.")
            yield _url(listener)
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sets NODELAY by it
    except OSError as error:
        raise _unusable(host, port, error) from None
    with listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(128)
        except OSError as error:
            raise _unusable(host, port, error) from None
        yield listener


def _unusable(host: str, port: int, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"Port {port} on {host} cannot be used ({error.strerror}); name another with --port or --host."
    )


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
