"""The life of a command, as data: which state may follow which.

    draft → awaiting_approval → queued → sending ─┬→ verified
                                                  ├→ rejected   Moneybird said no, in its words
                                                  ├→ ambiguous  no answer: looked up before anything else
                                                  ├→ failed     not what was approved, or a person must look
                                                  └→ queued     certainly not processed: throttled, or never left here

`verified` and `cancelled` are ends; a person may put `rejected` and `failed` back to `queued`, which is safe because
every pass looks the business key up before it creates anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a command stands; the values are what the store, the command line and the page show."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    QUEUED = "queued"
    SENDING = "sending"
    VERIFIED = "verified"
    REJECTED = "rejected"
    AMBIGUOUS = "ambiguous"
    FAILED = "failed"
    CANCELLED = "cancelled"


ALLOWED: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.AWAITING_APPROVAL, State.QUEUED, State.CANCELLED}),
    State.AWAITING_APPROVAL: frozenset({State.QUEUED, State.CANCELLED}),
    State.QUEUED: frozenset(
        {State.QUEUED, State.SENDING, State.AMBIGUOUS, State.VERIFIED, State.FAILED, State.CANCELLED}
    ),
    State.SENDING: frozenset({State.QUEUED, State.VERIFIED, State.REJECTED, State.AMBIGUOUS, State.FAILED}),
    State.AMBIGUOUS: frozenset({State.AMBIGUOUS, State.QUEUED, State.SENDING, State.VERIFIED, State.FAILED}),
    State.REJECTED: frozenset({State.QUEUED, State.CANCELLED}),
    State.FAILED: frozenset({State.FAILED, State.QUEUED, State.CANCELLED}),
    State.VERIFIED: frozenset(),
    State.CANCELLED: frozenset(),
}
"""A state that may follow itself carries a new `last_error` and a later `not_before_at`."""

UNSENT = (State.DRAFT, State.AWAITING_APPROVAL, State.QUEUED, State.REJECTED, State.FAILED, State.CANCELLED)
"""States in which a command may get another content, unless something stands there or may still come to stand there."""

LIVING = (State.DRAFT, State.AWAITING_APPROVAL, State.QUEUED, State.SENDING, State.AMBIGUOUS, State.FAILED)
"""States in which what a command claims is still its own; of `verified` ones Moneybird's own data tell soon."""

WORKABLE = (State.QUEUED, State.AMBIGUOUS)
"""What the worker picks up; `sending` is picked up only by the pass that knows its worker is gone."""
