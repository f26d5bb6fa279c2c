"""Events around sales invoices and their money; see `events`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from pipelines.sandbox import amounts, chart, states
from pipelines.sandbox.actions import payments, sales, sending
from pipelines.sandbox.actions.payments import Remittance
from pipelines.sandbox.actions.sending import Sending
from pipelines.sandbox.administration import PAYMENT_CONDITIONS, Administration
from pipelines.sandbox.events.people import Answer, Arguments, cents, day, pick_contact
from pipelines.sandbox.model import Booking, Invoice, Line, Mutation

Fits = Callable[[Invoice], bool]


def _invoice(administration: Administration, arguments: Arguments, *wishes: Fits) -> Invoice:
    """The named invoice, else the newest that fits the first wish any invoice fits."""
    named = arguments.get("sales_invoice_id")
    if named is not None:
        invoice = administration.invoices.get(int(named))
        if invoice is None:
            raise ValueError(f"no invoice {named}")
        return invoice
    newest_first = sorted(administration.invoices.values(), key=lambda invoice: invoice.id, reverse=True)
    for fits in wishes:
        for invoice in newest_first:
            if fits(invoice):
                return invoice
    raise ValueError("no invoice fits")


def _is_unpaid(invoice: Invoice) -> bool:
    return states.is_posted(invoice) and not invoice.payments


def _is_open(administration: Administration) -> Fits:
    return lambda invoice: (
        administration.state(invoice) in ("open", "late", "reminded") and (administration.figures(invoice).incl > 0)
    )


def _shown(administration: Administration, invoice: Invoice) -> Answer:
    return {"sales_invoice_id": str(invoice.id), "version": administration.updated(invoice) // 1000}


def remove_invoice_line(administration: Administration, arguments: Arguments) -> Answer:
    """Takes the last line off an invoice that keeps at least one."""
    invoice = _invoice(
        administration,
        arguments,
        lambda i: len(i.lines) > 1 and _is_unpaid(i) and i.original_id is None,
        lambda i: len(i.lines) > 1 and states.is_posted(i) and i.original_id is None,
    )
    if len(invoice.lines) < 2:
        raise ValueError("the invoice has one line only")
    line = invoice.lines[-1]
    changed = sales.change(administration, replace(invoice, lines=invoice.lines[:-1]))
    return _shown(administration, changed) | {"detail_id": str(line.id)}


def change_invoice_line(administration: Administration, arguments: Arguments) -> Answer:
    """Changes the price of the first line; `price` is text, by default one euro more."""
    invoice = _invoice(administration, arguments, _is_unpaid, states.is_posted)
    line = invoice.lines[0]
    price = cents(arguments, "price", "0") if "price" in arguments else line.price + 100
    line = replace(line, price=price, updated=administration.clock.milliseconds())
    changed = sales.change(administration, replace(invoice, lines=[line, *invoice.lines[1:]]))
    return _shown(administration, changed) | {"detail_id": str(line.id)}


def empty_payments(administration: Administration, arguments: Arguments) -> Answer:
    """Takes every payment off; bank lines behind them become unprocessed, the other half of a settlement goes too."""
    invoice = _invoice(administration, arguments, lambda i: bool(i.payments))
    gone = list(invoice.payments)
    for payment in gone:
        payments.remove(administration, invoice, payment)
    return _shown(administration, invoice) | {"payment_ids": [str(payment.id) for payment in gone]}


def delete_invoice(administration: Administration, arguments: Arguments) -> Answer:
    invoice = _invoice(administration, arguments, _is_unpaid, states.is_posted)
    sales.delete(administration, invoice)
    return {"sales_invoice_id": str(invoice.id)}


def restore_invoice(administration: Administration, arguments: Arguments) -> Answer:
    """Brings the named or the last deleted invoice back, at its old version."""
    deleted = administration.deleted_invoices
    named = arguments.get("sales_invoice_id") or next(reversed(deleted), None)
    if named is None or int(named) not in deleted:
        raise ValueError("no such deleted invoice")
    invoice = administration.restore_invoice(int(named))
    return {"sales_invoice_id": str(invoice.id), "version": administration.updated(invoice) // 1000}


def pay_invoice(administration: Administration, arguments: Arguments) -> Answer:
    """Money for an invoice through the bank today, or on `date`; `amount` is text, by default what is open."""
    invoice = _invoice(administration, arguments, _is_open(administration))
    if not states.is_posted(invoice):
        raise ValueError("a draft cannot be paid")
    now = administration.clock.milliseconds()
    paid_on = day(arguments, "date", administration.clock.today())
    rest = administration.figures(invoice).incl - states.paid(invoice)
    price = cents(arguments, "amount", "0") if "amount" in arguments else rest
    base = amounts.to_int(price * invoice.rate)
    bank = administration.accounts[administration.roles[chart.BANK]]
    financial_account = bank.financial_account_id or 0
    mutation = Mutation(
        administration.new_id(), paid_on, base, f"Factuur {invoice.number}", bank.id, financial_account, now, now
    )
    administration.put_mutation(mutation)
    payment = payments.register(administration, invoice, Remittance(paid_on, price, base, mutation_id=mutation.id))
    return _shown(administration, invoice) | {"payment_id": str(payment.id), "amount": amounts.text(price)}


def create_and_send_invoice(administration: Administration, arguments: Arguments) -> Answer:
    """A new sent invoice; `contact_id`, `price` (text, excluding tax), `invoice_date` and `period` may be named."""
    contact = pick_contact(administration, arguments, lambda contact: not contact.card.archived)
    now, today = administration.clock.milliseconds(), administration.clock.today()
    invoiced_on = day(arguments, "invoice_date", today)
    price = cents(arguments, "price", "100.00")
    line = Line(
        0, str(arguments.get("description", "Nieuwe levering")), price, "1 x", Decimal(1),
        administration.sales_rate(21), administration.roles[chart.REV], None, _period(arguments.get("period")), 0, now,
        now,
    )  # fmt: skip
    invoice = Invoice(
        0, contact.id, invoiced_on + timedelta(days=14), now, now, [line],
        reference=arguments.get("reference"), payment_conditions=PAYMENT_CONDITIONS,
        workflow_id=administration.workflow_id, document_style_id=administration.document_style_id,
        invoice_date=invoiced_on,
    )  # fmt: skip
    sending.send(administration, sales.create(administration, invoice), Sending("Manual"))
    return _shown(administration, invoice) | {"invoice_id": invoice.number}


def _period(text: str | None) -> tuple[date, date] | None:
    if text is None:
        return None
    first, _, last = text.partition("..")
    return date.fromisoformat(first), date.fromisoformat(last)


def mark_uncollectible(administration: Administration, arguments: Arguments) -> Answer:
    invoice = _invoice(administration, arguments, _is_open(administration))
    sales.mark_uncollectible(administration, invoice, administration.clock.today())
    return _shown(administration, invoice)


def book_on_control_account(administration: Administration, arguments: Arguments) -> Answer:
    """A bank line booked straight on debtors today (P-9b); `amount` is text, by default 50.00."""
    now = administration.clock.milliseconds()
    amount = cents(arguments, "amount", "50.00")
    bank = administration.accounts[administration.roles[chart.BANK]]
    booking = Booking(administration.new_id(), administration.roles[chart.AR], amount, "Rechtstreeks op debiteuren")
    mutation = Mutation(
        administration.new_id(), administration.clock.today(), amount, "Rechtstreeks op debiteuren", bank.id,
        bank.financial_account_id or 0, now, now, [booking],
    )  # fmt: skip
    administration.put_mutation(mutation)
    return {"financial_mutation_id": str(mutation.id), "amount": amounts.text(amount)}


def schedule_invoice(administration: Administration, arguments: Arguments) -> Answer:
    """Schedules the newest draft for `date`, by default tomorrow."""
    invoice = _invoice(administration, arguments, lambda i: not states.is_posted(i) and not i.scheduled)
    tomorrow = administration.clock.today() + timedelta(days=1)
    send_on = day(arguments, "date", tomorrow)
    sending.schedule(administration, invoice, send_on, Sending("Manual"), mergeable=False)
    return _shown(administration, invoice)


def remind_of_invoice(administration: Administration, arguments: Arguments) -> Answer:
    """The next reminder of an invoice that is late, sent by hand."""
    invoice = _invoice(administration, arguments, lambda i: administration.state(i) == "late")
    sending.remind(administration, invoice, Sending("Manual"))
    return _shown(administration, invoice)


def await_payment(administration: Administration, arguments: Arguments) -> Answer:
    """A collection is under way for an open invoice: the state is `pending_payment` until money is registered."""
    invoice = _invoice(administration, arguments, _is_open(administration))
    sales.await_payment(administration, invoice)
    return _shown(administration, invoice)


def credit_invoice(administration: Administration, arguments: Arguments) -> Answer:
    """A credit invoice for an open one, sent and settled with it today."""
    original = _invoice(administration, arguments, _is_open(administration))
    credit = sending.send(administration, sales.credit(administration, original), Sending("Manual"))
    payments.settle_credit(administration, credit, original)
    return _shown(administration, original) | {"credit_invoice_id": str(credit.id)}


EVENTS: tuple[Callable[[Administration, Arguments], Answer], ...] = (
    remove_invoice_line,
    change_invoice_line,
    empty_payments,
    delete_invoice,
    restore_invoice,
    pay_invoice,
    create_and_send_invoice,
    mark_uncollectible,
    book_on_control_account,
    schedule_invoice,
    remind_of_invoice,
    await_payment,
    credit_invoice,
)
