"""`subscriptions`: what subscriptions bring a month, and how many are lost.

The contract has four numbers and no formula, so all of this is the usual one (A): monthly revenue is the price of
every subscription that runs at the end of the period, brought to a month; the run rate is twelve of those; churn is the
share, in per cent, of the subscriptions at its start that ended in the period; lifetime value is what an average
subscription brings until it is lost at that rate. Subscriptions do not post, so nothing here comes from the ledger.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import decimal_text, quantity, text, to_int
from pipelines.sandbox.books.assets import month_end
from pipelines.sandbox.clock import local_date
from pipelines.sandbox.ledger import Month, first_day
from pipelines.sandbox.model import Subscription

_HUNDRED = Decimal(100)
_MONTHS = {
    "day": Decimal(12) / 365, "week": Decimal(12) / 52, "month": Decimal(1), "quarter": Decimal(3), "year": Decimal(12),
}  # fmt: skip


def subscriptions(administration: Administration, first: Month, last: Month) -> dict[str, Any]:
    start, end = first_day(first), month_end(last)
    at_start = [each for each in administration.subscriptions.values() if _runs(each, start) and each.start < start]
    at_end = [each for each in administration.subscriptions.values() if _runs(each, end) and each.start <= end]
    monthly = sum((_monthly(administration, each, end) for each in at_end), Decimal(0))
    lost = [each for each in at_start if not _runs(each, end)]
    churn = Decimal(len(lost)) / len(at_start) if at_start else Decimal(0)
    lifetime = monthly / len(at_end) / churn if churn and at_end else Decimal(0)
    revenue = to_int(monthly)
    return {
        "monthly_recurring_revenue": text(revenue),
        "annual_run_rate": text(revenue * 12),
        "churn_rate": decimal_text(Decimal(to_int(churn * _HUNDRED * 10)) / 10) if churn else "0",
        "lifetime_value": text(to_int(lifetime)) if lifetime else "0",
    }


def _runs(subscription: Subscription, day: date) -> bool:
    """Whether it has not ended by that day; a cancelled one without an end has ended when it was cancelled."""
    end = subscription.end
    if end is None and subscription.cancelled is not None:
        end = local_date(subscription.cancelled)
    return end is None or end >= day


def _monthly(administration: Administration, subscription: Subscription, day: date) -> Decimal:
    """Cents a month, in the administration's currency, of the plan it has on that day."""
    terms = next((plan for plan in subscription.earlier if plan.start <= day <= plan.end), subscription)
    product = administration.products[terms.product_id]
    frequency, kind = product.frequency or 1, product.frequency_type or "month"  # a price is for that, however billed
    price = product.price * quantity(terms.amount) * (_HUNDRED - terms.discount) / _HUNDRED
    return price / (_MONTHS[kind] * frequency)
