"""Purchase invoices and receipts: received, changed, removed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelines.sandbox.actions import payments
from pipelines.sandbox.actions.numbering import numbered
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Purchase


def ordinary_rate(administration: Administration) -> int:
    """Id of the 21 % that comes back as input tax and nothing else. ValueError when there is none."""
    for rate in administration.tax_rates.values():
        if rate.kind == "purchase_invoice" and rate.active and rate.percentage == 21 and rate.references == ("NL/5b",):
            return rate.id
    raise ValueError("no ordinary purchase rate")


def receive(administration: Administration, purchase: Purchase) -> Purchase:
    """Stores a new purchase: it gets its id and entry number, and ids for lines and private shares that have none."""
    at = administration.clock.milliseconds()
    purchase.id = purchase.id or administration.new_id(at)
    purchase.entry_number = purchase.entry_number or administration.next_entry_number()
    purchase.lines = numbered(administration, purchase.lines, at)
    purchase.allocations = numbered(administration, purchase.allocations, at)
    administration.put_purchase(purchase)
    administration.announce("document_saved", purchase)
    return purchase


def change(administration: Administration, purchase: Purchase, at: int | None = None, **changes: Any) -> Purchase:
    """The purchase with other facts in place of the old one. Contact and lines make a new one processed."""
    at = administration.at(at)
    changed = replace(purchase, **changes, updated=max(purchase.updated, at))
    changed.lines = numbered(administration, changed.lines, at)
    changed.allocations = numbered(administration, changed.allocations, at)
    changed.is_new = changed.is_new and not (changed.contact_id and changed.lines)
    administration.put_purchase(changed)
    administration.announce("document_updated", changed)
    return changed


def remove(administration: Administration, purchase: Purchase, at: int | None = None) -> None:
    """Takes it out: its payments come off first, so bank transactions behind them become unprocessed again.

    Orders to pay it that the bank does not have yet are cancelled. ValueError while the bank has one.
    """
    if purchase.pending:
        raise ValueError(f"a payment of document {purchase.id} is on its way")
    at = administration.at(at)
    for payment in tuple(purchase.payments):
        payments.remove(administration, purchase, payment, at)
    for order in administration.payment_orders.values():
        if order.purchase_id == purchase.id and order.state == "open":
            order.state, order.updated = "cancelled", max(order.updated, at)
    administration.remove_purchase(purchase.id)
    administration.announce("document_destroyed", purchase)
