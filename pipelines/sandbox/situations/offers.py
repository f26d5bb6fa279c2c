"""Estimates, and what is billed again and again."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Charge, Estimate, Product, Recurring, Subscription


def _undecided(estimate: Estimate) -> bool:
    decided = (estimate.accepted_on, estimate.rejected_on, estimate.billed_on, estimate.archived_on)
    return estimate.sent_on is not None and not any(decided)


ESTIMATES: dict[str, Callable[[Administration, Estimate], bool]] = {
    "estimate draft": lambda _, e: e.sent_on is None,
    "estimate open": lambda a, e: _undecided(e) and e.due_date >= a.clock.today(),
    "estimate late": lambda a, e: _undecided(e) and e.due_date < a.clock.today(),
    "estimate accepted": lambda _, e: bool(e.accepted_on and not e.billed_on and not e.archived_on),
    "estimate rejected": lambda _, e: e.rejected_on is not None,
    "estimate billed": lambda _, e: e.billed_on is not None,
    "estimate archived": lambda _, e: e.archived_on is not None,
    "estimate with a custom field": lambda _, e: bool(e.custom_fields),
}

RECURRING: dict[str, Callable[[Administration, Recurring], bool]] = {
    "recurring invoice active": lambda _, r: r.active,
    "recurring invoice ended": lambda _, r: not r.active,
}

SUBSCRIPTIONS: dict[str, Callable[[Administration, Subscription], bool]] = {
    "subscription running": lambda _, s: s.cancelled is None,
    "subscription cancelled": lambda _, s: s.cancelled is not None,
}

CHARGES: dict[str, Callable[[Administration, Charge], bool]] = {
    "extra charge billed": lambda _, charge: charge.line_id is not None,
    "extra charge waiting": lambda _, charge: charge.line_id is None,
    "extra charge of a contact": lambda _, charge: charge.subscription_id is None,
}

PRODUCTS: dict[str, Callable[[Administration, Product], bool]] = {
    "product": lambda _, product: product.frequency is None,
    "product to subscribe to": lambda _, product: product.frequency is not None,
}
