"""`plan` and `sync`: what a run will ask, and asking it."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Full = Annotated[bool, typer.Option("--full", help="Ignore cadences and read everything that can be read.")]


def register(app: typer.Typer) -> None:
    """Adds `plan` and `sync`."""
    app.command()(plan)
    app.command()(sync)


def plan(json: Json = False, full: Full = False) -> None:
    """Print the requests of the next sync per administration and resource; spends nothing."""
    from rich.markup import escape

    from pipelines import config
    from pipelines.cli import output
    from pipelines.run.planning import make_plan

    made = make_plan(config.load(), full=full)
    if json:
        output.print_json(made.to_json())
        return
    out = output.console()
    rows = [(p.name, p.requests("general"), p.requests("reports")) for p in made.administrations]
    rows += [
        ("lists of administrations", made.tokens, 0),
        ("total", made.requests("general"), made.requests("reports")),
    ]
    columns = [("administration", "left"), ("general", "right"), ("reports", "right")]
    cells = ([escape(name), output.number(general), output.number(reports)] for name, general, reports in rows)
    out.print(output.table("Requests of the next sync", columns, cells))
    if made.unreached:
        out.print(
            f"Not planned: {escape(', '.join(made.unreached))}; no token reached "
            f"{'it' if len(made.unreached) == 1 else 'them'} in the last sync."
        )
    if made.last_run:
        asked = " and ".join(
            f"{output.number(one.spent)} {bucket} (planned {output.number(one.unchanged)}, "
            f"{output.number(one.planned)} once the changes were known)"
            for bucket, one in made.last_run.items()
        )
        out.print(
            "This is a run that finds nothing changed; with what recent runs found: "
            f"{output.number(made.expected('general'))} general, {output.number(made.expected('reports'))} reports. "
            f"The last run asked {asked}."
        )
    if not made.administrations and not made.unreached:
        out.print("Nothing was synced yet: what a first sync costs is known once the administrations were listed.")
    elif both := made.every_month:
        out.print(
            f"Of Moneybird's own reports only what moved is read: every month of this year and the last would be "
            f"{output.number(both.month_by_month)} requests, or {output.number(both.with_periods)} where the server "
            "answers months with their year."
        )
    out.print(f"Waiting for quota: about {made.seconds_to_wait // 60} min {made.seconds_to_wait % 60} s.")


def sync(
    json: Json = False,
    full: Full = False,
    accept_shrink: Annotated[
        bool, typer.Option("--accept-shrink", help="Believe a feed from which many records vanished at once.")
    ] = False,
) -> None:
    """Bring the warehouse up to what Moneybird says."""
    from pipelines import config
    from pipelines.cli import output, progress
    from pipelines.run.lock import run_lock
    from pipelines.run.sync import Options
    from pipelines.run.sync import sync as run_sync

    settings = config.load()
    config.prepare_home(settings)
    with run_lock(settings.lock_path, "dovecote sync"), progress.shown() as shown:
        report = run_sync(settings, Options(full=full, accept_shrink=accept_shrink, progress=shown))
    if json:
        output.print_json(report.to_json())
    else:
        output.print_sync(output.console(), report)
    raise typer.Exit(report.exit_code)
