"""Sales invoices with lines, payments and tax totals."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from pipelines.sandbox import amounts, states
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import Figures, text
from pipelines.sandbox.books import open_base
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import Invoice, Line, Payment, TaxRate, TimeEntry
from pipelines.sandbox.render.contacts import BASE_URL, embedded, event, person, secret


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def sales_invoice(administration: Administration, invoice: Invoice) -> dict[str, Any]:
    """The full object, as every read and the answer to a create give it."""
    figures = administration.figures(invoice)
    state = administration.state(invoice)
    updated = administration.updated(invoice)
    paid = states.paid(invoice)
    contact = administration.contacts[invoice.contact_id]
    link = f"{BASE_URL}/{administration.id}/external/{secret('invoice', invoice.id)}/sales_invoice"
    reference = _payment_reference(invoice)
    return {
        "id": str(invoice.id),
        "administration_id": str(administration.id),
        "contact_id": str(invoice.contact_id),
        "contact": embedded(administration, contact, invoice.card or contact.card),
        "contact_person_id": str(invoice.person.id) if invoice.person else None,
        "contact_person": person(administration, contact.id, invoice.person, invoice.sent_on is not None)
        if invoice.person
        else None,
        "invoice_id": invoice.number,
        "recurring_sales_invoice_id": None,
        "subscription_id": None,
        "workflow_id": str(invoice.workflow_id),
        "document_style_id": str(invoice.document_style_id),
        "identity_id": str(administration.identity_id),
        "draft_id": invoice.draft_number,
        "state": state,
        "invoice_date": day(invoice.invoice_date),
        "due_date": day(invoice.due_date),
        "payment_conditions": invoice.payment_conditions,
        "payment_reference": reference,
        "short_payment_reference": reference and f"{reference[:4]}{reference.lstrip('RF0123456789')}",
        "reference": invoice.reference,
        "language": invoice.language,
        "currency": invoice.currency,
        "discount": amounts.decimal_text(invoice.discount),
        "original_sales_invoice_id": str(invoice.original_id) if invoice.original_id else None,
        "paused": False,
        "paid_at": day(states.paid_on(invoice, figures)),
        "sent_at": day(invoice.sent_on),
        "created_at": iso(invoice.created),
        "updated_at": iso(updated),
        "public_view_code": secret("code", invoice.id)[:6] if invoice.sent_on else None,
        "public_view_code_expires_at": None,
        "version": updated // 1000,
        "details": [detail(administration, line, figures, position) for position, line in enumerate(invoice.lines)],
        "payments": [payment(administration, invoice, record) for record in invoice.payments],
        **_totals(invoice, figures, paid),
        "marked_dubious_on": day(invoice.dubious_on),
        "marked_uncollectible_on": day(invoice.uncollectible_on),
        "reminder_count": 1 if invoice.reminded_on else 0,
        "next_reminder": _next_reminder(invoice, state),
        "original_estimate_id": None,
        "url": link,
        "payment_url": link,
        "custom_fields": [],
        "notes": [],
        "attachments": [],
        "events": _events(administration, invoice),
        "tax_totals": [
            {
                "tax_rate_id": str(total.tax_rate_id),
                "taxable_amount": text(total.taxable),
                "taxable_amount_base": text(total.taxable_base),
                "tax_amount": text(total.tax),
                "tax_amount_base": text(total.tax_base),
            }
            for total in figures.tax_totals
        ],
        "time_entries": [minimal_time_entry(administration, entry) for entry in administration.hours_of(invoice.id)],
    }


def _totals(invoice: Invoice, figures: Figures, paid: int) -> dict[str, Any]:
    return {
        "total_paid": text(paid),
        "total_unpaid": text(figures.incl - paid),
        "total_unpaid_base": text(open_base(figures, paid, invoice.rate)),
        "prices_are_incl_tax": invoice.prices_are_incl_tax,
        "total_price_excl_tax": text(figures.excl),
        "total_price_excl_tax_base": text(figures.excl_base),
        "total_price_incl_tax": text(figures.incl),
        "total_price_incl_tax_base": text(figures.incl_base),
        "total_discount": text(figures.discount),
    }


def _payment_reference(invoice: Invoice) -> str | None:
    """An RF reference in shape; its check digits are not computed because nobody pays to a sandbox."""
    return f"RF35{'0' * 12}Z{invoice.id % 10**8:08d}" if invoice.sent_on else None


def _next_reminder(invoice: Invoice, state: str) -> str | None:
    if state not in ("open", "late", "reminded"):
        return None
    start = invoice.reminded_on or invoice.due_date
    return day(start + timedelta(days=states.REMINDER_DAYS if invoice.reminded_on else 0))


def _events(administration: Administration, invoice: Invoice) -> list[dict[str, Any]]:
    created = "credit_invoice_created_from_original" if invoice.original_id else "sales_invoice_created"
    events = [event(administration, created, invoice.created)]
    if invoice.sent_on:
        events.append(event(administration, "sales_invoice_state_changed_to_open", invoice.created))
        events.append(event(administration, "sales_invoice_send_manually", invoice.created))
    return events


def detail(administration: Administration, line: Line, figures: Figures, position: int) -> dict[str, Any]:
    rate: TaxRate = administration.tax_rates[line.tax_rate_id]
    return {
        "id": str(line.id),
        "administration_id": str(administration.id),
        "tax_rate_id": str(line.tax_rate_id),
        "ledger_account_id": str(line.account_id),
        "project_id": str(line.project_id) if line.project_id else None,
        "product_id": None,
        "amount": line.amount,
        "amount_decimal": amounts.decimal_text(line.quantity),
        "description": line.description,
        "price": text(line.price),
        "period": f"{line.period[0]:%Y%m%d}..{line.period[1]:%Y%m%d}" if line.period else None,
        "row_order": line.row_order,
        "total_price_excl_tax_with_discount": text(figures.nets[position]),
        "total_price_excl_tax_with_discount_base": text(figures.nets_base[position]),
        "tax_report_reference": list(rate.references),
        "mandatory_tax_text": rate.text,
        "created_at": iso(line.created),
        "updated_at": iso(line.updated),
    }


def payment(administration: Administration, invoice: Invoice, record: Payment) -> dict[str, Any]:
    """`price_base` is what the bank saw; D14 shows the invoice's own value instead."""
    base = record.price_base
    if administration.dialect.d14_fx_price_base == "invoice_value":
        base = amounts.to_int(record.price * invoice.rate)
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "invoice_type": "SalesInvoice",
        "invoice_id": str(invoice.id),
        "financial_account_id": str(record.financial_account_id) if record.financial_account_id else None,
        "user_id": str(administration.owner_id),
        "payment_transaction_id": None,
        "transaction_identifier": record.transaction_identifier,
        "price": text(record.price),
        "price_base": text(base),
        "payment_date": record.day.isoformat(),
        "credit_invoice_id": None,
        "financial_mutation_id": str(record.mutation_id) if record.mutation_id else None,
        "ledger_account_id": str(record.account_id),
        "linked_payment_id": None,
        "manual_payment_action": None,
        "created_at": iso(record.created),
        "updated_at": iso(record.created),
    }


def minimal_time_entry(administration: Administration, entry: TimeEntry) -> dict[str, Any]:
    """What an invoice shows of its hours; the contract types the pause as text here and as a number elsewhere."""
    return {
        "id": str(entry.id),
        "administration_id": str(administration.id),
        "contact_id": str(entry.contact_id) if entry.contact_id else None,
        "project_id": str(entry.project_id) if entry.project_id else None,
        "user_id": str(entry.user_id),
        "started_at": iso(entry.started),
        "ended_at": iso(entry.ended or entry.started),
        "description": entry.description,
        "paused_duration": str(entry.paused),
        "billable": entry.billable,
        "created_at": iso(entry.created),
        "updated_at": iso(entry.updated),
    }
