"""External sales invoices: what another system sent and this administration collects. Reads, payments, notes, files."""

from __future__ import annotations

from pipelines.sandbox import states_documents
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import attachments, external_writes, filters, notes, payments, periods
from pipelines.sandbox.api.answer import Call, Reply, not_found
from pipelines.sandbox.api.bearers import Bearer
from pipelines.sandbox.api.external_writes import found, named
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.api.routing import INVOICE, Operation, row
from pipelines.sandbox.api.synchronization import asked_ids
from pipelines.sandbox.model import ExternalInvoice
from pipelines.sandbox.render.external import external_invoice

DEFAULT_FILTER = "period:this_year"


def listed(call: Call) -> Reply:
    return paginate(call, _filtered(call), lambda invoice: external_invoice(call.administration, invoice))


def versions(call: Call) -> Reply:
    administration = call.administration
    return Reply(200, [{"id": str(i.id), "version": _updated(administration, i) // 1000} for i in _filtered(call)])


def by_ids(call: Call) -> Reply:
    known = call.administration.external_invoices
    return Reply(200, [external_invoice(call.administration, known[id_]) for id_ in asked_ids(call) if id_ in known])


def single(call: Call) -> Reply:
    return Reply(200, external_invoice(call.administration, named(call)))


def create_payment(call: Call) -> Reply:
    id_ = call.id("external_sales_invoice_id") or 0
    if id_ not in call.administration.external_invoices:
        raise not_found("invoice_id")
    return payments.created(call, call.administration.external_invoices[id_])


def delete_payment(call: Call) -> Reply:
    return payments.deleted(call, found(call, "external_sales_invoice_id"))


def _filtered(call: Call) -> list[ExternalInvoice]:
    """The invoices that match, newest first."""
    administration = call.administration
    matching = list(administration.external_invoices.values())
    for key, value in filters.terms(call, DEFAULT_FILTER).items():
        if key == "state":
            chosen = filters.one_of(value, ("all", *states_documents.OF_EXTERNAL))
            matching = [i for i in matching if "all" in chosen or _state(administration, i) in chosen]
        elif key == "period":
            start, end = periods.for_list(value, administration.clock.today())
            matching = [i for i in matching if start <= i.day <= end]
        elif key == "contact_id":
            contact_id = filters.number(value)
            if contact_id not in administration.contacts:
                raise not_found("contact_id")
            matching = [i for i in matching if i.contact_id == contact_id]
    return sorted(matching, key=lambda invoice: invoice.id, reverse=True)


def _state(administration: Administration, invoice: ExternalInvoice) -> str:
    return states_documents.state(invoice, administration.figures(invoice), administration.clock.today())


def _updated(administration: Administration, invoice: ExternalInvoice) -> int:
    return states_documents.updated(invoice, administration.figures(invoice), administration.clock.milliseconds())


BEARER = Bearer(
    "ExternalSalesInvoice", "external_sales_invoices", "external_sales_invoice_id", INVOICE,
    lambda administration: administration.external_invoices,
)  # fmt: skip

OPERATIONS: tuple[Operation, ...] = (
    row("GET", "external_sales_invoices", INVOICE, listed),
    row("POST", "external_sales_invoices", INVOICE, external_writes.create),
    row("POST", "external_sales_invoices/attachment", INVOICE, external_writes.create_from_file),
    row("GET", "external_sales_invoices/synchronization", INVOICE, versions),
    row("POST", "external_sales_invoices/synchronization", INVOICE, by_ids),
    row("GET", "external_sales_invoices/{id}", INVOICE, single),
    row("PATCH", "external_sales_invoices/{id}", INVOICE, external_writes.update),
    row("DELETE", "external_sales_invoices/{id}", INVOICE, external_writes.delete),
    row("PATCH", "external_sales_invoices/{id}/mark_as_dubious", INVOICE, external_writes.mark_dubious),
    row("PATCH", "external_sales_invoices/{id}/mark_as_uncollectible", INVOICE, external_writes.mark_uncollectible),
    row("POST", "external_sales_invoices/{external_sales_invoice_id}/payments", INVOICE, create_payment),
    row("DELETE", "external_sales_invoices/{external_sales_invoice_id}/payments/{id}", INVOICE, delete_payment),
    *notes.operations(BEARER),
    *attachments.operations(BEARER, record_id="external_sales_invoice_id", file_id="id", upload="attachment"),
)
