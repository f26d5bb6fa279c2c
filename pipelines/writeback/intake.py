"""From events in the inbox to commands in the outbox; the receiver only stored them.

An event is marked after its commands are in. Killed in between, it is read once more, and its commands are the ones
that stand there already, because a source gives every request the sender's own id.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.errors import CommandRefusedError
from pipelines.operations import Event, EventState, Store, inbox
from pipelines.writeback.kinds import KINDS
from pipelines.writeback.office import Office
from pipelines.writeback.outbox import submit
from pipelines.writeback.request import Request
from pipelines.writeback.sources import SOURCES, Asked, Source, Taken

_OF_ITS_CONTENT = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What code raises that did not foresee a value. Such an event is set aside, or nothing after it would ever be read."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TakenIn:
    """One event with what became of it: numbers of commands, and one sentence per thing that became none."""

    event: Event
    state: EventState
    commands: tuple[int, ...]
    refused: tuple[str, ...]
    remarks: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"commands": list(self.commands), "refused": list(self.refused), "remarks": list(self.remarks)}


def take_in(store: Store, office: Office, sources: Mapping[str, Source] = SOURCES) -> Iterator[TakenIn]:
    """Reads every waiting event, oldest first, and says what became of each.

    Commands are asked for by the sender, who needs the right to where people are configured, and everywhere for what
    books at once. Raises CommandRefusedError when another process is reading.
    """
    with inbox.only_reader(store) as is_alone:
        if not is_alone:
            raise CommandRefusedError("Another process is taking events in; let it finish, or stop its --watch.")
        last = 0
        while event := _next(store, last):
            last = event.id
            found = _read(store, event, office, sources)
            with store.write() as connection:
                inbox.mark(connection, event, found.state, at=office.now, result=found.as_json())
            yield found


def _next(store: Store, after: int) -> Event | None:
    with store.read() as connection:
        return inbox.next_waiting(connection, after=after)


def _read(store: Store, event: Event, office: Office, sources: Mapping[str, Source]) -> TakenIn:
    made: list[int] = []
    try:
        taken = _taken(event, office, sources)
    except CommandRefusedError as error:
        return TakenIn(event, EventState.REFUSED, (), (str(error),), ())
    except _OF_ITS_CONTENT as error:
        return TakenIn(event, EventState.REFUSED, (), (_not_foreseen(event, error),), ())
    refused = [row.sentence for row in taken.bad]
    for _, request in taken.requests:
        try:
            _refuse_unless_of_a_person(event, request, office)
            made.append(submit(store, request, office, who=event.sender, origin=event.origin).id)
        except CommandRefusedError as error:
            refused.append(str(error))
        except _OF_ITS_CONTENT as error:
            refused.append(_not_foreseen(event, error))
    state = EventState.TAKEN if not refused else EventState.PARTLY if made else EventState.REFUSED
    return TakenIn(event, state, tuple(made), tuple(refused), taken.remarks)


def _refuse_unless_of_a_person(event: Event, request: Request, office: Office) -> None:
    """What books at once is asked for by one person and approved by another; a system is neither."""
    if KINDS[request.kind].posts and event.sender not in office.policy.people:
        raise CommandRefusedError(
            f"A {request.kind.replace('_', ' ')} books at once and needs two people, and {event.sender} is not one of "
            f"dovecote.people: submit it from a file, or add {event.sender} there with the right to draft and read "
            f"event {event.id} again."
        )


def _not_foreseen(event: Event, error: Exception) -> str:
    """The trace goes to the debug log: it may hold what the event holds."""
    log.error("intake.not_foreseen event=%s cause=%s", event.id, type(error).__name__)
    log.debug("intake.not_foreseen event=%s", event.id, exc_info=error)
    return (
        f"Something in event {event.id} was not foreseen ({type(error).__name__}); report it, and read the event once "
        f"more with `dovecote drafts take-in --again {event.id}` when that is mended."
    )


def _taken(event: Event, office: Office, sources: Mapping[str, Source]) -> Taken:
    source = sources.get(event.source)
    if source is None:
        raise CommandRefusedError(f"There is no source {event.source} any more; its sender has to choose another.")
    return source.take(Asked(event.body, f"{event.origin}.json", sender=event.sender), office)
