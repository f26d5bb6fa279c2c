"""Bank transactions linked, booked and taken apart again. Amounts follow the contract's table of `price_base`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipelines.sandbox import chart
from pipelines.sandbox.actions import bank, payment_orders, payments, purchases
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import quantity
from pipelines.sandbox.api import bank as reading
from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Call, Complaints, Reply, not_found, refuse, refuse_unknown
from pipelines.sandbox.api.locks import refuse_locked
from pipelines.sandbox.api.routing import BANK, Operation, row
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.model import Cents, Line, Mutation, PaymentOrder, Purchase
from pipelines.sandbox.payers import Payable
from pipelines.sandbox.render import bank as render

_LINK_KEYS = frozenset({
    "booking_type", "booking_id", "price_base", "price", "description", "payment_batch_identifier", "project_id",
    "mark_open_sepa_transaction_as_paid",
})  # fmt: skip
_UNLINK_KEYS = frozenset({"booking_type", "booking_id"})


def _body(call: Call, keys: frozenset[str]) -> dict[str, Any]:
    body = call.object()
    refuse_unknown(body, keys)
    if not body.get("booking_type"):
        raise refuse(400, "Booking Type is required", {"booking_type": "required"})  # by analogy with `ids`
    return body


def _money(body: dict[str, Any], name: str) -> Cents | None:
    return fields.cents(body.get(name), name, Complaints())


def _amount(body: dict[str, Any]) -> Cents:
    """`price_base`, without which nothing can be booked; the words are the contract's example."""
    found = _money(body, "price_base")
    if found is None:
        raise refuse(400, "Price can't be nil", {"price": "nils"})
    return found


def link(call: Call) -> Reply:
    """Answers with the bare number 200; read the transaction again to see what came of it."""
    mutation = reading.found(call)
    body = _body(call, _LINK_KEYS)
    handler = _LINKS.get(str(body["booking_type"]))
    if handler is None:
        raise refuse(400, "Booking Type isn't an option", {"booking_type": "in"})
    refuse_locked(call.administration, mutation.day, status=400, what="Booking")
    handler(call.administration, mutation, body)
    return Reply(200, 200)


def _record(body: dict[str, Any], known: dict[int, Any]) -> Any:
    record = known.get(id_of(body.get("booking_id")))
    if record is None:
        raise not_found("booking_id")
    return record


def _document(known: Callable[[Administration], dict[int, Any]]) -> Callable[..., None]:
    def linked(administration: Administration, mutation: Mutation, body: dict[str, Any]) -> None:
        document: Payable = _record(body, known(administration))
        if not payments.accepts(document):
            raise refuse(400, "Booking can't be linked", {"booking_id": "state"})  # wording not in any example
        base, price = abs(_amount(body)), _money(body, "price")
        if price is None and document.rate != 1:
            raise refuse(400, "Price can't be nil", {"price": "nils"})  # both are required in a foreign currency
        if price is None or document.currency == administration.currency:
            price = base  # in the own currency the two can only be the same
        bank.link_document(administration, mutation, document, abs(price), base)

    return linked


def _account(administration: Administration, mutation: Mutation, body: dict[str, Any]) -> None:
    account = _record(body, administration.accounts)
    project = body.get("project_id")
    project_id = fields.record_id(project, administration.projects, "project_id", Complaints()) if project else None
    text = str(body.get("description") or mutation.message)
    bank.book(administration, mutation, account.id, _amount(body), text, project_id)


def _vat_return(administration: Administration, mutation: Mutation, body: dict[str, Any]) -> None:
    returns = {id_: journal for id_, journal in administration.journals.items() if journal.is_vat_return}
    bank.pay_return(administration, mutation, _record(body, returns), _amount(body))


def _payment(administration: Administration, mutation: Mutation, body: dict[str, Any]) -> None:
    id_ = id_of(body.get("booking_id"))
    document = payments.owner(administration, id_)
    if document is None:
        raise not_found("booking_id")
    payment = next(payment for payment in document.payments if payment.id == id_)
    try:
        bank.match_payment(administration, mutation, document, payment)
    except ValueError:
        raise refuse(400, "Booking can't be linked", {"booking_id": "state"}) from None  # wording not in any example


def _bought(kind: str) -> Callable[..., None]:
    """A new purchase of just this amount, without VAT, on uncategorised costs, paid by the transaction (a guess)."""

    def made(administration: Administration, mutation: Mutation, body: dict[str, Any]) -> None:
        amount = abs(_amount(body)) * (1 if mutation.amount < 0 else -1)
        at = administration.clock.milliseconds()
        line = Line(
            0, mutation.message, amount, None, quantity(None), _untaxed(administration),
            _costs(administration), None, None, 0, at, at,
        )  # fmt: skip
        bought = Purchase(
            0, kind, None, mutation.day, mutation.day, mutation.message[:100], None, at, at, [line],
            prices_are_incl_tax=True, origin=None,
        )  # fmt: skip
        purchases.receive(administration, bought)
        bank.link_document(administration, mutation, bought, abs(amount), abs(amount))

    return made


def _untaxed(administration: Administration) -> int:
    rates = [rate for rate in administration.tax_rates.values() if rate.kind == "purchase_invoice" and rate.active]
    return next((rate.id for rate in rates if not rate.percentage), rates[0].id)


def _costs(administration: Administration) -> int:
    named = "Ongecategoriseerde uitgaven"
    return next(
        (a.id for a in administration.accounts.values() if a.name == named), administration.roles[chart.GENERAL]
    )


def _order(administration: Administration, mutation: Mutation, body: dict[str, Any]) -> None:
    _carry_out(administration, mutation, [_record(body, administration.payment_orders)])


def _order_batch(administration: Administration, mutation: Mutation, body: dict[str, Any]) -> None:
    wanted = str(body.get("booking_id") or "")
    orders = [order for order in administration.payment_orders.values() if str(order.batch_id or "") == wanted]
    if not orders or not wanted:
        raise not_found("booking_id")
    _carry_out(administration, mutation, orders)


def _carry_out(administration: Administration, mutation: Mutation, orders: list[PaymentOrder]) -> None:
    """The amount comes from the orders; each pays its own purchase."""
    for order in orders:
        purchase = administration.purchases.get(order.purchase_id or 0)
        if purchase is not None:
            bank.link_document(administration, mutation, purchase, order.amount, order.amount)
        payment_orders.carry_out(administration, order)


def _unknown_batch(_administration: Administration, _mutation: Mutation, _body: dict[str, Any]) -> None:
    """Payment transactions belong to a payment service the sandbox does not have, so none is ever found."""
    raise not_found("booking_id")


_LINKS: dict[str, Callable[[Administration, Mutation, dict[str, Any]], None]] = {
    "SalesInvoice": _document(lambda administration: administration.invoices),
    "ExternalSalesInvoice": _document(lambda administration: administration.external_invoices),
    "Document": _document(lambda administration: administration.purchases),
    "LedgerAccount": _account,
    "VatDocument": _vat_return,
    "Payment": _payment,
    "NewPurchaseInvoice": _bought("purchase_invoice"),
    "NewReceipt": _bought("receipt"),
    "PurchaseTransaction": _order,
    "PurchaseTransactionBatch": _order_batch,
    "PaymentTransaction": _unknown_batch,
    "PaymentTransactionBatch": _unknown_batch,
}


def unlink(call: Call) -> Reply:
    """A DELETE with a body. Answers with the transaction as it is then."""
    mutation = reading.found(call)
    body = _body(call, _UNLINK_KEYS)
    administration = call.administration
    kind, wanted = body["booking_type"], str(body.get("booking_id") or "")
    if kind not in ("Payment", "LedgerAccountBooking"):
        raise refuse(400, "Booking Type isn't an option", {"booking_type": "in"})
    refuse_locked(administration, mutation.day, status=400, what="Booking")
    booking = next((b for b in mutation.bookings if str(b.id) == wanted), None)
    if kind == "Payment":
        linked = [pair for pair in administration.payments_from(mutation.id) if str(pair[1].id) == wanted]
        if linked:
            document, payment = linked[0]
            bank.unlink_payment(administration, mutation, document, payment)
            return Reply(200, render.mutation(administration, mutation))
        booking = booking if booking is not None and booking.vat_return_id else None
    if booking is None:
        raise not_found("booking_id")
    bank.unbook(administration, mutation, booking)
    return Reply(200, render.mutation(administration, mutation))


OPERATIONS: tuple[Operation, ...] = (
    row("PATCH", "financial_mutations/{id}/link_booking", BANK, link),
    row("DELETE", "financial_mutations/{id}/unlink_booking", BANK, unlink),
)
