"""`build`, `run`, `status` and `check`: from the warehouse to what readers see, and what it says about itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from pipelines.config import Settings
    from pipelines.run.report import Published

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout; logs on stderr.")]
AcceptShrink = Annotated[
    bool,
    typer.Option("--accept-shrink", help="Publish although an administration or over half of a table's rows is gone."),
]
FullRefresh = Annotated[bool, typer.Option("--full-refresh", help="Rebuild incremental models from nothing.")]

CHECK_FOUND_A_BREAK = 4


def register(app: typer.Typer) -> None:
    """Adds `run`, `build`, `check` and `status`."""
    for verb in (run, build, check, status):
        app.command()(verb)


def build(accept_shrink: AcceptShrink = False, full_refresh: FullRefresh = False, json: Json = False) -> None:
    """Build the marts from what has been synced, test them and publish a new snapshot.

    Exit 4 when one of our own tests fails: the previous snapshot stays. A reconciliation that does not hold is
    published and listed, it is no failure.
    """
    from pipelines import config
    from pipelines.cli import output
    from pipelines.run import build as building
    from pipelines.run.lock import run_lock

    settings = config.load()
    config.prepare_home(settings)
    with run_lock(settings.lock_path, "dovecote build"), output.working("Building the marts", quiet=json):
        report = building.build(settings, accept_shrink=accept_shrink, full_refresh=full_refresh)
    if json:
        output.print_json(report.to_json())
    else:
        output.print_build(report)


def run(
    full: Annotated[bool, typer.Option("--full", help="Ignore cadences and read everything that can be read.")] = False,
    accept_shrink: Annotated[
        bool,
        typer.Option(
            "--accept-shrink",
            help="Believe and publish it when many records, an administration or over half of a table's rows are gone.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Sync, build and publish: what a scheduler calls.

    Exit 3 when some administrations failed (theirs keep their last data and date, the others are published) or all
    did (nothing is published); 4 when a gate failed; 5 when another run is going on.
    """
    from pipelines import config
    from pipelines.cli import output, progress
    from pipelines.run import cycle
    from pipelines.run.sync import Options

    settings = config.load()
    config.prepare_home(settings)
    with progress.shown() as shown:
        options = Options(full=full, accept_shrink=accept_shrink, progress=shown)
        report = cycle.run(settings, options, command="dovecote run")
    if json:
        output.print_json(report.to_json())
    else:
        output.print_run(report)
    raise typer.Exit(report.sync.exit_code)


def check(json: Json = False) -> None:
    """List the reconciliations of the published snapshot by status.

    Exit 4 on a break of class copy: the published lines are then not Moneybird's own figures.
    """
    from pipelines.cli import output

    _, published = _published()
    if json:
        output.print_json(
            {
                "status": "break" if published.copy_breaks else "ok",
                "snapshot": published.snapshot_json(),
                "checks": published.by_status,
                "classes": published.counts,
                "open_checks": [found.to_json() for found in published.open_checks],
            }
        )
    else:
        out = output.console()
        out.print(output.checks_table(published))
        if published.open_checks:
            out.print(output.open_checks_table(published.open_checks))
        out.print(f"Snapshot {published.snapshot.snapshot_id}, published {output.moment(published.published_at)}.")
    if published.copy_breaks:
        raise typer.Exit(CHECK_FOUND_A_BREAK)


def status(json: Json = False) -> None:
    """Show what is published, how fresh it is per administration, what waits to be sent, and where the data are."""
    from rich.markup import escape

    from pipelines import config
    from pipelines.cli import output
    from pipelines.probe.report import UNPROVED, standings
    from pipelines.run.history import last_run, pending_commands
    from pipelines.run.report import read_published
    from pipelines.warehouse.snapshot import current_snapshot

    settings = config.load()
    snapshot = current_snapshot(settings.published_link)
    published = read_published(snapshot) if snapshot else None
    outbox = pending_commands(settings)
    last = last_run(settings)
    synced = ((last.report or {}) if last else {}).get("sync") or {}
    oldest = synced.get("ledger_proof", {}).get("oldest_read_at")
    known = {known.administration_id: known.name for known in published.administrations} if published else {}
    probed = standings(settings.home, known)
    if json:
        administrations = published.administrations if published else ()
        output.print_json(
            {
                "home": str(settings.home),
                "warehouse": str(settings.warehouse_path) if settings.warehouse_path.exists() else None,
                "snapshot": published.snapshot_json() if published else None,
                "administrations": [known.to_json() for known in administrations],
                "checks": published.by_status if published else None,
                "probes": {i: one.to_json() for i, one in probed.items()},
                "outbox": outbox,
                "last_run": None
                if last is None
                else {"status": last.status, "started_at": last.started_at.isoformat()},
                "drift": synced.get("drift"),
                "oldest_ledger_slice_at": oldest,
            }
        )
        return
    out = output.console()
    if published:
        out.print(output.administrations_table(published.administrations))
        for one_of in published.administrations:
            if one_of.sync_remark:
                out.print(f"Missing    {escape(one_of.name)}: {escape(one_of.sync_remark)}", soft_wrap=True)
        out.print(f"Published  {output.moment(published.published_at)}, snapshot {published.snapshot.snapshot_id}")
    else:
        out.print("Published  nothing yet: run `dovecote run`, or `dovecote demo` to look around first.")
    if last is not None:
        out.print(f"Last run   {output.moment(last.started_at)}, {output.styled(last.status)}")
    if oldest:
        out.print(f"Ledger     every slice of this year was read since {output.moment(datetime.fromisoformat(oldest))}")
    if synced.get("drift"):
        keys = ", ".join(f"{key['resource']}.{key['path']}" for key in synced["drift"])
        out.print(f"New keys   {escape(keys)}: kept in _unmapped until a column is declared for them")
    asked = {i: one for i, one in probed.items() if one.path is not None}
    for administration_id, one in asked.items():
        out.print(f"Books      {escape(known[administration_id])}: {one.sentence}")
    if others := [name for administration_id, name in known.items() if administration_id not in asked]:
        out.print(f"Books      {escape(', '.join(others))}: {UNPROVED}" if asked else f"Books      {UNPROVED}")
    if outbox is not None:
        counts = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in outbox.items())
        out.print(f"Outbox     {counts or 'empty'}")
    output.print_places(out, settings)


def _published() -> tuple[Settings, Published]:
    """The settings and what they say is published. Raises ConfigurationError when nothing is."""
    from pipelines import config
    from pipelines.run.report import read_published
    from pipelines.warehouse.snapshot import current_snapshot

    settings = config.load()
    snapshot = current_snapshot(settings.published_link)
    if snapshot is None:
        raise ConfigurationError(f"Nothing has been published in {settings.home} yet; run `dovecote run` first.")
    return settings, read_published(snapshot)
