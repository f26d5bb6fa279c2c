"""What the plan still allows of one kind of record, named by the plural that the API has for it."""

from __future__ import annotations

from pipelines.sandbox.administration import Administration


def may_make(administration: Administration, plural: str) -> bool:
    """Whether the plan allows one more of these."""
    return administration.limits.get(plural, 1) > 0


def count_down(administration: Administration, plural: str) -> None:
    """Must be called for every one that is made by the API or by the calendar."""
    if plural in administration.limits:
        administration.limits[plural] -= 1
