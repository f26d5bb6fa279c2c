"""A checklist's rows, and refusing what does not pass it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.errors import CommandRefusedError


@dataclass(frozen=True)
class Finding:
    """One row of the checklist; `sentence` says what was found, and what to do when it is not good.

    `needs_review` is for what is good only when a person says that they looked at it.
    """

    check: str
    is_good: bool
    sentence: str
    needs_review: bool = False


def refuse_unless_good(findings: Iterable[Finding]) -> None:
    """Raises CommandRefusedError with every sentence of the checklist that is not good."""
    wrong = [finding.sentence for finding in findings if not finding.is_good]
    if wrong:
        raise CommandRefusedError(" ".join(wrong))


def to_review(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The sentences a person must say that they looked at."""
    return tuple(finding.sentence for finding in findings if finding.needs_review)
