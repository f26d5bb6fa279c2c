"""Refusals of what the plan does not allow any more."""

from __future__ import annotations

from pipelines.sandbox.actions.limits import may_make
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api.answer import refuse


def refuse_at_limit(administration: Administration, plural: str) -> None:
    """402 when the plan allows no more of these; for some kinds the words are by analogy with those of the others."""
    if not may_make(administration, plural):
        raise refuse(402, f"creating {plural.replace('_', ' ')} is limited", {"administration": "limit_reached"})
