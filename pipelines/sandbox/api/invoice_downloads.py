"""A sales invoice as PDF, as packing slip and as UBL. The first two are links that are good for thirty seconds."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import links
from pipelines.sandbox.api.answer import Call, Reply
from pipelines.sandbox.api.invoice_writes import found
from pipelines.sandbox.api.routing import INVOICE, Operation, row
from pipelines.sandbox.model import Invoice
from pipelines.sandbox.render import invoice_papers, ubl


def pdf(call: Call) -> Reply:
    return _offered(call, invoice_papers.invoice_pdf)


def packing_slip(call: Call) -> Reply:
    return _offered(call, invoice_papers.packing_slip)


def _offered(call: Call, paper: Callable[[Administration, Invoice, bool], bytes]) -> Reply:
    invoice = found(call)
    return links.pdf(
        call, invoice_papers.name_of(invoice), lambda stationery: paper(call.administration, invoice, stationery)
    )


def as_ubl(call: Call) -> Reply:
    return Reply(200, ubl.invoice_xml(call.administration, found(call)), {"Content-Type": "text/xml"})


OPERATIONS: tuple[Operation, ...] = (
    row("GET", "sales_invoices/{id}/download_pdf", INVOICE, pdf),
    row("GET", "sales_invoices/{id}/download_packing_slip_pdf", INVOICE, packing_slip),
    row("GET", "sales_invoices/{id}/download_ubl", INVOICE, as_ubl),
)
