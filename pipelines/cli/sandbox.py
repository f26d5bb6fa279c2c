"""`dovecote sandbox`: the local stand-in for Moneybird, on a port of this machine."""

from __future__ import annotations

import json as json_module
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipelines.sandbox.serve import Sandbox


def register(app: typer.Typer) -> None:
    """Adds the verb."""
    app.command()(sandbox)


def sandbox(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.", min=0, max=65535)] = 0,
    seed: Annotated[int, typer.Option(help="Same seed, same books.")] = 20261120,
    scale: Annotated[int, typer.Option(help="How many times as many customers and documents.", min=1)] = 1,
    years: Annotated[int, typer.Option(help="Whole years before the one of the business date.", min=1, max=20)] = 2,
    administrations: Annotated[int, typer.Option(help="How many companies the group has.", min=1)] = 5,
    dialect: Annotated[str, typer.Option(help="What the documentation leaves open: D1, D11=one_month, …")] = "default",
    no_throttle: Annotated[bool, typer.Option("--no-throttle", help="Send a limit nobody reaches.")] = False,
    business_date: Annotated[str, typer.Option(help="The sandbox's today, as YYYY-MM-DD.")] = "2026-11-20",
    json: Annotated[bool, typer.Option("--json", help="One line of JSON when requests are accepted.")] = False,
) -> None:
    """Serve a local stand-in for Moneybird until Ctrl-C."""
    from datetime import date

    from pipelines.errors import ConfigurationError
    from pipelines.sandbox import dialect as dialects
    from pipelines.sandbox import serve
    from pipelines.sandbox.company import build_group
    from pipelines.sandbox.throttle import Throttle

    try:
        day = date.fromisoformat(business_date)
    except ValueError:
        raise ConfigurationError(f"--business-date {business_date!r} is not a date; write it as YYYY-MM-DD.") from None
    chosen = dialects.parse(dialect)
    world = build_group(
        seed, scale=scale, years=years, administrations=administrations, dialect=chosen, business_date=day
    )
    serve.run(
        world,
        port=port,
        throttle=Throttle.off() if no_throttle else None,
        announce=_print_json if json else _print_text,
    )


def _print_json(running: Sandbox) -> None:
    typer.echo(json_module.dumps(running.describe()))


def _print_text(running: Sandbox) -> None:
    """Address, tokens and the lines that point Dovecote at them."""
    description = running.describe()
    typer.echo(f"Sandbox for Moneybird on {running.url}, business date {description['business_date']}. Ctrl-C ends it.")
    for administration in description["administrations"]:
        typer.echo(f"  {administration['id']}  {administration['name']}")
    typer.echo("\nPoint Dovecote at it:")
    typer.echo(f"  export SOURCES__MONEYBIRD__API_URL={running.api_url}")
    for name, token in description["tokens"].items():
        typer.echo(f"  export SOURCES__MONEYBIRD__TOKENS__{name.upper()}={token['token']}")
