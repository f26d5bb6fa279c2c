"""Sales invoices: list, lookups, synchronization, and the table of all their operations.

Lists and versions show this year without a filter.
"""

from __future__ import annotations

from pipelines.sandbox import states
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import (
    attachments,
    filters,
    invoice_downloads,
    invoice_sending,
    invoice_writes,
    notes,
    periods,
)
from pipelines.sandbox.api.answer import Call, Reply, not_found
from pipelines.sandbox.api.bearers import Bearer
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.api.routing import INVOICE, Operation, row
from pipelines.sandbox.api.synchronization import asked_ids
from pipelines.sandbox.model import Invoice
from pipelines.sandbox.render.invoices import sales_invoice

DEFAULT_FILTER = "period:this_year"


def _filtered(call: Call) -> list[Invoice]:
    """The invoices that match, newest first."""
    administration = call.administration
    found = list(administration.invoices.values())
    for key, value in filters.terms(call, DEFAULT_FILTER).items():
        found = _narrowed(administration, found, key, value)
    return sorted(found, key=lambda invoice: invoice.id, reverse=True)


def _narrowed(administration: Administration, found: list[Invoice], key: str, value: str) -> list[Invoice]:
    if key == "state":
        chosen = filters.one_of(value, ("all", *states.ALL))
        return found if "all" in chosen else [i for i in found if administration.state(i) in chosen]
    if key == "period":
        today = administration.clock.today()
        start, end = periods.for_list(value, today)
        return [i for i in found if start <= (i.invoice_date or today) <= end]
    if key == "reference":
        references = value.split("|")
        return [i for i in found if i.reference in references]
    if key == "contact_id":
        return [i for i in found if i.contact_id == filters.number(value)]
    if key == "workflow_id":
        return [i for i in found if i.workflow_id == filters.number(value)]
    if key == "recurring_sales_invoice_id":
        return [i for i in found if i.recurring_id == filters.number(value)]
    if key == "created_after":
        moment = filters.after(value, "Created after")
        return [i for i in found if i.created > moment]
    if key == "updated_after":
        moment = filters.after(value, "Updated after")
        return [i for i in found if administration.updated(i) > moment]
    return found


def listed(call: Call) -> Reply:
    return paginate(call, _filtered(call), lambda invoice: sales_invoice(call.administration, invoice))


def versions(call: Call) -> Reply:
    administration = call.administration
    return Reply(200, [{"id": str(i.id), "version": administration.updated(i) // 1000} for i in _filtered(call)])


def by_ids(call: Call) -> Reply:
    known = call.administration.invoices
    return Reply(200, [sales_invoice(call.administration, known[id_]) for id_ in asked_ids(call) if id_ in known])


def single(call: Call) -> Reply:
    return Reply(200, sales_invoice(call.administration, invoice_writes.found(call)))


def by_reference(call: Call) -> Reply:
    """The newest invoice with this reference: references need not be unique."""
    wanted = call.arguments["reference"]
    for invoice in sorted(call.administration.invoices.values(), key=lambda i: i.id, reverse=True):
        if invoice.reference == wanted:
            return Reply(200, sales_invoice(call.administration, invoice))
    raise not_found("reference", f"Sales invoice with reference: {wanted} was not found")


def by_invoice_id(call: Call) -> Reply:
    wanted = call.arguments["invoice_id"]
    for invoice in call.administration.invoices.values():
        if invoice.number == wanted:
            return Reply(200, sales_invoice(call.administration, invoice))
    raise not_found("invoice_id", f"Sales invoice with invoice_id: {wanted} was not found")


BEARER = Bearer("SalesInvoice", "sales_invoices", "sales_invoice_id", INVOICE, lambda owner: owner.invoices)

OPERATIONS: tuple[Operation, ...] = (
    row("GET", "sales_invoices", INVOICE, listed),
    row("GET", "sales_invoices/synchronization", INVOICE, versions),
    row("POST", "sales_invoices/synchronization", INVOICE, by_ids),
    row("GET", "sales_invoices/find_by_reference/{reference}*", INVOICE, by_reference),
    row("GET", "sales_invoices/find_by_invoice_id/{invoice_id}*", INVOICE, by_invoice_id),
    row("GET", "sales_invoices/{id}", INVOICE, single),
    *invoice_writes.OPERATIONS,
    *invoice_sending.OPERATIONS,
    *invoice_downloads.OPERATIONS,
    *notes.operations(BEARER),
    *attachments.operations(BEARER, record_id="sales_invoice_id", file_id="id"),
)
