"""`POST /sales_invoices`: a draft, never more.

The contract allows no key it does not name (`unevaluatedProperties: false`) and lists 402, 404 and 422 for this call,
so an unknown key or a wrong type is a 422 in the non-symbolic family, as clients saw for `amount_decimal`; the exact
words for an unknown key are our guess. A record that does not exist is a 404 for the invoice itself and a 422 `is not
found` on a line, as the example of external invoices shows for a project.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pipelines.sandbox import chart
from pipelines.sandbox.administration import PAYMENT_CONDITIONS, Administration
from pipelines.sandbox.amounts import quantity, to_int
from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Call, Complaints, Reply, not_found, refuse
from pipelines.sandbox.model import Invoice, Line
from pipelines.sandbox.render.invoices import sales_invoice

DUE_DAYS = 14  # the first step of the default workflow
EXCHANGE_RATES = {"EUR": Decimal(1), "USD": Decimal("0.92"), "GBP": Decimal("1.15"), "CHF": Decimal("1.04")}

_INVOICE_KEYS = frozenset({
    "contact_id", "contact_person_id", "original_estimate_id", "document_style_id", "workflow_id", "reference",
    "invoice_sequence_id", "invoice_date", "first_due_interval", "currency", "prices_are_incl_tax",
    "payment_conditions", "discount", "time_entry_ids", "details_attributes", "custom_fields_attributes",
})  # fmt: skip
_LINE_KEYS = frozenset({
    "id", "description", "period", "price", "amount", "tax_rate_id", "ledger_account_id", "project_id", "product_id",
    "row_order", "is_optional", "is_selected", "_destroy", "automated_tax_enabled",
})  # fmt: skip


def create(call: Call) -> Reply:
    """Checks everything first, then stores: a refused request leaves nothing behind."""
    body = call.json()
    wanted = body.get("sales_invoice") if isinstance(body, dict) else None
    if not isinstance(wanted, dict):
        raise refuse(400, "Sales Invoice is required", {"sales_invoice": "required"})
    complaints = Complaints()
    fields.unknown(complaints, body, frozenset({"sales_invoice", "from_payment_request"}), "")
    fields.unknown(complaints, wanted, _INVOICE_KEYS, "")
    administration = call.administration
    invoice = _header(administration, wanted, complaints)
    invoice.lines = _lines(administration, wanted.get("details_attributes"), complaints)
    complaints.refuse_if_any()
    hours = _hours(administration, wanted.get("time_entry_ids"))
    _custom_fields(wanted.get("custom_fields_attributes"))
    _store(administration, invoice, hours)
    return Reply(201, sales_invoice(administration, invoice))


def _store(administration: Administration, invoice: Invoice, hours: list[int]) -> None:
    now = administration.clock.milliseconds()
    invoice.id = administration.new_id(now)
    invoice.draft_number = administration.next_draft_number()
    for line in invoice.lines:
        line.id = administration.new_id(now)
    administration.put_invoice(invoice)
    for entry_id in hours:
        entry = administration.time_entries[entry_id]
        administration.put_time_entry(replace(entry, invoice_id=invoice.id, updated=now))


def _header(administration: Administration, wanted: dict[str, Any], complaints: Complaints) -> Invoice:
    now = administration.clock.milliseconds()
    contacts = administration.contacts
    contact_id = fields.record_id(wanted.get("contact_id"), contacts, "contact_id", complaints, required=True)
    days = fields.whole(wanted, "first_due_interval", DUE_DAYS, complaints)
    day = fields.day(wanted.get("invoice_date"), complaints)
    currency = wanted.get("currency") or administration.currency
    if currency not in EXCHANGE_RATES:
        complaints.add("currency", "is not included in the list", "inclusion", value=currency)
    person_id = fields.record_id(
        wanted.get("contact_person_id"), _people(administration, contact_id), "contact_person_id", complaints
    )
    style = _known(wanted.get("document_style_id"), administration.document_style_id, "document_style_id")
    workflow = _known(wanted.get("workflow_id"), administration.workflow_id, "workflow_id")
    return Invoice(
        id=0,
        contact_id=contact_id or 0,
        due_date=(day or administration.clock.today()) + timedelta(days=days),
        created=now,
        updated=now,
        lines=[],
        person=_people(administration, contact_id).get(person_id or 0),
        invoice_date=day,
        due_days=days,
        reference=fields.text(wanted, "reference", complaints),
        currency=currency,
        rate=EXCHANGE_RATES.get(currency, Decimal(1)),
        discount=fields.amount(wanted.get("discount"), "discount", complaints) or Decimal(0),
        prices_are_incl_tax=fields.flag(wanted.get("prices_are_incl_tax"), "prices_are_incl_tax", complaints),
        payment_conditions=fields.text(wanted, "payment_conditions", complaints) or PAYMENT_CONDITIONS,
        workflow_id=workflow,
        document_style_id=style,
    )


def _lines(administration: Administration, details: Any, complaints: Complaints) -> list[Line]:
    """Lines as an array or as an object keyed by position, as Rails forms send them."""
    if isinstance(details, dict):
        details = list(details.values())
    if details is None:
        return []
    if not isinstance(details, list) or not all(isinstance(detail, dict) for detail in details):
        complaints.add("details", "is invalid", "invalid")
        return []
    return [_line(administration, detail, order, complaints) for order, detail in enumerate(details)]


def _line(administration: Administration, detail: dict[str, Any], order: int, complaints: Complaints) -> Line:
    now = administration.clock.milliseconds()
    fields.unknown(complaints, detail, _LINE_KEYS, "details.")
    price = fields.amount(detail.get("price"), "details.price", complaints) or Decimal(0)
    typed = detail.get("amount")
    if not isinstance(typed, str | int | None) or isinstance(typed, bool):
        complaints.add("details.amount", "is invalid", "invalid")
        typed = None
    if not isinstance(detail.get("description", ""), str | None):
        complaints.add("details.description", "is invalid", "invalid")
    rate_id = fields.record_id(detail.get("tax_rate_id"), administration.tax_rates, "details.tax_rate_id", complaints)
    account_id = fields.record_id(
        detail.get("ledger_account_id"), administration.accounts, "details.ledger_account_id", complaints
    )
    project_id = fields.record_id(detail.get("project_id"), administration.projects, "details.project_id", complaints)
    if detail.get("product_id") not in (None, ""):
        complaints.add("details.product_id", "is not found", "invalid")  # no products are served yet
    amount = None if typed in (None, "") else str(typed)
    return Line(
        id=0,
        description=str(detail.get("description") or ""),
        price=to_int(price * 100),
        amount=amount,
        quantity=quantity(amount),
        tax_rate_id=rate_id or administration.sales_rate(21),
        account_id=account_id or administration.roles[chart.REV],
        project_id=project_id,
        period=fields.period(administration, detail.get("period"), complaints),
        row_order=fields.whole(detail, "row_order", order, complaints),
        created=now,
        updated=now,
    )


def _people(administration: Administration, contact_id: int | None) -> dict[int, Any]:
    contact = administration.contacts.get(contact_id or 0)
    return {person.id: person for person in contact.card.people} if contact else {}


def _known(value: Any, own: int, name: str) -> int:
    if value in (None, "") or str(value) == str(own):
        return own
    raise not_found(name)


def _hours(administration: Administration, ids: Any) -> list[int]:
    found = [int(str(id_)) for id_ in ids or [] if str(id_).isdecimal()]
    if len(found) != len(ids or []) or any(id_ not in administration.time_entries for id_ in found):
        raise not_found("time_entry_ids")
    return found


def _custom_fields(wanted: Any) -> None:
    """No custom field exists in the group, so any is unknown."""
    for custom in wanted.values() if isinstance(wanted, dict) else wanted or []:
        id_ = custom.get("id") if isinstance(custom, dict) else custom
        raise not_found("custom_fields_attributes", f"Custom field with id {id_} not found for administration")
