"""`dovecote dashboard`: the Streamlit app on this machine, over the published snapshot.

The dashboard's process gets no token: it reads the snapshot and writes commands into the outbox, nothing else.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.cli.children import Family
    from pipelines.config import Settings

ADDRESS = "127.0.0.1"  # whoever reaches the port sees the books
DEFAULT_PORT = 8501
_SECRET = "SOURCES__MONEYBIRD__TOKENS__"


def register(app: typer.Typer) -> None:
    """Adds `dashboard`."""
    app.command()(dashboard)


def dashboard(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.", min=0, max=65535)] = DEFAULT_PORT,
) -> None:
    """Serve the dashboards on this machine until Ctrl-C."""
    from pipelines import config
    from pipelines.cli import children, output
    from pipelines.warehouse.snapshot import current_snapshot

    settings = config.load()
    if current_snapshot(settings.published_link) is None:
        raise ConfigurationError(
            f"Nothing has been published in {settings.home} yet; run `dovecote run` (or `dovecote demo`) first."
        )
    config.prepare_home(settings)
    with children.children() as family:
        serve(settings, family, choose_port(port), dict(os.environ), Path.cwd(), output.console())


def serve(settings: Settings, family: Family, port: int, environ: Mapping[str, str], cwd: Path, out: Console) -> None:
    """Starts Streamlit as a child of `family`, prints the address once it answers, and waits for its end."""
    app = settings.project_root / "dashboards" / "app.py"
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.address", ADDRESS]
    command += ["--server.port", str(port), "--server.headless", "true", "--browser.gatherUsageStats", "false"]
    child = family.start("dashboard", command, environment(settings, environ), cwd, settings.logs_dir)
    url = f"http://{ADDRESS}:{port}"
    family.wait_until_answers("dashboard", child, f"{url}/_stcore/health")
    family.serve(child, lambda: out.print(f"Dashboard  [bold]{url}[/]    (Ctrl-C stops it)"))


def environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """The dashboard's environment: where the data are, no tokens, no telemetry."""
    kept = {name: value for name, value in environ.items() if not name.upper().startswith(_SECRET)}
    return {
        **kept,
        "DOVECOTE_HOME": str(settings.home.resolve()),
        "DOVECOTE_PUBLISHED": str(settings.published_link.absolute()),
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def choose_port(wanted: int) -> int:
    """`wanted`, or a free port when it is 0. Raises ConfigurationError when somebody has it already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, wanted))
        except OSError as error:
            raise ConfigurationError(
                f"Port {wanted} on {ADDRESS} cannot be used: {error.strerror}; choose another with --port "
                "(0 takes a free one)."
            ) from None
        return int(probe.getsockname()[1])
