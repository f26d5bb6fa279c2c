"""Events around purchases, external invoices and journals; see `events`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from pipelines.sandbox import amounts, chart, states, states_documents
from pipelines.sandbox.actions import external, journals, payments, purchases
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.events.people import Answer, Arguments, cents, day, pick_contact
from pipelines.sandbox.model import Entry, ExternalInvoice, Journal, Line, Purchase


def receive_purchase(administration: Administration, arguments: Arguments) -> Answer:
    """A new purchase invoice of today; `contact_id`, `price` (text, excluding tax) and `due_date` may be named."""
    contact = pick_contact(administration, arguments, lambda contact: not contact.card.archived)
    now, today = administration.clock.milliseconds(), administration.clock.today()
    due = day(arguments, "due_date", today + timedelta(days=14))
    line = _line(administration, arguments, purchases.ordinary_rate(administration), chart.GENERAL)
    purchase = Purchase(
        0,
        "purchase_invoice",
        contact.id,
        today,
        due,
        arguments.get("reference"),
        None,
        now,
        now,
        [line],
        origin="email",
    )
    return _purchase(administration, purchases.receive(administration, purchase))


def change_purchase(administration: Administration, arguments: Arguments) -> Answer:
    """One euro more on the first line of `document_id`, or of the newest that nobody paid."""
    purchase = _pick(administration, arguments)
    first = replace(purchase.lines[0], price=purchase.lines[0].price + 100, updated=administration.clock.milliseconds())
    return _purchase(administration, purchases.change(administration, purchase, lines=[first, *purchase.lines[1:]]))


def pay_purchase(administration: Administration, arguments: Arguments) -> Answer:
    """What is open on a purchase is paid today; its bank transaction is not known yet (P-10)."""
    purchase = _pick(administration, arguments)
    rest = administration.figures(purchase).incl - states.paid(purchase)
    payment = payments.register(administration, purchase, payments.Remittance(administration.clock.today(), rest))
    return _purchase(administration, purchase) | {"payment_id": str(payment.id), "amount": amounts.text(rest)}


def delete_purchase(administration: Administration, arguments: Arguments) -> Answer:
    purchase = _pick(administration, arguments)
    purchases.remove(administration, purchase)
    return {"document_id": str(purchase.id)}


def receive_external_invoice(administration: Administration, arguments: Arguments) -> Answer:
    """An order of another system, of today and without a contact; `price` (text, excluding tax) may be named."""
    now, today = administration.clock.milliseconds(), administration.clock.today()
    line = _line(administration, arguments, administration.sales_rate(21), chart.REV)
    reference = arguments.get("reference", f"order-{now}")
    invoice = ExternalInvoice(0, None, today, today + timedelta(days=14), reference, 0, now, now, [line])
    made = external.take_in(administration, invoice)
    return {"external_sales_invoice_id": str(made.id), "version": made.updated // 1000}


def delete_external_invoice(administration: Administration, arguments: Arguments) -> Answer:
    """Deletes the named one or the newest."""
    known = administration.external_invoices
    named = arguments.get("external_sales_invoice_id", max(known, default=None))
    if named is None:
        raise ValueError("no external invoice fits")
    if int(named) not in known:
        raise ValueError(f"no external invoice {named}")
    external.remove(administration, known[int(named)])
    return {"external_sales_invoice_id": str(named)}


def enter_journal(administration: Administration, arguments: Arguments) -> Answer:
    """`amount` (text, by default 100.00) from accrued costs to general costs, today."""
    amount = cents(arguments, "amount", "100.00")
    now, roles = administration.clock.milliseconds(), administration.roles
    entries = [Entry(roles[chart.GENERAL], amount, 0, "Kosten"), Entry(roles[chart.ACC_COST], 0, amount, "Kosten")]
    journal = Journal(0, administration.clock.today(), arguments.get("reference", "Memoriaal"), entries, now, now)
    return {"document_id": str(journals.enter(administration, journal).id), "amount": amounts.text(amount)}


def delete_journal(administration: Administration, arguments: Arguments) -> Answer:
    """Deletes the named journal or the newest that is not a return or a year end."""
    ordinary = [j.id for j in administration.journals.values() if not j.is_vat_return and j.kind is None]
    named = arguments.get("document_id", max(ordinary, default=None))
    if named is None:
        raise ValueError("no journal fits")
    if int(named) not in ordinary:
        raise ValueError(f"no journal {named}")
    journals.remove(administration, administration.journals[int(named)])
    return {"document_id": str(named)}


def _line(administration: Administration, arguments: Arguments, rate_id: int, role: str) -> Line:
    price = cents(arguments, "price", "100.00")
    now = administration.clock.milliseconds()
    account_id = administration.roles[role]
    return Line(0, "Nieuwe levering", price, "1 x", Decimal(1), rate_id, account_id, None, None, 0, now, now)


def _pick(administration: Administration, arguments: Arguments) -> Purchase:
    """The named purchase or receipt, else the newest with something to pay."""
    named = arguments.get("document_id")
    if named is not None:
        if int(named) not in administration.purchases:
            raise ValueError(f"no purchase {named}")
        return administration.purchases[int(named)]
    today = administration.clock.today()
    for purchase in sorted(administration.purchases.values(), key=lambda purchase: purchase.id, reverse=True):
        if states_documents.state(purchase, administration.figures(purchase), today) in ("open", "late"):
            return purchase
    raise ValueError("no purchase fits")


def _purchase(administration: Administration, purchase: Purchase) -> Answer:
    updated = states_documents.updated(purchase, administration.figures(purchase), administration.clock.milliseconds())
    return {"document_id": str(purchase.id), "version": updated // 1000}


EVENTS: tuple[Callable[[Administration, Arguments], Answer], ...] = (
    *(receive_purchase, change_purchase, pay_purchase, delete_purchase),
    *(receive_external_invoice, delete_external_invoice, enter_journal, delete_journal),
)
