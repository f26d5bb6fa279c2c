"""Purchase transactions: orders to pay suppliers, read and taken back. Nothing makes one here but an upload.

The list shows what is in no batch, unless a filter says otherwise. A file of transfers needs an account at Moneybird's
own bank, which no administration of the sandbox has, so it is refused as the contract refuses it.
"""

from __future__ import annotations

from pipelines.sandbox.actions import payment_orders
from pipelines.sandbox.api import filters, periods
from pipelines.sandbox.api.answer import Call, Reply, not_there, refuse
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.api.routing import BANK, Operation, row
from pipelines.sandbox.model import PaymentOrder
from pipelines.sandbox.render.payment_orders import payment_order

DEFAULT_FILTER = "unbatched:true"
_STATES = ("all", "open", "awaiting_authorization", "pending_payment", "paid", "cancelled")
_TO_BE_SIGNED = ("awaiting_authorization", "preparing")  # shown among the open ones too


def listed(call: Call) -> Reply:
    return paginate(call, _filtered(call), lambda order: payment_order(call.administration, order))


def single(call: Call) -> Reply:
    return Reply(200, payment_order(call.administration, _found(call)))


def delete(call: Call) -> Reply:
    """204. The contract shows no refusal; what the bank has already is a 400 whose words are a guess."""
    order = _found(call)
    if not payment_orders.can_be_removed(order):
        raise refuse(400, "Purchase transaction can not be deleted", {"id": "state"})
    payment_orders.remove(call.administration, order)
    return Reply(204)


def upload(_call: Call) -> Reply:
    raise refuse(403, "No access to SEPA credit transfers")


def _found(call: Call) -> PaymentOrder:
    return call.find(call.administration.payment_orders, not_there("Purchase transaction"))


def _filtered(call: Call) -> list[PaymentOrder]:
    """The orders that match, newest first."""
    administration = call.administration
    found = list(administration.payment_orders.values())
    for key, value in filters.terms(call, DEFAULT_FILTER).items():
        if key == "state":
            chosen = filters.one_of(value, _STATES)
            states = {*chosen, *(_TO_BE_SIGNED if "open" in chosen else ())}
            found = [order for order in found if "all" in chosen or order.state in states]
        elif key == "period":
            start, end = periods.for_list(value, administration.clock.today())
            found = [order for order in found if order.day is not None and start <= order.day <= end]
        elif key == "unbatched" and filters.is_true(value):
            found = [order for order in found if order.batch_id is None]
    return sorted(found, key=lambda order: order.id, reverse=True)


OPERATIONS: tuple[Operation, ...] = (
    row("GET", "purchase_transactions", BANK, listed),
    row("GET", "purchase_transactions/{id}", BANK, single),
    row("DELETE", "purchase_transactions/{id}", BANK, delete),
    row("DELETE", "purchase_transactions/{id}/delete", BANK, delete),
    row("POST", "sepa_credit_transfer", BANK, upload),
)
