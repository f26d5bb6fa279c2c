"""`dovecote drafts sources`, `preview` and `submit`: from files, tables and events to commands in the outbox."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import office as doors
from pipelines.errors import CommandRefusedError, ConfigurationError

if TYPE_CHECKING:
    from pipelines.operations import Command, Store
    from pipelines.writeback import Office
    from pipelines.writeback.request import Request
    from pipelines.writeback.sources import Taken

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
File = Annotated[Path | None, typer.Argument(help="CSV, JSON or JSON lines; see `drafts sources`.")]
From = Annotated[str, typer.Option("--from", help="What the file holds, or where to look; see `drafts sources`.")]
Administration = Annotated[str | None, typer.Option(help="Only this administration.")]
Until = Annotated[datetime | None, typer.Option(help="Only what is due by this day.", formats=["%Y-%m-%d"])]
PARTLY = 3
_LONGEST_NAME = 120  # characters of a file's name; a command's origin has room for 200


def register(drafts: typer.Typer) -> None:
    """Adds the three verbs."""
    for verb in (sources, preview, submit):
        drafts.command()(verb)


def sources(json: Json = False) -> None:
    """List where requests can come from, with the fields of a row; of `requests`, those of every kind of command."""
    from pipelines.cli import drafts_output, output
    from pipelines.writeback.kinds import KINDS
    from pipelines.writeback.sources import SOURCES
    from pipelines.writeback.sources.schema import fields
    from pipelines.writeback.sources.typed import TypedRequests

    kinds = {name: fields(kind.request) for name, kind in KINDS.items()}
    if json:
        shown = {name: {"summary": s.summary, "fields": fields(s.row)} for name, s in SOURCES.items()}
        output.print_json({**shown, TypedRequests.name: {**shown[TypedRequests.name], "kinds": kinds}})
        return
    for name, source in SOURCES.items():
        print(f"{name}: {source.summary}")
        if name != TypedRequests.name:
            drafts_output.print_fields(fields(source.row))
    for kind, found in kinds.items():
        print(f"{TypedRequests.name}, kind {kind}:")
        drafts_output.print_fields(found)


def preview(
    file: File = None,
    source: From = "requests",
    administration: Administration = None,
    until: Until = None,
    json: Json = False,
) -> None:
    """Show what would be sent for every request, and why; nothing is kept. Ends with 2 when one is refused."""
    from pipelines import writeback
    from pipelines.cli import drafts_output, output

    with doors.opened_store() as (settings, store), doors.opened_office(settings, store) as office:
        taken = _take(file, source, administration, until, office, store)
        looked = [(origin, request, writeback.examine(request, office)) for origin, request in taken.requests]
    if json:
        shown = [drafts_output.examined_json(*each) for each in looked]
        output.print_json({"requests": shown, **_left_out(taken)})
    else:
        for origin, _, examined in looked:
            drafts_output.print_examined(origin, examined)
        _print_left_out(taken)
    if taken.bad or any(examined.preview is None for _, _, examined in looked):
        raise typer.Exit(CommandRefusedError.exit_code)


def submit(
    file: File = None,
    source: From = "requests",
    administration: Administration = None,
    until: Until = None,
    approve: Annotated[
        bool, typer.Option("--approve", help="Approve as well what you ask for yourself and needs no second look.")
    ] = False,
    json: Json = False,
) -> None:
    """Put requests into the outbox, where they wait for approval. The same request again is the same command.

    What is wrong is named with line, field, found and expected; the rest goes on. Ends with 3 when something was
    refused, and with 2 when everything was.
    """
    from pipelines import writeback
    from pipelines.cli import drafts_output, output

    kept: list[Command] = []
    refused: list[tuple[str, str]] = []
    with doors.opened_store() as (settings, store), doors.opened_office(settings, store) as office:
        who = doors.person(settings)
        taken = _take(file, source, administration, until, office, store)
        for origin, request in taken.requests:
            try:
                kept.append(writeback.submit(store, request, office, who=who, origin=origin))
                if approve and _needs_no_second_look(kept[-1], who):
                    seen = kept[-1].preview_hash
                    kept[-1] = writeback.approve(store, kept[-1].id, office, who=who, seen=seen)
            except CommandRefusedError as error:
                refused.append((origin, str(error)))
    if json:
        output.print_json(
            {
                "commands": [drafts_output.as_json(command) for command in kept],
                "refused": [{"origin": origin, "reason": reason} for origin, reason in refused],
                **_left_out(taken),
            }
        )
    else:
        for command in kept:
            drafts_output.say(command)
        for origin, reason in refused:
            print(f"NO  {origin}: {reason}")
        _print_left_out(taken)
    if refused or taken.bad:
        raise typer.Exit(PARTLY if kept else CommandRefusedError.exit_code)


def _take(
    file: Path | None,
    source: str,
    administration: str | None,
    until: datetime | None,
    office: Office,
    store: Store,
) -> Taken:
    from pipelines.writeback.outbox import is_made
    from pipelines.writeback.sources import SOURCES, Asked

    def made(request: Request) -> bool:
        return is_made(store, request)

    if source not in SOURCES:
        raise ConfigurationError(f"--from knows {', '.join(SOURCES)}; found {source!r}.")
    day: date | None = until.date() if until else None
    if file is None:
        if SOURCES[source].row is not None:
            raise ConfigurationError(f"{source} are read from a file; name it: `dovecote drafts submit FILE`.")
        return SOURCES[source].take(Asked(None, "", administration, day, is_made=made), office)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from None
    return SOURCES[source].take(Asked(content, file.name[-_LONGEST_NAME:], administration, day, is_made=made), office)


def _needs_no_second_look(command: Command, who: str) -> bool:
    """Never another person's: that is the second pair of eyes, and nothing was shown here."""
    is_own = command.created_by == who
    return is_own and command.state == "awaiting_approval" and not command.preview.get("reviews")


def _left_out(taken: Taken) -> dict[str, object]:
    return {"bad_rows": [asdict(row) for row in taken.bad], "remarks": list(taken.remarks)}


def _print_left_out(taken: Taken) -> None:
    from pipelines.cli import drafts_output

    drafts_output.print_bad(taken.bad)
    for remark in taken.remarks:
        print(f"    {remark}")
    if not (taken.requests or taken.bad or taken.remarks):
        print("Nothing to do.")
