"""Fair turns: every administration gets one request before any gets a second, so that a large one delays nobody.

Work is a generator that yields after each request. The quota is one for all administrations, so whoever waits, waits
for everybody; with turns the small ones are done long before the large one."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable

Turns = Generator[None, None, None]


def take_turns(works: Iterable[Turns]) -> None:
    """Runs all of them to their ends, one step of each at a time. What one raises ends all; catch inside the work."""
    waiting = deque(works)
    while waiting:
        work = waiting.popleft()
        try:
            next(work)
        except StopIteration:
            continue
        waiting.append(work)
