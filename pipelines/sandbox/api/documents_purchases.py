"""Purchase invoices and receipts: two collections of one kind of document.

A receipt includes tax and has no due date unless told otherwise; it may come with the account it was paid from. What
the contract leaves open is a guess: a purchase invoice needs a contact (as estimates do) and a receipt does not.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from pipelines.sandbox import states, states_documents
from pipelines.sandbox.actions import payments as money
from pipelines.sandbox.actions import purchases
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import details, fields, payments
from pipelines.sandbox.api.answer import Call, Reply, refuse
from pipelines.sandbox.api.details import Defaults
from pipelines.sandbox.api.documents import DELETED, Kind, operations
from pipelines.sandbox.api.documents_bodies import Body, opened, spend, without_404
from pipelines.sandbox.api.documents_shares import shares
from pipelines.sandbox.api.locks import refuse_locked
from pipelines.sandbox.api.routing import DOCUMENT, Operation, row
from pipelines.sandbox.model import Line, Purchase
from pipelines.sandbox.render.purchases import purchase as render

_KEYS = frozenset({
    "contact_id", "reference", "date", "currency", "prices_are_incl_tax", "details_attributes",
    "fiscal_allocations_attributes",
})  # fmt: skip
_KNOWN = {"purchase_invoice": _KEYS | {"due_date", "revenue_invoice"}, "receipt": _KEYS}
_BESIDE = {"purchase_invoice": frozenset[str](), "receipt": frozenset({"payment"})}
_DEFAULT_ACCOUNT = "Ongecategoriseerde uitgaven"


def _kind(name: str) -> Kind:
    return Kind(
        name=name,
        store=lambda administration: administration.purchases,
        holds=lambda purchase: purchase.kind == name,
        render=render,
        state=lambda a, p: states_documents.state(p, a.figures(p), a.clock.today()),
        updated=lambda a, p: states_documents.updated(p, a.figures(p), a.clock.milliseconds()),
        contacts=lambda p: (p.contact_id,),
        accounts=lambda p: {line.account_id for line in p.lines},
    )


PURCHASE_INVOICES, RECEIPTS = _kind("purchase_invoice"), _kind("receipt")


def of_purchases(administration: Administration) -> Defaults:
    """The account for what has no category yet, and the ordinary 21 % that comes back as input tax."""
    account = next(a.id for a in administration.accounts.values() if a.name == _DEFAULT_ACCOUNT)
    return Defaults(account, purchases.ordinary_rate(administration))


def create(kind: Kind, call: Call) -> Reply:
    """Checks everything first, then stores: a refused request leaves nothing behind."""
    administration = call.administration
    body = opened(call, kind.name, _KNOWN[kind.name], making=True, beside=_BESIDE[kind.name])
    with without_404():
        purchase = _new(body, kind)
        _check_contact(body, purchase)
        _fill(body, purchase)
        paid_from = _paid_from(body)
    body.complaints.refuse_if_any()
    refuse_locked(administration, purchase.day)
    spend(administration, f"{kind.name}s")
    purchases.receive(administration, purchase)
    return Reply(201, render(administration, _paid(administration, purchase, paid_from)))


def update(kind: Kind, call: Call) -> Reply:
    """Only what the body names changes; lines and shares that it does not name stay."""
    administration = call.administration
    before: Purchase = kind.found(call)
    body = opened(call, kind.name, _KNOWN[kind.name], making=False, beside=_BESIDE[kind.name])
    wanted = replace(before)
    if body.has("contact_id"):
        wanted.contact_id = body.contact(making=False)
        _check_contact(body, wanted)
    wanted.currency, wanted.rate = body.currency(before.currency) if body.has("currency") else (
        before.currency, before.rate
    )  # fmt: skip
    wanted.day = body.required_day("date", before.day)
    wanted.due_date = body.day("due_date") if body.has("due_date") else before.due_date
    wanted.reference = body.text("reference") if body.has("reference") else before.reference
    wanted.prices_are_incl_tax = body.flag("prices_are_incl_tax", before.prices_are_incl_tax)
    wanted.is_revenue = body.flag("revenue_invoice", before.is_revenue)
    _fill(body, wanted)
    paid_from = _paid_from(body)
    body.complaints.refuse_if_any()
    refuse_locked(administration, before.day, wanted.day)
    changed = purchases.change(administration, wanted)
    return Reply(200, render(administration, _paid(administration, changed, paid_from)))


def delete(kind: Kind, call: Call) -> Reply:
    purchase: Purchase = kind.found(call)
    if purchase.pending:  # wording not in any example
        raise refuse(400, "Document has a pending payment", {"id": "pending_payment"})
    refuse_locked(call.administration, purchase.day, status=400)
    purchases.remove(call.administration, purchase)
    return DELETED


def create_payment(kind: Kind, call: Call) -> Reply:
    return payments.created(call, kind.found(call))


def delete_payment(kind: Kind, call: Call) -> Reply:
    return payments.deleted(call, kind.found(call), "payment_id")


def register_payment(kind: Kind, call: Call) -> Reply:
    """The deprecated way: the same payment, answered with the bare number 200."""
    payments.registered(call, kind.found(call))
    return Reply(200, 200)


def _new(body: Body, kind: Kind) -> Purchase:
    administration = body.administration
    now = administration.clock.milliseconds()
    currency, rate = body.currency(administration.currency)
    return Purchase(
        id=0,
        kind=kind.name,
        contact_id=body.contact(making=True),
        day=body.required_day("date", administration.clock.today()),
        due_date=body.day("due_date"),
        reference=body.text("reference"),
        entry_number=None,
        created=now,
        updated=now,
        lines=[],
        is_revenue=body.flag("revenue_invoice", False),
        currency=currency,
        rate=rate,
        prices_are_incl_tax=body.flag("prices_are_incl_tax", kind is RECEIPTS),
        origin="api" if kind is PURCHASE_INVOICES else None,  # the examples of receipts made by the API have none
    )


def _check_contact(body: Body, purchase: Purchase) -> None:
    if purchase.contact_id is None and purchase.kind == PURCHASE_INVOICES.name:
        body.complaints.add("contact_id", "can't be blank", "blank")


def _fill(body: Body, purchase: Purchase) -> None:
    """Lines and private shares, each after the edit."""
    administration, complaints = body.administration, body.complaints
    purchase.lines = details.lines(
        administration, body.given.get("details_attributes"), complaints, of_purchases(administration), purchase.lines
    )
    for line in purchase.lines:
        _check_rate(administration, line, purchase, body)
    purchase.allocations = shares(administration, body.given.get("fiscal_allocations_attributes"), complaints, purchase)


def _check_rate(administration: Administration, line: Line, purchase: Purchase, body: Body) -> None:
    """A purchase is taxed at a purchase rate; self-billing (P-6c) is a sale and may take its rates too."""
    kind = administration.tax_rates[line.tax_rate_id].kind
    if kind != "purchase_invoice" and not (purchase.is_revenue and kind == "sales_invoice"):
        body.complaints.add("details.tax_rate_id", "is invalid", "invalid")  # wording not in any example


def _paid_from(body: Body) -> int | None:
    """The financial account of `payment` beside a receipt."""
    given: Any = body.rest.get("payment") if body.name == "receipt" else None
    if given is None:
        return None
    if not isinstance(given, dict):
        body.complaints.add("payment", "is invalid", "invalid")
        return None
    fields.unknown(body.complaints, given, frozenset({"financial_account_id"}), "payment.")
    accounts = body.administration.financial_accounts
    return fields.record_id(given.get("financial_account_id"), accounts, "financial_account_id", body.complaints)


def _paid(administration: Administration, purchase: Purchase, paid_from: int | None) -> Purchase:
    """Pays what is open on the receipt's day from that account. That it is paid in full is our reading of the field."""
    rest = administration.figures(purchase).incl - states.paid(purchase)
    if paid_from is None or not rest or not money.accepts(purchase):
        return purchase
    action = "cash_payment" if administration.financial_accounts[paid_from].kind == "CashAccount" else None
    remittance = money.Remittance(purchase.day, rest, action=action, financial_account_id=paid_from)
    money.register(administration, purchase, remittance)
    return purchase


def _writes(kind: Kind) -> tuple[Operation, ...]:
    path = f"{kind.path}/{{id}}"
    return (
        row("POST", kind.path, DOCUMENT, partial(create, kind)),
        row("PATCH", path, DOCUMENT, partial(update, kind)),
        row("DELETE", path, DOCUMENT, partial(delete, kind)),
        row("POST", f"{path}/payments", DOCUMENT, partial(create_payment, kind)),
        row("DELETE", f"{path}/payments/{{payment_id}}", DOCUMENT, partial(delete_payment, kind)),
        row("PATCH", f"{path}/register_payment", DOCUMENT, partial(register_payment, kind)),
    )


OPERATIONS: tuple[Operation, ...] = (
    *operations(PURCHASE_INVOICES),
    *_writes(PURCHASE_INVOICES),
    *operations(RECEIPTS),
    *_writes(RECEIPTS),
)
