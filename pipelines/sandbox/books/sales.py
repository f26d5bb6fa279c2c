"""Invoices to customers: our own and credit invoices (P-1 to P-4), and those of other systems (P-5)."""

from __future__ import annotations

from pipelines.sandbox.books import doubt, lines, payments
from pipelines.sandbox.books.bill import SALE, Bill
from pipelines.sandbox.books.desk import Desk
from pipelines.sandbox.ledger import Posting
from pipelines.sandbox.model import ExternalInvoice, Invoice
from pipelines.sandbox.page import Page
from pipelines.sandbox.rules import documents, follows
from pipelines.sandbox.states import is_posted


@follows(documents.DRAFTS_STAY_OUT)
def invoice_bill(desk: Desk, invoice: Invoice) -> Bill | None:
    """None while it is a draft or scheduled: then it is not in the books (P-1)."""
    if not is_posted(invoice) or invoice.invoice_date is None:
        return None
    return Bill(
        "SalesInvoice", invoice.id, SALE, invoice.invoice_date, f"Factuur {invoice.number}", invoice.contact_id,
        invoice.lines, invoice.payments, desk.figures(invoice), invoice.rate,
    )  # fmt: skip


@follows(documents.NEW_STAYS_OUT)
def external_bill(desk: Desk, invoice: ExternalInvoice) -> Bill | None:
    """None while it is new: nobody has processed it yet (A)."""
    if invoice.is_new:
        return None
    title = f"Externe factuur {invoice.reference or invoice.entry_number}"
    return Bill(
        "ExternalSalesInvoice", invoice.id, SALE, invoice.day, title, invoice.contact_id,
        invoice.lines, invoice.payments, desk.figures(invoice), invoice.rate,
    )  # fmt: skip


def post(desk: Desk, bill: Bill, invoice: Invoice | ExternalInvoice) -> list[Posting]:
    """The document on its date; payments, provision and write-off on theirs."""
    page = Page(bill.kind, bill.id, bill.title)
    lines.post(desk, page, bill)
    payments.post(desk, page, bill)
    doubt.post(desk, page, bill, invoice.dubious_on, invoice.uncollectible_on)
    return page.lines
