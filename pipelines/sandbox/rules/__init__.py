"""The rules the books follow, each with the evidence it rests on; code names them where they act (`follows`).

Nothing is decided here. `unproven` is what only a real administration can confirm.
"""

from __future__ import annotations

from pipelines.sandbox.rules import assets, documents, money
from pipelines.sandbox.rules.rule import FOLLOWED, KINDS, WITNESSES, Evidence, Rule, follows

__all__ = [
    "ALL", "FOLLOWED", "KINDS", "WITNESSES", "Evidence", "Rule", "assets", "documents", "follows", "money", "unproven",
    "unsampled",
]  # fmt: skip

ALL: tuple[Rule, ...] = tuple(
    value for module in (documents, money, assets) for value in vars(module).values() if isinstance(value, Rule)
)


def unproven() -> tuple[Rule, ...]:
    """Rules that nobody but us says: what a probe of a real administration must ask first."""
    return tuple(rule for rule in ALL if rule.is_assumed)


def unsampled() -> tuple[Rule, ...]:
    """Rules that no field, text or example of the specification shows, those a help page tells among them."""
    return tuple(rule for rule in ALL if not rule.is_sampled)
