"""Sales invoices with lines, payments and tax totals."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime
from typing import Any

from pipelines.sandbox import amounts, states
from pipelines.sandbox.actions.history import with_lateness
from pipelines.sandbox.actions.sending import next_step
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import Figures, open_base, text
from pipelines.sandbox.clock import iso, moment
from pipelines.sandbox.model import Estimate, Invoice, Line, TaxRate, TimeEntry
from pipelines.sandbox.render.contacts import BASE_URL, custom_values, embedded, event, person, secret
from pipelines.sandbox.render.notes import attachments, notes
from pipelines.sandbox.render.payments import payment

CODE_MONTHS = 3  # how long the code of a public link is good


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
    reference = payment_reference(invoice)
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
        "recurring_sales_invoice_id": str(invoice.recurring_id) if invoice.recurring_id else None,
        "subscription_id": str(invoice.subscription_id) if invoice.subscription_id else None,
        "workflow_id": str(invoice.workflow_id),
        "document_style_id": str(invoice.document_style_id),
        "identity_id": str(identity_id(administration, invoice)),
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
        "paused": invoice.paused,
        "paid_at": day(states.paid_on(invoice, figures)),
        "sent_at": day(invoice.sent_on),
        "created_at": iso(invoice.created),
        "updated_at": iso(updated),
        "public_view_code": secret("code", invoice.id)[:6] if invoice.sent_on else None,
        "public_view_code_expires_at": code_ends(invoice.created, invoice.sent_on),
        "version": updated // 1000,
        "details": [detail(administration, line, figures, position) for position, line in enumerate(invoice.lines)],
        "payments": [payment(administration, invoice, record) for record in invoice.payments],
        **_totals(invoice, figures, paid),
        "marked_dubious_on": day(invoice.dubious_on),
        "marked_uncollectible_on": day(invoice.uncollectible_on),
        "reminder_count": states.reminders(invoice),
        "next_reminder": _next_reminder(administration, invoice),
        "original_estimate_id": str(invoice.estimate_id) if invoice.estimate_id else None,
        "url": link,
        "payment_url": link,
        "custom_fields": custom_values(administration, invoice.custom_fields),
        "notes": notes(administration, invoice.id),
        "attachments": attachments(administration, invoice.id),
        "events": [
            event(administration, happening.action, happening.at, happening.data)
            for happening in with_lateness(administration, invoice)
        ],
        "tax_totals": tax_totals(figures),
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


def payment_reference(invoice: Invoice) -> str | None:
    """An RF reference in shape; its check digits are not computed because nobody pays to a sandbox."""
    return f"RF35{'0' * 12}Z{invoice.id % 10**8:08d}" if invoice.sent_on else None


def identity_id(administration: Administration, document: Invoice | Estimate) -> int:
    """The sender: that of the document style."""
    style = administration.document_styles.get(document.document_style_id)
    return style.identity_id if style else administration.identity_id


def code_ends(created: int, sent_on: date | None) -> str | None:
    """Until when the code of a public link is good: three months after sending, as in the examples."""
    if sent_on is None:
        return None
    sent = datetime.fromtimestamp(max(created, moment(sent_on)) / 1000, UTC)
    month = sent.month + CODE_MONTHS
    year, month = sent.year + (month > 12), month - 12 if month > 12 else month
    end = sent.replace(year=year, month=month, day=min(sent.day, monthrange(year, month)[1]))
    return iso(int(end.timestamp() * 1000))


def tax_totals(figures: Figures) -> list[dict[str, Any]]:
    return [
        {
            "tax_rate_id": str(total.tax_rate_id),
            "taxable_amount": text(total.taxable),
            "taxable_amount_base": text(total.taxable_base),
            "tax_amount": text(total.tax),
            "tax_amount_base": text(total.tax_base),
        }
        for total in figures.tax_totals
    ]


def _next_reminder(administration: Administration, invoice: Invoice) -> str | None:
    """The day of the next step; it stays when the invoice is paid or given up, and a pause puts it far away."""
    if invoice.sent_on is None:
        return None
    if invoice.paused:
        return "2099-01-01"
    if not states.reminders(invoice):
        return day(invoice.due_date)
    return day(states.reminder_ends(invoice)) if next_step(administration, invoice) else None


def detail(administration: Administration, line: Line, figures: Figures, position: int) -> dict[str, Any]:
    rate: TaxRate = administration.tax_rates[line.tax_rate_id]
    return {
        "id": str(line.id),
        "administration_id": str(administration.id),
        "tax_rate_id": str(line.tax_rate_id),
        "ledger_account_id": str(line.account_id),
        "project_id": str(line.project_id) if line.project_id else None,
        "product_id": str(line.product_id) if line.product_id else None,
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
