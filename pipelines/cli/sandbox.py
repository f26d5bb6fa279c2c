"""`dovecote sandbox`: the local stand-in for Moneybird, on a port of this machine; and what can be done to one."""

from __future__ import annotations

import json as json_module
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import sandbox_control

if TYPE_CHECKING:
    from pipelines.sandbox.serve import Sandbox
    from pipelines.sandbox.world import World

group = typer.Typer(invoke_without_command=True)


def register(app: typer.Typer) -> None:
    """Adds the verb, and below it what changes a sandbox that runs."""
    sandbox_control.register(group)
    app.add_typer(group, name="sandbox")


@group.callback()
def sandbox(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.", min=0, max=65535)] = 0,
    seed: Annotated[int, typer.Option(help="Same seed, same books.")] = 20261120,
    scale: Annotated[int, typer.Option(help="How many times as many customers and documents.", min=1)] = 1,
    years: Annotated[int, typer.Option(help="Whole years before the one of the business date.", min=1, max=20)] = 2,
    administrations: Annotated[int, typer.Option(help="How many companies the group has.", min=1)] = 6,
    dialect: Annotated[str, typer.Option(help="What the documentation leaves open: D1, D11=one_month, …")] = "default",
    faults: Annotated[str, typer.Option(help="What to serve wrongly, for checks to find: line_missing, …")] = "",
    no_throttle: Annotated[bool, typer.Option("--no-throttle", help="Send a limit nobody reaches.")] = False,
    business_date: Annotated[str, typer.Option(help="The sandbox's today, as YYYY-MM-DD.")] = "2026-11-20",
    json: Annotated[bool, typer.Option("--json", help="One line of JSON when requests are accepted.")] = False,
) -> None:
    """Serve a local stand-in for Moneybird until Ctrl-C. With a command: look at or change one that runs."""
    if context.invoked_subcommand is not None:
        return
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
    planted = _known(faults)
    serve.listen(port).close()  # a large group takes a while: a port that is taken is said before
    world = build_group(
        seed, scale=scale, years=years, administrations=administrations, dialect=chosen, business_date=day
    )
    _plant(world, planted)
    serve.run(
        world,
        port=port,
        throttle=Throttle.off() if no_throttle else None,
        announce=_print_json if json else _print_text,
    )


def _known(names: str) -> list[str]:
    """The names between the commas; ConfigurationError for one that is no planted fault."""
    from pipelines.errors import ConfigurationError
    from pipelines.sandbox.faults.planted import PLANTED

    asked = [part.strip() for part in names.split(",") if part.strip()]
    for name in asked:
        if name not in PLANTED:
            raise ConfigurationError(f"--faults knows {', '.join(PLANTED)}; not {name!r}.")
    return asked


def _plant(world: World, names: list[str]) -> None:
    """Serves a record of the group wrongly for every name; ConfigurationError when none of them fits."""
    from pipelines.errors import ConfigurationError

    for name in names:
        try:
            world.faults.plant(name, list(world.administrations.values()))
        except ValueError as error:
            raise ConfigurationError(f"--faults {name}: {error}.") from None


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
