"""`dovecote receiver`: takes signed events of other systems. Its process reads no token and sends nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli.office import now, opened_store
from pipelines.errors import ConfigurationError


def register(app: typer.Typer) -> None:
    """Adds `receiver`."""
    app.command()(receiver)


def receiver(
    host: Annotated[str, typer.Option(help="Address to listen on; put what ends TLS in front of any other.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 8642,
    json: Annotated[bool, typer.Option("--json", help="One line of JSON when events are accepted.")] = False,
) -> None:
    """Store signed events until Ctrl-C or SIGTERM; `dovecote drafts take-in` turns them into commands."""
    from pipelines.cli import output
    from pipelines.receiver import create_app, serve
    from pipelines.writeback.sources import SOURCES

    def announce(url: str) -> None:
        if json:
            output.print_json({"url": url, "sources": list(sources)})
        else:
            typer.echo(f"Events are accepted on {url}/events/SOURCE, SOURCE being one of {', '.join(sources)}.")

    sources = tuple(name for name, source in SOURCES.items() if source.row is not None)
    with opened_store(with_tokens=False) as (settings, store):
        if not settings.receiver.secrets:
            raise ConfigurationError(
                "Nobody may send events yet: set a secret of 32 characters or more per sender as "
                "DOVECOTE__RECEIVER__SECRETS__<SENDER>."
            )
        app = create_app(store, sources=sources, secrets=settings.receiver.secrets, now=now)
        serve.run(app, host=host, port=port, announce=announce)
