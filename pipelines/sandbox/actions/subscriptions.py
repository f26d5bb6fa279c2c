"""What happens to a subscription: begun, changed to another product, billed for something extra, cancelled.

A subscription bills through a recurring invoice of its own, which is always sent by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from pipelines.sandbox import currencies
from pipelines.sandbox.actions import billing, plans, recurring, sales, sending
from pipelines.sandbox.actions.limits import count_down, may_make
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import quantity
from pipelines.sandbox.model import Invoice, Line, Plan, Recurring, Subscription

PLAN = frozenset({"product_id", "amount", "discount"})


@dataclass(frozen=True)
class Terms:
    """What the invoices of a subscription look like; a style of 0 is the administration's own."""

    document_style_id: int = 0
    mergeable: bool = False
    prices_are_incl_tax: bool = False


def create(
    administration: Administration, subscription: Subscription, terms: Terms, at: int | None = None
) -> Subscription:
    """Stores a subscription without id and the recurring invoice that bills it: from its first day, or tomorrow."""
    at = administration.at(at)
    product = administration.products[subscription.product_id]
    first = max(subscription.start, administration.clock.today() + timedelta(days=1))
    line = plans.line(administration, subscription, first)
    like = billing.of_contact(administration, subscription.contact_id, [], at)
    bills = Recurring(
        0, subscription.contact_id, first, first, at, at, [line], subscription.frequency or 1,
        subscription.frequency_type or "month", subscription.end, auto_send=True, mergeable=terms.mergeable,
        person=subscription.person, reference=subscription.reference, language=like.language,
        currency=product.currency, prices_are_incl_tax=terms.prices_are_incl_tax,
        payment_conditions=like.payment_conditions, due_days=like.due_days, workflow_id=like.workflow_id,
        document_style_id=terms.document_style_id or like.document_style_id,
    )  # fmt: skip
    bills.rate = currencies.rate(bills.currency, administration.currency)
    subscription.recurring_id = recurring.create(administration, bills, at).id
    subscription.id = administration.new_id(at)
    subscription.created = at
    administration.subscriptions[subscription.id] = subscription
    administration.announce("subscription_created", subscription)
    return subscription


def change(
    administration: Administration, subscription: Subscription, start: date, terms: dict[str, Any],
    at: int | None = None, **changes: Any,
) -> Subscription:  # fmt: skip
    """Changes the subscription and the invoices to come.

    Of `changes`, another product, amount or discount is a new plan from `start`; `terms` are fields of the recurring
    invoice. What the plan costs more in the period that was billed already is invoiced tomorrow (a guess: the contract
    says that it is billed and not when).
    """
    at = administration.at(at)
    bills = administration.recurring.get(subscription.recurring_id or 0)
    before = replace(subscription)
    for name, value in changes.items():
        setattr(subscription, name, value)
    new_plan = any(getattr(before, name) != getattr(subscription, name) for name in PLAN)
    if bills is not None and (terms or {"person", "reference"} & changes.keys()):
        edited = replace(bills, person=subscription.person, reference=subscription.reference, **terms)
        bills = recurring.change(administration, edited, at)
    if new_plan:
        _begin_plan(before, subscription, start)
        if bills is not None:
            _bill_plan(administration, subscription, bills, start, at)
    administration.announce("subscription_edited" if new_plan else "subscription_updated", subscription)
    return subscription


def cancel(administration: Administration, subscription: Subscription, end: date, at: int | None = None) -> None:
    """Ends it with `end`; its recurring invoice stops, at once when no invoice would come until then."""
    at = administration.at(at)
    subscription.end = end
    subscription.cancelled = at
    bills = administration.recurring.get(subscription.recurring_id or 0)
    if bills is not None:
        bills.last_day = end
        bills.updated = max(bills.updated, at)
        if bills.next_day > end:
            recurring.deactivate(administration, bills, at)
    administration.announce("subscription_cancelled", subscription)


def one_off(
    administration: Administration, bills: Recurring, lines: list[Line], day: date, at: int | None = None
) -> Invoice:
    """An invoice for something extra, scheduled for `day`, that becomes one with the subscription's of that day."""
    at = administration.at(at)
    invoice = billing.of_recurring(bills, lines, at)
    invoice.joins = bills.id
    sales.create(administration, invoice, at=at)
    count_down(administration, "sales_invoices")
    method = billing.delivery_method(administration, bills.contact_id)
    return sending.schedule(administration, invoice, day, sending.Sending(method), mergeable=bills.mergeable, at=at)


def is_active(administration: Administration, subscription: Subscription) -> bool:
    return subscription.end is None or subscription.end >= administration.clock.today()


def _begin_plan(before: Subscription, subscription: Subscription, start: date) -> None:
    """Keeps the plan that ends, unless the new one takes its place from the first day on."""
    began = before.plan_start or before.start
    if start > began:
        plan = Plan(began, start - timedelta(days=1), before.product_id, before.amount, before.discount)
        subscription.earlier = (*before.earlier, plan)
    subscription.plan_start = max(start, began)


def _bill_plan(
    administration: Administration, subscription: Subscription, bills: Recurring, start: date, at: int
) -> None:
    new = plans.line(administration, subscription, bills.next_day)
    extra = plans.difference(bills, new, start)
    plans.follow(administration, bills, subscription, bills.next_day)
    bills.updated = max(bills.updated, at)
    if extra is not None and may_make(administration, "sales_invoices"):
        cents, period = extra
        line = replace(new, price=cents, amount=None, quantity=quantity(None), period=period)
        tomorrow = administration.clock.today() + timedelta(days=1)
        invoice = one_off(administration, bills, [line], tomorrow, at)
        invoice.joins = None
