"""`dovecote drafts …`: put drafts into the outbox, approve them, see what became of them. Needs no token."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli import worker
from pipelines.errors import CommandRefusedError, ConfigurationError

if TYPE_CHECKING:
    from pipelines.config import Settings
    from pipelines.operations import AuditEntry, Command
    from pipelines.writeback import DraftInvoice, Preview

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Number = Annotated[int, typer.Argument(help="The command's number, as `drafts list` shows it.")]

drafts = typer.Typer(no_args_is_help=True, help="Drafts for Moneybird: add, approve, list, retry, cancel.")


def register(app: typer.Typer) -> None:
    """Adds `drafts`, and `worker`, which sends what `drafts` approved."""
    app.add_typer(drafts, name="drafts")
    worker.register(app)


@drafts.command(name="list")
def list_(
    limit: Annotated[int, typer.Option(help="How many, newest first.", min=1)] = 50,
    state: Annotated[list[str] | None, typer.Option(help="Only this state; may be given again.")] = None,
    json: Json = False,
) -> None:
    """List the commands in the outbox, newest first."""
    from pipelines.cli import output
    from pipelines.operations import State
    from pipelines.operations import commands as outbox

    try:
        states = [State(each) for each in state or ()]
    except ValueError:
        raise ConfigurationError(f"--state knows {', '.join(State)}.") from None
    with worker.opened_store() as (_, store), store.read() as connection:
        found = outbox.recent(connection, limit=limit, states=states)
    if json:
        output.print_json({"commands": [_as_json(command) for command in found]})
    else:
        _print_list(found)


@drafts.command()
def show(command_id: Number, json: Json = False) -> None:
    """Show one command: its request, its preview, its history."""
    from pipelines.cli import output
    from pipelines.operations import audit
    from pipelines.operations import commands as outbox

    with worker.opened_store() as (_, store), store.read() as connection:
        command = outbox.get(connection, command_id)
        history = audit.of_command(connection, command_id)
    if json:
        whole = {**_as_json(command), "payload": command.payload, "preview": command.preview}
        output.print_json({**whole, "history": [_plain(asdict(entry)) for entry in history]})
    else:
        _print_one(command, history)


@drafts.command()
def add(
    file: Annotated[Path, typer.Argument(help="A draft as JSON, with the fields above.")],
    approve: Annotated[bool, typer.Option("--approve", help="Approve it too: the worker may send it.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would be sent; nothing is kept.")] = False,
    json: Json = False,
) -> None:
    """Put a draft into the outbox. Adding the same file again gives the same command.

    Fields: administration_id, contact_id, lines; optional customer_reference, invoice_date (2026-11-20) and draft_id
    (another one makes another invoice of the same content).

    Fields of a line: description, unit_price (text, without VAT, "129.95"), tax_rate_id, ledger_account_id; optional
    quantity ("1"), project_id and period (20260101..20261231). The ids are those of the marts' dim_ tables.
    """
    from pipelines import writeback
    from pipelines.cli import output

    draft = _read_draft(file)
    with worker.opened_store() as (settings, store), _catalogue(settings) as catalogue:
        if preview:
            may_write = settings.may_write(draft.administration_id)
            findings = writeback.checklist(draft, catalogue, may_write=may_write)
            _print_preview(findings, draft, catalogue, json)
            if not all(finding.is_good for finding in findings):
                raise typer.Exit(CommandRefusedError.exit_code)
            return
        command = writeback.enqueue(
            store, draft, catalogue, may_write=settings.may_write, who=_person(), at=worker.now(), approve=approve
        )
    if json:
        output.print_json(_as_json(command))
    else:
        _say(command)


@drafts.command()
def approve(command_id: Number, json: Json = False) -> None:
    """Approve a command that waits: the worker may send it."""
    from pipelines import writeback

    with worker.opened_store() as (settings, store):
        _done(
            writeback.approve(store, command_id, may_write=settings.may_write, who=_person(), at=worker.now()),
            json,
        )


@drafts.command()
def retry(command_id: Number, json: Json = False) -> None:
    """Put a rejected, failed or ambiguous command back; it is looked up before it is sent again."""
    from pipelines import writeback

    with worker.opened_store() as (_, store):
        _done(writeback.retry(store, command_id, who=_person(), at=worker.now()), json)


@drafts.command()
def cancel(command_id: Number, json: Json = False) -> None:
    """Take a command out of the outbox. Deletes nothing in Moneybird."""
    from pipelines import writeback

    with worker.opened_store() as (_, store):
        _done(writeback.cancel(store, command_id, who=_person(), at=worker.now()), json)


@contextmanager
def _catalogue(settings: Settings) -> Iterator[Any]:
    """A catalogue of the published marts. Raises ConfigurationError when nothing was published."""
    from pipelines.warehouse.snapshot import current_snapshot, read_snapshot
    from pipelines.writeback import MartsCatalogue

    snapshot = current_snapshot(settings.published_link)
    if snapshot is None:
        raise ConfigurationError(f"Nothing has been published in {settings.home} yet; run `dovecote run` first.")
    with read_snapshot(snapshot) as connection:

        def ask(sql: str, params: Sequence[object]) -> list[Mapping[str, Any]]:
            cursor = connection.execute(sql, list(params))
            columns = [column[0] for column in cursor.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

        yield MartsCatalogue(ask)


def _read_draft(file: Path) -> DraftInvoice:
    from pydantic import ValidationError

    from pipelines.writeback import DraftInvoice

    try:
        return DraftInvoice.model_validate_json(file.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise CommandRefusedError(f"{file}: {where}: {first['msg'].removeprefix('Value error, ')}.") from None


def _person() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return f"user {os.getuid()}"


def _done(command: Command, json: bool) -> None:
    from pipelines.cli import output

    if json:
        output.print_json(_as_json(command))
    else:
        _say(command)


def _say(command: Command) -> None:
    print(f"Command {command.id} is {command.state.replace('_', ' ')}: {command.preview['reference']}.")


def _as_json(command: Command) -> dict[str, Any]:
    left_out = ("payload", "preview")
    kept = {key: value for key, value in asdict(command).items() if key not in left_out}
    return {**_plain(kept), "reference": command.preview["reference"]}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}


def _print_list(found: list[Command]) -> None:
    from rich.markup import escape

    from pipelines.cli import output

    columns = [("no.", "right"), ("state", "left"), ("reference", "left"), ("contact", "left"), ("incl. VAT", "right")]
    rows = (
        (
            str(command.id),
            command.state.replace("_", " "),
            escape(command.preview["reference"]),
            escape(command.preview["contact_name"]),
            output.amount(_decimal(command.preview["total_incl_amount"])),
            escape(command.last_error or ""),
        )
        for command in found
    )
    output.console().print(output.table("Outbox", [*columns, ("what happened", "left")], rows))


def _print_one(command: Command, history: list[AuditEntry]) -> None:
    import json

    _say(command)
    if command.last_error:
        print(command.last_error)
    for reason in command.preview["reasons"]:
        print(reason)
    print(json.dumps(command.payload, indent=2, ensure_ascii=False))
    for entry in history:
        state = f" → {entry.after_state}" if entry.after_state != entry.what else ""
        print(f"{entry.at:%Y-%m-%d %H:%M:%S} UTC  {entry.who}: {entry.what}{state}")


def _print_preview(findings: list[Any], draft: DraftInvoice, catalogue: Any, json: bool) -> None:
    from pipelines import writeback
    from pipelines.cli import output

    good = all(finding.is_good for finding in findings)
    shown: Preview | None = writeback.preview(draft, catalogue) if good else None
    checks = [asdict(finding) for finding in findings]
    if json:
        output.print_json({"checks": checks, "request": shown and shown.request, "preview": shown and shown.as_json()})
        return
    for finding in findings:
        print(f"{'ok ' if finding.is_good else 'NO '} {finding.sentence}")
    if shown is not None:
        print(f"Total {shown.currency_code} {output.amount(shown.total_incl_amount)} with VAT, as {shown.reference}.")


def _decimal(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)
