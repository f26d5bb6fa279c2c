"""`contract`: what is read from Moneybird, where it lands and by which rule."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds `contract`."""
    app.command()(contract)


def contract(json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False) -> None:
    """Print the integration contract: endpoint, tables, columns, rule. Needs no settings and no network."""
    from pipelines.run.contract import markdown, to_json

    if json:
        from pipelines.cli.output import print_json

        print_json(to_json())
    else:
        sys.stdout.write(markdown())
