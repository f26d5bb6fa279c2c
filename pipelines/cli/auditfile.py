"""`auditfile`: the statutory archive of the books, and an independent control of the lines in the warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.run.auditfile import AuditfileReport, Outcome

_LISTED = 10  # differing accounts on a screen; --json has every figure
_STYLES = {"proved": "green", "differs": "bold red", "failed": "bold red"}


def register(app: typer.Typer) -> None:
    """Adds `auditfile`."""
    app.command()(auditfile)


def auditfile(
    administration: Annotated[
        list[str] | None,
        typer.Option("--administration", metavar="ID", help="May be given more than once; all that are included."),
    ] = None,
    year: Annotated[
        int | None,
        typer.Option("--year", min=1900, max=2199, help="Every closed year that has lines in the warehouse."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout; logs on stderr.")] = False,
) -> None:
    """Archive a year's auditfile (XAF) and compare it with the lines in the warehouse.

    It is the one read that starts something at Moneybird: an export is prepared there and appears among the downloads
    of the administration. A file costs about five requests and some waiting.

    Exit 3 when a file could not be had or used, 4 when one differs from the warehouse.
    """
    from pipelines import config
    from pipelines.cli import output, progress
    from pipelines.run.auditfile import Options, check_auditfiles
    from pipelines.run.lock import run_lock

    settings = config.load()
    config.prepare_home(settings)
    with run_lock(settings.lock_path, "dovecote auditfile"), progress.shown() as shown:
        report = check_auditfiles(settings, Options(tuple(administration or ()), year, progress=shown))
    if json:
        output.print_json(report.to_json())
    else:
        _print(output.console(), report)
    raise typer.Exit(report.exit_code)


def _print(out: Console, report: AuditfileReport) -> None:
    from rich.markup import escape

    from pipelines.cli import output

    if report.outcomes:
        columns = [("administration", "left"), ("year", "right"), ("lines", "right"), ("accounts", "right")]
        out.print(
            output.table(
                "Auditfiles",
                [*columns, ("against the warehouse", "left")],
                (
                    [
                        escape(one.name),
                        str(one.year),
                        output.number(one.lines),
                        output.number(one.accounts),
                        _styled(one),
                    ]
                    for one in report.outcomes
                ),
            )
        )
    for name, why in report.without_lines.items():
        out.print(f"{escape(name)}: {escape(why)}", soft_wrap=True)
    for one in report.outcomes:
        for sentence in _sentences(one):
            out.print(f"{escape(one.name)} {one.year}: {escape(sentence)}", soft_wrap=True)
    for name, why in report.failed_tokens.items():
        out.print(f"[bold red]Token {escape(name)}[/]: {escape(why)}")
    spent = report.requests
    out.print(f"Requests   {spent['general']} general, {spent['reports']} for reports")


def _styled(one: Outcome) -> str:
    return f"[{_STYLES.get(one.status, 'yellow')}]{one.status.replace('_', ' ')}[/]"


def _sentences(one: Outcome) -> list[str]:
    """What a person must know of one file beside its row."""
    from pathlib import Path

    from pipelines.cli import output

    found = [one.error] if one.error else []
    if one.path:
        found.append(f"kept as {output.path(Path(one.path))}")
    if one.differing:
        more = f" and {len(one.differing) - _LISTED} more" if len(one.differing) > _LISTED else ""
        found.append(
            f"accounts {', '.join(one.differing[:_LISTED])}{more} differ; if the books moved since the last sync, "
            "sync and ask again."
        )
        first = one.differences[0]
        found.append(
            f"first of them {first.account_number or first.ledger_account_id}, {first.what}: auditfile "
            f"{output.amount(first.auditfile)}, lines {output.amount(first.lines)}."
        )
    return found + list(one.remarks)
