"""Things that happen to a company while a test watches: each changes documents, and so books, versions and truth.

An event that names no record picks one itself, the same one every time. Each function answers with what it did, ids as
strings. ValueError says what cannot be done.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.events import documents, editing, people, sales
from pipelines.sandbox.events.people import Answer, Arguments

OF_THE_WORLD = ("advance_clock", "day_of_business")  # for the clock is everybody's: see `control`


def happen(administration: Administration, kind: str, arguments: Arguments) -> Answer:
    """Lets the named event happen. ValueError when there is no such event or no record it fits."""
    if kind not in EVENTS:
        raise ValueError(f"unknown event {kind!r}; known are {', '.join(sorted(EVENTS))}, {', '.join(OF_THE_WORLD)}")
    return EVENTS[kind](administration, arguments)


EVENTS: dict[str, Callable[[Administration, Arguments], Answer]] = {
    event.__name__: event for event in (*sales.EVENTS, *documents.EVENTS, *people.EVENTS, *editing.EVENTS)
}
