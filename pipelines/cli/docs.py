"""`docs`: the documentation of the marts as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds `docs`."""
    app.command()(docs)


def docs(
    output: Annotated[
        Path | None, typer.Option("--output", help="The page to write; docs/index.html in DOVECOTE_HOME otherwise.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout; logs on stderr.")] = False,
) -> None:
    """Write the documentation of the marts: tables, columns, judgements and where each comes from, for any browser."""
    from pipelines import config
    from pipelines.cli.output import console, print_json, working
    from pipelines.run.docs import write_docs
    from pipelines.run.lock import run_lock

    settings = config.load()
    config.prepare_home(settings)
    with run_lock(settings.lock_path, "dovecote docs"), working("Describing the marts", quiet=json):
        page = write_docs(settings, output)
    if json:
        print_json({"page": str(page)})
    else:
        console().print(f"Written    {page}", soft_wrap=True, markup=False)
