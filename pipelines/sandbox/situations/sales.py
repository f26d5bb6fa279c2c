"""Invoices of our own and of other systems."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.sandbox import states_documents
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Cents, ExternalInvoice, Invoice

Sold = Invoice | ExternalInvoice


def _total(administration: Administration, invoice: Sold) -> Cents:
    return administration.figures(invoice).incl


def _paid(invoice: Sold) -> Cents:
    return sum(payment.price for payment in invoice.payments)


def _partly(administration: Administration, invoice: Sold) -> bool:
    return 0 < _paid(invoice) < _total(administration, invoice)


def _over(administration: Administration, invoice: Sold) -> bool:
    return 0 < _total(administration, invoice) < _paid(invoice)


def _paid_late(_administration: Administration, invoice: Invoice) -> bool:
    return any(payment.day > invoice.due_date and not payment.settlement for payment in invoice.payments)


def _boxes(administration: Administration, invoice: Sold) -> set[str]:
    rates = (administration.tax_rates[line.tax_rate_id] for line in invoice.lines)
    return {reference for rate in rates for reference in rate.references}


def _oss(administration: Administration, invoice: Sold) -> bool:
    return any(administration.tax_rates[line.tax_rate_id].country for line in invoice.lines)


def _is_credit(administration: Administration, invoice: Sold) -> bool:
    return _total(administration, invoice) < 0


def _credits_part(administration: Administration, invoice: Invoice) -> bool:
    original = administration.invoices.get(invoice.original_id or 0)
    return original is not None and -_total(administration, invoice) < _total(administration, original)


def _deferred(_administration: Administration, invoice: Invoice) -> bool:
    day = invoice.invoice_date
    return day is not None and any(
        line.period and (line.period[1].year, line.period[1].month) > (day.year, day.month) for line in invoice.lines
    )


def _for_earlier(_administration: Administration, invoice: Invoice) -> bool:
    day = invoice.invoice_date
    return day is not None and any(line.period and line.period[1] < day.replace(day=1) for line in invoice.lines)


def _exchange(_administration: Administration, invoice: Sold) -> bool:
    return any(payment.price_base != round(payment.price * invoice.rate) for payment in invoice.payments)


def _in_state(state: str) -> Callable[[Administration, Invoice], bool]:
    return lambda administration, invoice: administration.state(invoice) == state


def _external_in_state(state: str) -> Callable[[Administration, ExternalInvoice], bool]:
    return lambda administration, invoice: (
        states_documents.state(invoice, administration.figures(invoice), administration.clock.today()) == state
    )


def _returned_without_credit(administration: Administration, invoice: ExternalInvoice) -> bool:
    """Money went back while the order stands: the refund has no credit behind it."""
    return _total(administration, invoice) > 0 and any(payment.price < 0 for payment in invoice.payments)


INVOICES: dict[str, Callable[[Administration, Invoice], bool]] = {
    **{
        f"invoice {state}": _in_state(state)
        for state in ("draft", "scheduled", "open", "pending_payment", "late", "reminded", "paid", "uncollectible")
    },
    "invoice partly paid": _partly,
    "invoice paid twice over in part": _over,
    "invoice paid late": _paid_late,
    "invoice paid before its date": lambda _, i: any(i.invoice_date and p.day < i.invoice_date for p in i.payments),
    "invoice paid without a bank line": lambda _, i: any(
        p.mutation_id is None and p.matched_mutation_id is None and not p.settlement for p in i.payments
    ),
    "invoice whose payment the bank showed later": lambda _, i: any(p.matched_mutation_id for p in i.payments),
    "invoice with discount": lambda _, i: bool(i.discount),
    "invoice with prices including tax": lambda _, i: i.prices_are_incl_tax,
    "invoice in another currency": lambda a, i: i.currency != a.currency,
    "invoice in an administration of another currency": lambda a, _: a.currency != "EUR",
    "invoice with an exchange difference": _exchange,
    "invoice with revenue for later months": _deferred,
    "invoice with revenue for an earlier month": _for_earlier,
    "invoice with a custom field": lambda _, i: bool(i.custom_fields),
    "invoice of an estimate": lambda _, i: i.estimate_id is not None,
    "invoice of a subscription": lambda _, i: i.subscription_id is not None,
    "invoice of a recurring invoice only": lambda _, i: i.recurring_id is not None and i.subscription_id is None,
    "invoice reverse-charged to the EU": lambda a, i: "NL/3b" in _boxes(a, i),
    "invoice for goods exported": lambda a, i: "NL/3a" in _boxes(a, i),
    "invoice with the reduced rate": lambda a, i: "NL/1b" in _boxes(a, i),
    "invoice dubious": lambda _, i: i.dubious_on is not None,
    "invoice uncollectible after a part was paid": lambda _, i: i.uncollectible_on is not None and bool(i.payments),
    "invoice uncollectible after it was dubious": lambda _, i: bool(i.uncollectible_on and i.dubious_on),
    "credit invoice linked": lambda _, i: i.original_id is not None,
    "credit invoice unlinked": lambda a, i: _is_credit(a, i) and i.original_id is None,
    "credit invoice of a part": _credits_part,
    "credit invoice struck off by hand": lambda a, i: _is_credit(a, i) and any(p.linked_payment_id for p in i.payments),
    "credit invoice settled": lambda a, i: _is_credit(a, i) and any(p.settlement for p in i.payments),
}

EXTERNAL: dict[str, Callable[[Administration, ExternalInvoice], bool]] = {
    **{
        f"external invoice {state}": _external_in_state(state)
        for state in ("new", "open", "late", "paid", "uncollectible", "pending_payment")
    },
    "external invoice without contact": lambda _, i: i.contact_id is None,
    "external invoice partly paid": _partly,
    "external invoice paid twice over in part": _over,
    "external invoice dubious": lambda _, i: i.dubious_on is not None,
    "external invoice under the one-stop shop": _oss,
    "external invoice for goods exported": lambda a, i: "NL/3a" in _boxes(a, i),
    "external invoice paid through a payment provider": lambda _, i: any(p.transaction_identifier for p in i.payments),
    "external invoice paid by transfer": lambda _, i: any(not p.transaction_identifier for p in i.payments),
    "external credit": _is_credit,
    "refund without a credit": _returned_without_credit,
}
