"""A question and what was found. `Finding.value` None means that no example was there.

Evidence is counts, yes or no, and names of fields; never an amount, an id, a name or a text of the administration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipelines.probe.evidence import Evidence

OTHER = "other"  # seen, and like none of the readings we know
Counts = Mapping[str, int | bool | list[str]]


@dataclass(frozen=True)
class Finding:
    value: str | None = None
    evidence: Counts = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """`readings` are the values we know, our own reading first; `rules` the postings' assumptions it settles."""

    id: str
    asks: str
    readings: tuple[str, ...]
    find: Callable[[Evidence], Finding]
    rules: tuple[str, ...] = ()


def one_of(votes: Mapping[str, int], **more: int | bool) -> Finding:
    """The reading that all examples support; `other` when examples disagree, nothing when there are none."""
    seen = [value for value, count in votes.items() if count]
    evidence: dict[str, int | bool | list[str]] = {**votes, **more}
    if not seen:
        return Finding(None, evidence)
    return Finding(seen[0] if len(seen) == 1 else OTHER, evidence)
