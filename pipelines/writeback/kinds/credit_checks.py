"""The checklist a credit passes before it may be queued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipelines.money import CENT
from pipelines.writeback.catalogue import TaxRate
from pipelines.writeback.catalogue.documents import SalesInvoice
from pipelines.writeback.checklist import administration, contact, not_locked, writable
from pipelines.writeback.credit import CreditInvoice
from pipelines.writeback.findings import Finding
from pipelines.writeback.kinds.credited import Chosen, spoken
from pipelines.writeback.office import Office

NOT_SENT = ("draft", "scheduled")


def about_place(request: CreditInvoice, office: Office) -> list[Finding]:
    """What can be said before the invoice is known."""
    return [
        writable(request.administration_id, office),
        administration(request.administration_id, office.catalogue),
    ]


def not_found(request: CreditInvoice) -> Finding:
    return Finding(
        "original invoice",
        False,
        f"Sales invoice {request.sales_invoice_id} is not in the published data of administration "
        f"{request.administration_id}; correct it, or run `dovecote run` first when it is new.",
    )


def about_original(request: CreditInvoice, original: SalesInvoice, office: Office) -> list[Finding]:
    """Whether this invoice can be credited at all."""
    return [
        _is_sent(original),
        _is_an_invoice(original),
        contact(request.administration_id, original.contact_id, office.catalogue),
        not_locked(request.administration_id, None, office.catalogue, what="credit invoice"),
    ]


def about_lines(chosen: Chosen, rates: Sequence[TaxRate | None]) -> Iterator[Finding]:
    """Whether these lines, in these quantities, are on the invoice with rates that are known."""
    for problem in chosen.problems:
        yield Finding("lines", False, problem)
    for number, (each, rate) in enumerate(zip(chosen.lines, rates, strict=True), 1):
        if rate is None:
            yield Finding(
                f"line {number}: VAT rate",
                False,
                f"Line {number}: VAT rate {each.line.tax_rate_id} of the invoice is not in the published data; "
                "run `dovecote run` first.",
            )


def not_too_much(original: SalesInvoice, credit: Decimal) -> Finding:
    """`credit` is with VAT, positive. A cent over is the rounding of several parts."""
    left = original.total_incl_amount - original.credited_amount
    of = f"{original.currency_code} {left} of {original.total_incl_amount} is left to credit on {spoken(original)}"
    already = f" ({original.credited_amount} is credited already)" if original.credited_amount else ""
    if left <= 0 < original.total_incl_amount:
        return Finding("amount", False, f"Nothing more: {of}{already}; look at its credit invoices in Moneybird.")
    if credit > left + CENT:
        return Finding(
            "amount", False, f"Expected at most what is left, found {credit}: {of}{already}; credit fewer lines."
        )
    return Finding("amount", True, f"{of}{already}; this credit is {credit}.")


def _is_sent(original: SalesInvoice) -> Finding:
    number = spoken(original)
    if original.state in NOT_SENT:
        return Finding(
            "state", False, f"Invoice {number} is {original.state}; change or delete it in Moneybird instead."
        )
    if original.state == "uncollectible":
        return Finding(
            "state", False, f"Invoice {number} was given up as uncollectible, which a credit cannot undo; ask finance."
        )
    return Finding("state", True, f"Invoice {number} was sent.")


def _is_an_invoice(original: SalesInvoice) -> Finding:
    if original.is_credit:
        return Finding(
            "original invoice",
            False,
            f"{spoken(original)} is a credit invoice itself; credit the invoice it belongs to.",
        )
    return Finding("original invoice", True, f"{spoken(original)} is an invoice.")
