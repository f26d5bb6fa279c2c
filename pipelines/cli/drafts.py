"""`dovecote drafts …`: what waits in the outbox, approve it, see what became of it. Needs no token."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import drafts_inbox, drafts_submit, worker
from pipelines.cli import office as doors
from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from pipelines.operations import Command, Store

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Number = Annotated[int, typer.Argument(help="The command's number, as `drafts list` shows it.")]

drafts = typer.Typer(no_args_is_help=True, help="Drafts for Moneybird: preview, submit, approve, list, retry, cancel.")


def register(app: typer.Typer) -> None:
    """Adds `drafts`, and `worker`, which sends what `drafts` approved."""
    drafts_submit.register(drafts)
    drafts_inbox.register(drafts)
    app.add_typer(drafts, name="drafts")
    worker.register(app)


@drafts.command(name="list")
def list_(
    limit: Annotated[int, typer.Option(help="How many, newest first.", min=1)] = 50,
    state: Annotated[list[str] | None, typer.Option(help="Only this state; may be given again.")] = None,
    json: Json = False,
) -> None:
    """List the commands in the outbox, newest first."""
    from pipelines.cli import drafts_output, output
    from pipelines.operations import State
    from pipelines.operations import commands as outbox

    try:
        states = [State(each) for each in state or ()]
    except ValueError:
        raise ConfigurationError(f"--state knows {', '.join(State)}.") from None
    with doors.opened_store() as (_, store), store.read() as connection:
        found = outbox.recent(connection, limit=limit, states=states)
    if json:
        output.print_json({"commands": [drafts_output.as_json(command) for command in found]})
    else:
        drafts_output.print_list(found)


@drafts.command()
def show(command_id: Number, json: Json = False) -> None:
    """Show one command: its request, its preview, what it meets in the outbox, its history."""
    from pipelines import writeback
    from pipelines.cli import drafts_output, output
    from pipelines.operations import audit

    with doors.opened_store() as (_, store):
        if not json:
            _print_whole(store, command_id)
            return
        waiting = writeback.with_collisions(store, command_id)
        with store.read() as connection:
            history = audit.of_command(connection, command_id)
    command = waiting.command
    whole = {**drafts_output.as_json(command), "request": command.request, "payload": command.payload}
    more = {"preview": command.preview, "collisions": [asdict(each) for each in waiting.collisions]}
    output.print_json({**whole, **more, "history": [drafts_output.plain(asdict(entry)) for entry in history]})


@drafts.command()
def approve(
    command_id: Number,
    seen: Annotated[str, typer.Option(help="What `drafts show` says it is seen as; on a terminal it asks.")] = "",
    reviewed: Annotated[bool, typer.Option("--reviewed", help="You looked at what it says to LOOK at.")] = False,
    json: Json = False,
) -> None:
    """Approve exactly what you saw: the worker may send it. Any change voids the approval."""
    from pipelines import writeback

    with doors.opened_store() as (settings, store), doors.opened_office(settings, store) as office:
        seen = seen or _seen_on_terminal(store, command_id)
        who = doors.person(settings)
        _done(writeback.approve(store, command_id, office, who=who, seen=seen, reviewed=reviewed), json)


@drafts.command()
def retry(command_id: Number, json: Json = False) -> None:
    """Put a rejected, failed or ambiguous command back; it is looked up before it is sent again."""
    from pipelines import writeback

    with doors.opened_store() as (settings, store):
        policy, who = writeback.Policy.of(settings), doors.person(settings)
        _done(writeback.retry(store, command_id, policy, who=who, at=doors.now()), json)


@drafts.command()
def cancel(command_id: Number, json: Json = False) -> None:
    """Take a command out of the outbox. Deletes nothing in Moneybird."""
    from pipelines import writeback

    with doors.opened_store() as (settings, store):
        policy, who = writeback.Policy.of(settings), doors.person(settings)
        _done(writeback.cancel(store, command_id, policy, who=who, at=doors.now()), json)


@drafts.command()
def log(
    command_id: Annotated[int | None, typer.Argument(help="Only this command.")] = None,
    limit: Annotated[int, typer.Option(help="How many lines.", min=1)] = 50,
    verify: Annotated[bool, typer.Option("--verify", help="Check that no line was changed or taken out.")] = False,
    json: Json = False,
) -> None:
    """Show who did what, newest last; `--verify` ends with 4 when the log was tampered with."""
    from pipelines.cli import drafts_output, output
    from pipelines.operations import audit

    with doors.opened_store() as (_, store), store.read() as connection:
        lines = audit.latest(connection, limit=limit)[::-1]
        if command_id is not None:
            lines = audit.of_command(connection, command_id)[-limit:]
        broken = audit.broken_at(connection) if verify else None
        newest = audit.latest(connection, limit=1)
    if json:
        shown = {"lines": [drafts_output.plain(asdict(entry)) for entry in lines]}
        output.print_json({**shown, "broken_at": broken} if verify else shown)
    else:
        drafts_output.print_log(lines)
        if verify and broken is None:
            end = f"; it ends with {newest[0].chain}" if newest and newest[0].chain else ""
            print(f"The log is whole{end}.")  # noted elsewhere, that finds a log whose end was cut off
        elif verify:
            print(f"Line {broken} is not what was written; restore a backup.")
    if broken is not None:
        raise typer.Exit(4)


def _print_whole(store: Store, command_id: int) -> Command:
    """The command as it was printed."""
    from pipelines import writeback
    from pipelines.cli import drafts_output
    from pipelines.operations import audit

    waiting = writeback.with_collisions(store, command_id)
    with store.read() as connection:
        history = audit.of_command(connection, command_id)
    drafts_output.print_one(waiting.command, waiting.collisions, history)
    return waiting.command


def _seen_on_terminal(store: Store, command_id: int) -> str:
    """Shows the command and asks; a script has to say what it saw."""
    if not _is_terminal():
        raise ConfigurationError(
            f"Say what was looked at: `dovecote drafts approve {command_id} --seen …`, as `drafts show` tells."
        )
    shown = _print_whole(store, command_id)
    typer.confirm("Approve this?", abort=True)
    return shown.preview_hash


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _done(command: Command, json: bool) -> None:
    from pipelines.cli import drafts_output, output

    if json:
        output.print_json(drafts_output.as_json(command))
    else:
        drafts_output.say(command)
