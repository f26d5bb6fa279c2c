"""Recurring invoices: list, synchronization, writes. Without a filter only active ones are shown."""

from __future__ import annotations

from pipelines.sandbox import frequencies
from pipelines.sandbox.actions import recurring, subscriptions
from pipelines.sandbox.actions.limits import count_down
from pipelines.sandbox.api import filters, notes, recurring_fields
from pipelines.sandbox.api.answer import Call, Reply, refuse
from pipelines.sandbox.api.bearers import Bearer
from pipelines.sandbox.api.limits import refuse_at_limit
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.api.routing import INVOICE, Operation, row
from pipelines.sandbox.api.synchronization import asked_ids
from pipelines.sandbox.model import Recurring
from pipelines.sandbox.render.recurring import recurring_invoice as render

DEFAULT_FILTER = "state:active"
_FLAGS = {"true": True, "false": False, "null": None}


def _filtered(call: Call) -> list[Recurring]:
    """The recurring invoices that match, newest first."""
    found = list(call.administration.recurring.values())
    for key, value in filters.terms(call, DEFAULT_FILTER).items():
        found = _narrowed(found, key, value)
    return sorted(found, key=lambda one: one.id, reverse=True)


def _narrowed(found: list[Recurring], key: str, value: str) -> list[Recurring]:
    if key == "state":
        chosen = filters.one_of(value, ("active", "inactive"))
        return [r for r in found if ("active" if r.active else "inactive") in chosen]
    if key == "frequency":
        kinds = filters.one_of(value, ("all", *frequencies.TYPES), "Frequency")
        return found if "all" in kinds else [r for r in found if r.frequency_type in kinds]
    if key == "auto_send":
        [flag] = [_FLAGS[name] for name in filters.one_of(value, _FLAGS, "Auto send")[:1]]
        return found if flag is None else [r for r in found if r.auto_send == flag]
    if key == "contact_id":
        return [r for r in found if r.contact_id == filters.number(value)]
    if key == "workflow_id":
        return [r for r in found if r.workflow_id == filters.number(value)]
    return found


def listed(call: Call) -> Reply:
    return paginate(call, _filtered(call), lambda one: render(call.administration, one))


def versions(call: Call) -> Reply:
    """Whether the service leaves out inactive ones here too is not known; the contract says the syntax is the same."""
    return Reply(200, [{"id": str(one.id), "version": one.updated // 1000} for one in _filtered(call)])


def by_ids(call: Call) -> Reply:
    known = call.administration.recurring
    return Reply(200, [render(call.administration, known[id_]) for id_ in asked_ids(call) if id_ in known])


def single(call: Call) -> Reply:
    return Reply(200, render(call.administration, _found(call)))


def _found(call: Call) -> Recurring:
    return call.find(call.administration.recurring)


def create(call: Call) -> Reply:
    administration = call.administration
    refuse_at_limit(administration, "recurring_sales_invoices")
    made = recurring.create(administration, recurring_fields.of_new(call))
    count_down(administration, "recurring_sales_invoices")
    call.world.calendar_changed()
    return Reply(201, render(administration, made))


def update(call: Call) -> Reply:
    administration = call.administration
    before = _found(call)
    behind = recurring.subscription_of(administration, before)
    if behind is not None and subscriptions.is_active(administration, behind):
        raise refuse(400, "cannot be updated", {"id": "cannot_be_updated"})
    changed = recurring.change(administration, recurring_fields.of_edit(call, before))
    call.world.calendar_changed()
    return Reply(200, render(administration, changed))


def delete(call: Call) -> Reply:
    recurring.delete(call.administration, _found(call))
    call.world.calendar_changed()
    return Reply(204)


BEARER = Bearer(
    "RecurringSalesInvoice", "recurring_sales_invoices", "recurring_sales_invoice_id", INVOICE,
    lambda owner: owner.recurring,
)  # fmt: skip

OPERATIONS: tuple[Operation, ...] = (
    row("GET", "recurring_sales_invoices", INVOICE, listed),
    row("POST", "recurring_sales_invoices", INVOICE, create),
    row("GET", "recurring_sales_invoices/synchronization", INVOICE, versions),
    row("POST", "recurring_sales_invoices/synchronization", INVOICE, by_ids),
    row("GET", "recurring_sales_invoices/{id}", INVOICE, single),
    row("PATCH", "recurring_sales_invoices/{id}", INVOICE, update),
    row("DELETE", "recurring_sales_invoices/{id}", INVOICE, delete),
    *notes.operations(BEARER),
)
