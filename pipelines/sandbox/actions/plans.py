"""What a subscription brings each period, and what a change of product in the middle of one costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from pipelines.sandbox import frequencies
from pipelines.sandbox.actions.recurring import frequency
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import quantity, to_int
from pipelines.sandbox.clock import moment
from pipelines.sandbox.model import Line, Product, Recurring, Subscription

_HUNDRED = Decimal(100)


def frequency_of(product: Product) -> frequencies.Frequency:
    return product.frequency or 1, product.frequency_type or "month"


def line(administration: Administration, subscription: Subscription, day: date) -> Line:
    """The newest plan in the period that begins on `day`, without id.

    A monthly product that is billed yearly costs twelve times its price. The discount is taken off the price, so that
    the line can stand beside others on a merged invoice: a guess, the contract shows it on the product only.
    """
    product = administration.products[subscription.product_id]
    every = subscription.frequency or 1, subscription.frequency_type or "month"
    price = product.price * (frequencies.times(frequency_of(product), every) or 1)
    at = moment(day)
    return Line(
        0, product.description or product.title or "", to_int(price * (_HUNDRED - subscription.discount) / _HUNDRED),
        subscription.amount, quantity(subscription.amount),
        product.tax_rate_id or administration.sales_rate(21), product.account_id, None,
        frequencies.period_of(day, every), 0, at, at, product.id,
    )  # fmt: skip


def follow(administration: Administration, recurring: Recurring, subscription: Subscription, day: date) -> None:
    """Gives the recurring invoice the line of a later plan that has begun by `day`."""
    if subscription.plan_start is None or subscription.plan_start > day:
        return
    new = line(administration, subscription, day)
    old = recurring.lines[0] if recurring.lines else None
    if old is None or (old.product_id, old.price, old.amount) != (new.product_id, new.price, new.amount):
        recurring.lines = [replace(new, id=administration.new_id())]
        administration.forget_figures(recurring.id)


def difference(recurring: Recurring, new: Line, start: date) -> tuple[int, tuple[date, date]] | None:
    """Cents that the new line brings more from `start` until the next invoice, by days, and those days.

    None when that period was not billed yet, or when the new line brings no more: what a cheaper plan gives back the
    contract does not say.
    """
    following = recurring.next_day
    if start >= following or following <= recurring.start or not recurring.lines:
        return None
    first = frequencies.preceding(recurring.start, following, frequency(recurring))
    old = recurring.lines[0]
    more = new.price * new.quantity - old.price * old.quantity
    cents = to_int(more * (following - max(start, first)).days / (following - first).days)
    return (cents, (max(start, first), following - timedelta(days=1))) if cents > 0 else None
