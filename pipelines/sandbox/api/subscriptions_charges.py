"""Extra charges of subscriptions and of contacts: kept until the period is over, and then billed.

The contract takes any object here and has no 422: what is wrong with one field is a 400 of our wording.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from pipelines.sandbox import frequencies
from pipelines.sandbox.actions import charges
from pipelines.sandbox.api import fields, periods
from pipelines.sandbox.api.answer import Call, Complaints, RefusalError, Reply, not_found, refuse
from pipelines.sandbox.api.routing import INVOICE, Operation, row
from pipelines.sandbox.api.subscriptions import found
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.model import Charge, Product
from pipelines.sandbox.render.subscriptions import charge as render

_MONTHLY = (1, "month")


def of_subscription(call: Call) -> Reply:
    wanted = found(call).id
    return _listed(call, lambda charge: charge.subscription_id == wanted)


def of_contact(call: Call) -> Reply:
    """Those of the contact itself; a charge of its subscription is only shown there."""
    wanted = _contact(call)
    return _listed(call, lambda charge: charge.subscription_id is None and charge.contact_id == wanted)


def _listed(call: Call, fits: Callable[[Charge], bool]) -> Reply:
    billed = call.flag("include_billed")
    kept = [c for c in call.administration.charges.values() if fits(c) and (billed or c.line_id is None)]
    return Reply(200, [render(call.administration, charge) for charge in sorted(kept, key=lambda c: c.id)])


def add_to_subscription(call: Call) -> Reply:
    subscription = found(call)
    return _made(call, call.object(), subscription.contact_id, subscription.id)


def add_to_contact(call: Call) -> Reply:
    """The contact is in the path, so naming a subscription is refused, in the words of the example."""
    contact_id = _contact(call)
    given = call.object()
    if given.get("subscription_id") not in (None, ""):
        raise refuse(400, "contact_id or subscription_id is required", {"contact_id": "required"})
    return _made(call, given, contact_id, None)


def _contact(call: Call) -> int:
    id_ = call.id() or 0
    if id_ not in call.administration.contacts:
        raise not_found()
    return id_


def _made(call: Call, given: dict[str, Any], contact_id: int, subscription_id: int | None) -> Reply:
    """Price and description are the product's when they are left out, the period is this month."""
    product = _product(call, given)
    complaints = Complaints()
    price = fields.cents(given.get("price"), "price", complaints)
    description = fields.text(given, "description", complaints)
    amount = fields.quantity(given.get("amount"), "amount", complaints)
    for name, texts in complaints.error.items():
        raise refuse(400, f"{name.capitalize()} {texts[0]}", {name: complaints.details[name][0]["error"]})
    charge = Charge(
        0, contact_id, subscription_id, product.id, amount or "1 x",
        product.price if price is None else price, _period(call, given),
        description or product.description or product.title or "",
    )  # fmt: skip
    charges.create(call.administration, charge)
    call.world.calendar_changed()
    return Reply(201, render(call.administration, charge))


def _product(call: Call, given: dict[str, Any]) -> Product:
    named = str(given.get("product_id"))
    product = call.administration.products.get(id_of(named))
    if product is None:
        raise refuse(404, "Product not found", {"product_id": "not_found"})
    return product


def _period(call: Call, given: dict[str, Any]) -> tuple[date, date]:
    today = call.administration.clock.today()
    if given.get("period") in (None, ""):
        first = today.replace(day=1)
        return first, frequencies.after(first, 1, _MONTHLY) - timedelta(days=1)
    try:
        return periods.for_list(str(given["period"]), today)
    except RefusalError:
        raise refuse(400, "Period is invalid", {"period": "invalid"}) from None


OPERATIONS: tuple[Operation, ...] = (
    row("GET", "subscriptions/{id}/additional_charges", INVOICE, of_subscription),
    row("POST", "subscriptions/{id}/additional_charges", INVOICE, add_to_subscription),
    row("GET", "contacts/{id}/additional_charges", INVOICE, of_contact),
    row("POST", "contacts/{id}/additional_charges", INVOICE, add_to_contact),
)
