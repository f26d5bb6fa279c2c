"""`dovecote drafts take-in` and `inbox`: events that the receiver stored, and what became of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli import office as doors
from pipelines.errors import CommandRefusedError, ConfigurationError

if TYPE_CHECKING:
    from pipelines.config import Settings
    from pipelines.operations import Event, Store
    from pipelines.writeback.intake import TakenIn

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
INTERVAL_SECONDS = 5.0  # between two looks into the inbox; a local read
PARTLY = 3


def register(drafts: typer.Typer) -> None:
    """Adds both verbs."""
    drafts.command(name="take-in")(take_in)
    drafts.command()(inbox)


def take_in(
    watch: Annotated[bool, typer.Option("--watch", help="Go on until Ctrl-C or SIGTERM.")] = False,
    again: Annotated[
        int | None, typer.Option(help="First put back this event, of which something was refused.")
    ] = None,
    json: Json = False,
) -> None:
    """Turn events that the receiver stored into commands that wait for approval; safe to kill and to run again.

    Ends with 3 when something of them was refused, and with 2 when everything was.
    """
    from pipelines.cli import output
    from pipelines.cli.worker import stopped_by_signal
    from pipelines.operations import inbox as events

    found: list[dict[str, Any]] = []  # without bodies: a watch lasts
    with stopped_by_signal() as stop, doors.opened_store(with_tokens=False) as (settings, store):
        if again is not None:
            with store.write() as connection:
                events.put_back(connection, again)
        found += _one_pass(settings, store, quiet=json)
        while watch and not stop.wait(INTERVAL_SECONDS):
            found += _one_pass(settings, store, quiet=json)
    if json:
        output.print_json({"events": found})
    elif not found:
        print("No event was waiting.")
    if any(each["refused"] for each in found):
        raise typer.Exit(PARTLY if any(each["commands"] for each in found) else CommandRefusedError.exit_code)


def inbox(
    limit: Annotated[int, typer.Option(help="How many, newest first.", min=1)] = 50,
    state: Annotated[list[str] | None, typer.Option(help="Only this state; may be given again.")] = None,
    json: Json = False,
) -> None:
    """List events of other systems, newest first, with the reasons why something of them became no command."""
    from pipelines.cli import output
    from pipelines.operations import EventState
    from pipelines.operations import inbox as events

    try:
        states = [EventState(each) for each in state or ()]
    except ValueError:
        raise ConfigurationError(f"--state knows {', '.join(EventState)}.") from None
    with doors.opened_store(with_tokens=False) as (_, store), store.read() as connection:
        found = events.recent(connection, limit=limit, states=states)
    if json:
        output.print_json({"events": [_event_json(event) for event in found]})
        return
    for event in found:
        _say(event, event.state, event.result or {})
    if not found:
        print("The inbox is empty.")


def _one_pass(settings: Settings, store: Store, *, quiet: bool) -> list[dict[str, Any]]:
    """What waits now, judged by what is published now; marts are opened only when something waits."""
    from pipelines.operations import inbox as events
    from pipelines.writeback.intake import take_in as taken_in

    with store.read() as connection:
        if events.next_waiting(connection) is None:
            return []
    found: list[dict[str, Any]] = []
    with doors.opened_office(settings, store) as office:
        for each in taken_in(store, office):
            found.append(_taken_json(each))
            if not quiet:
                _say(each.event, each.state, each.as_json())
    return found


def _say(event: Event, state: str, result: dict[str, Any]) -> None:
    made = ", ".join(str(number) for number in result.get("commands", ()))
    became = f": command {made}" if made else ""
    print(f"Event {event.id} ({event.source} of {event.sender}, {event.idempotency_key}) is {state}{became}.")
    for reason in result.get("refused", ()):
        print(f"NO  {reason}")
    for remark in result.get("remarks", ()):
        print(f"    {remark}")


def _taken_json(each: TakenIn) -> dict[str, Any]:
    return {**_event_json(each.event), "state": each.state, **each.as_json()}


def _event_json(event: Event) -> dict[str, Any]:
    """An event without its body, which holds personal data."""
    from pipelines.cli import drafts_output

    kept = {key: value for key, value in asdict(event).items() if key not in ("body", "result")}
    return {**drafts_output.plain(kept), **(event.result or {})}
