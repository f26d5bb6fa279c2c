"""The body of a new or an edited sales invoice, field by field: an invoice comes out, nothing is stored.

The contract allows no key it does not name (`unevaluatedProperties: false`) and lists 404 and 422, so an unknown key
or a wrong type is a 422 in the non-symbolic family, as clients saw for `amount_decimal`; the exact words for an unknown
key are our guess. A record that does not exist is a 404 for the invoice itself and a 422 `is not found` on a line, as
the example of external invoices shows for a project.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pipelines.sandbox import currencies
from pipelines.sandbox.actions.billing import due_days
from pipelines.sandbox.administration import PAYMENT_CONDITIONS, Administration
from pipelines.sandbox.api import details, fields
from pipelines.sandbox.api.answer import Call, Complaints, not_found, refuse
from pipelines.sandbox.api.custom_values import custom_values
from pipelines.sandbox.cards import Person
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.model import Invoice

_COMMON = frozenset({
    "contact_id", "contact_person_id", "original_estimate_id", "document_style_id", "workflow_id", "reference",
    "invoice_sequence_id", "invoice_date", "first_due_interval", "currency", "prices_are_incl_tax",
    "payment_conditions", "discount", "time_entry_ids", "details_attributes", "custom_fields_attributes",
})  # fmt: skip
_EDIT_ONLY = frozenset({"update_contact", "remove_invoice_sequence_id"})


@dataclass(frozen=True)
class Parsed:
    """The invoice as it would become, with the time entries to bill on it; None leaves those alone."""

    invoice: Invoice
    hours: list[int] | None
    update_contact: bool = False


def of_new(call: Call) -> Parsed:
    """Defaults come from the workflow: the named one, else the contact's, else the administration's."""
    administration, complaints = call.administration, Complaints()
    wanted = _wanted(call, complaints, _COMMON, frozenset({"from_payment_request"}))
    contact_id = fields.record_id(
        wanted.get("contact_id"), administration.contacts, "contact_id", complaints, required=True
    )
    invoice = _blank(administration, contact_id or 0, _workflow_id(administration, wanted, contact_id, complaints))
    return _parsed(administration, wanted, invoice, complaints)


def of_edit(call: Call, before: Invoice) -> Parsed:
    """A copy of `before` with what the request names; the rest stays."""
    administration, complaints = call.administration, Complaints()
    wanted = _wanted(call, complaints, _COMMON | _EDIT_ONLY, frozenset())
    invoice = replace(before)
    if wanted.get("contact_person_id") not in (None, "") and wanted.get("contact_id") in (None, ""):
        complaints.add("contact_id", "can't be blank", "blank")  # "mandatory when setting the contact_person_id"
        complaints.refuse_if_any()
    contact_id = fields.record_id(wanted.get("contact_id"), administration.contacts, "contact_id", complaints)
    if contact_id is not None and contact_id != invoice.contact_id:
        invoice.contact_id, invoice.person = contact_id, None
    if "workflow_id" in wanted:
        invoice.workflow_id = _workflow_id(administration, wanted, invoice.contact_id, complaints)
    if fields.flag(wanted.get("remove_invoice_sequence_id"), "remove_invoice_sequence_id", complaints):
        invoice.sequence_id = None
    update_contact = fields.flag(wanted.get("update_contact"), "update_contact", complaints)
    return replace(_parsed(administration, wanted, invoice, complaints), update_contact=update_contact)


def _wanted(call: Call, complaints: Complaints, known: frozenset[str], beside: frozenset[str]) -> dict[str, Any]:
    wanted = call.below("sales_invoice")
    if wanted is None:
        raise refuse(400, "Sales Invoice is required", {"sales_invoice": "required"})
    fields.unknown(complaints, call.object(), beside | {"sales_invoice"}, "")
    fields.unknown(complaints, wanted, known, "")
    return wanted


def _blank(administration: Administration, contact_id: int, workflow_id: int) -> Invoice:
    """What an invoice is when the request says nothing."""
    workflow = administration.workflows.get(workflow_id)
    now = administration.clock.milliseconds()
    days = due_days(workflow)
    currency = workflow.currency if workflow else administration.currency
    return Invoice(
        id=0, contact_id=contact_id, due_date=administration.clock.today() + timedelta(days=days), created=now,
        updated=now, lines=[], due_days=days, language=workflow.language if workflow else "nl", currency=currency,
        rate=currencies.rate(currency, administration.currency),
        prices_are_incl_tax=workflow.prices_are_incl_tax if workflow else False,
        payment_conditions=PAYMENT_CONDITIONS, workflow_id=workflow_id,
        document_style_id=administration.document_style_id,
    )  # fmt: skip


def _workflow_id(
    administration: Administration, wanted: dict[str, Any], contact_id: int | None, complaints: Complaints
) -> int:
    """A workflow for invoices; one for estimates is not found."""
    known = {id_: found for id_, found in administration.workflows.items() if found.kind == "InvoiceWorkflow"}
    chosen = fields.record_id(
        wanted.get("workflow_id"), known | {administration.workflow_id: None}, "workflow_id", complaints
    )
    contact = administration.contacts.get(contact_id or 0)
    return chosen or (contact and contact.card.invoice_workflow_id) or administration.workflow_id


def _parsed(administration: Administration, wanted: dict[str, Any], invoice: Invoice, complaints: Complaints) -> Parsed:
    """Fills `invoice`, a copy nobody else sees, and refuses when anything is wrong."""
    _people(administration, wanted, invoice, complaints)
    _dates(administration, wanted, invoice, complaints)
    _money(administration, wanted, invoice, complaints)
    styles: dict[int, Any] = {**administration.document_styles, administration.document_style_id: None}
    for name, attribute, known in (
        ("document_style_id", "document_style_id", styles),
        ("original_estimate_id", "estimate_id", administration.estimates),
        ("invoice_sequence_id", "sequence_id", administration.invoice_sequences),
    ):
        found = fields.record_id(wanted.get(name), known, name, complaints)
        if found is not None:
            setattr(invoice, attribute, found)
    for name in ("reference", "payment_conditions"):
        if name in wanted and (wanted[name] is not None or invoice.id):
            setattr(invoice, name, fields.text(wanted, name, complaints))
    invoice.lines = details.lines(
        administration, wanted.get("details_attributes"), complaints, details.of_sales(administration), invoice.lines
    )
    if any(line.is_optional for line in invoice.lines):
        complaints.add("details.is_optional", "is not allowed", "invalid")  # "Only allowed on estimates"
    hours = _hours(administration, wanted, complaints)
    complaints.refuse_if_any()
    invoice.custom_fields = custom_values(
        administration, wanted.get("custom_fields_attributes"), "sales_invoice", invoice.custom_fields
    )
    return Parsed(invoice, hours)


def _people(administration: Administration, wanted: dict[str, Any], invoice: Invoice, complaints: Complaints) -> None:
    contact = administration.contacts.get(invoice.contact_id)
    people: dict[int, Person] = {person.id: person for person in contact.card.people} if contact else {}
    chosen = fields.record_id(wanted.get("contact_person_id"), people, "contact_person_id", complaints)
    if chosen is not None:
        invoice.person = people[chosen]


def _dates(administration: Administration, wanted: dict[str, Any], invoice: Invoice, complaints: Complaints) -> None:
    """The due date follows; without an invoice date it counts from today, as the contract's drafts do."""
    if "first_due_interval" in wanted:
        invoice.due_days = fields.whole(wanted, "first_due_interval", invoice.due_days, complaints)
    elif "workflow_id" in wanted and invoice.sent_on is None:
        invoice.due_days = due_days(administration.workflows.get(invoice.workflow_id))
    if "invoice_date" in wanted:
        day = fields.day(wanted["invoice_date"], "invoice_date", complaints)
        if day is not None or not (invoice.sent_on or invoice.scheduled):
            invoice.invoice_date = day
    if {"first_due_interval", "workflow_id", "invoice_date"} & wanted.keys():
        start = invoice.invoice_date or administration.clock.today()
        try:
            invoice.due_date = start + timedelta(days=invoice.due_days)
        except OverflowError:
            complaints.add("first_due_interval", "is invalid", "invalid")


def _money(administration: Administration, wanted: dict[str, Any], invoice: Invoice, complaints: Complaints) -> None:
    currency = wanted.get("currency") or invoice.currency
    if not isinstance(currency, str) or currency not in currencies.KNOWN:
        complaints.add("currency", "is not included in the list", "inclusion", value=currency)
    elif currency != invoice.currency:
        invoice.currency, invoice.rate = currency, currencies.rate(currency, administration.currency)
    if "discount" in wanted:
        invoice.discount = fields.amount(wanted["discount"], "discount", complaints) or Decimal(0)
    if wanted.get("prices_are_incl_tax") is not None:
        invoice.prices_are_incl_tax = fields.flag(wanted["prices_are_incl_tax"], "prices_are_incl_tax", complaints)


def _hours(administration: Administration, wanted: dict[str, Any], complaints: Complaints) -> list[int] | None:
    """Ids of time entries; all of them must exist."""
    given = wanted.get("time_entry_ids")
    if given is None:
        return None
    if not isinstance(given, list):
        complaints.add("time_entry_ids", "is invalid", "invalid")
        return None
    found = [id_of(id_) for id_ in given]
    if any(id_ not in administration.time_entries for id_ in found):
        raise not_found("time_entry_ids")
    return found
