"""What was bought, papers without amounts, and orders to pay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from pipelines.sandbox import states_documents
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Paper, PaymentOrder, Purchase


def _boxes(administration: Administration, purchase: Purchase) -> set[str]:
    rates = (administration.tax_rates[line.tax_rate_id] for line in purchase.lines)
    return {reference for rate in rates for reference in rate.references}


def _in_state(state: str) -> Callable[[Administration, Purchase], bool]:
    return lambda administration, purchase: (
        states_documents.state(purchase, administration.figures(purchase), administration.clock.today()) == state
    )


def _partly_paid(administration: Administration, purchase: Purchase) -> bool:
    return 0 < sum(payment.price for payment in purchase.payments) < administration.figures(purchase).incl


def _months(period: tuple[date, date] | None) -> int:
    return (period[1].year - period[0].year) * 12 + period[1].month - period[0].month + 1 if period else 0


PURCHASES: dict[str, Callable[[Administration, Purchase], bool]] = {
    **{
        f"purchase {state}": _in_state(state) for state in ("new", "open", "late", "paid", "saved", "pending_payment")
    },
    "receipt": lambda _, p: p.kind == "receipt",
    "purchase with prices including tax": lambda _, p: p.prices_are_incl_tax,
    "purchase over several months": lambda _, p: any(_months(line.period) > 1 for line in p.lines),
    "purchase reverse-charged": lambda a, p: "NL/4b" in _boxes(a, p),
    "purchase reverse-charged from outside the EU": lambda a, p: "NL/4a" in _boxes(a, p),
    "purchase reverse-charged within the country": lambda a, p: "NL/2a" in _boxes(a, p),
    "purchase with a private share": lambda _, p: bool(p.allocations),
    "purchase billed by ourselves for a customer": lambda _, p: p.is_revenue,
    "purchase in another currency": lambda a, p: p.currency != a.currency,
    "purchase without contact": lambda _, p: p.contact_id is None,
    "purchase partly paid": _partly_paid,
    "purchase credit": lambda a, p: a.figures(p).incl < 0 and not p.is_revenue,
    "purchase paid in cash": lambda _, p: any(payment.action == "cash_payment" for payment in p.payments),
    "purchase paid without a bank line": lambda _, p: any(
        payment.mutation_id is None and payment.action is None for payment in p.payments
    ),
    "purchase of an asset": lambda a, p: any(
        a.accounts[line.account_id].kind == "non_current_assets" for line in p.lines
    ),
}  # fmt: skip

ORDERS: dict[str, Callable[[Administration, PaymentOrder], bool]] = {
    "payment order on its own": lambda _, order: order.batch_id is None,
    "payment order in a batch": lambda _, order: order.batch_id is not None,
    **{
        f"payment order {state}": lambda _, order, state=state: order.state == state  # type: ignore[misc]
        for state in ("open", "awaiting_authorization", "pending_payment", "paid", "cancelled")
    },
}

PAPERS: dict[str, Callable[[Administration, Paper], bool]] = {
    "general document": lambda _, paper: paper.kind == "general_document",
    "typeless document": lambda _, paper: paper.kind == "typeless_document",
}
