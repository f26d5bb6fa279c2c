"""A payment, the same object on every kind of document and on a bank transaction."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox import amounts
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import ExternalInvoice, Invoice, Payment, Purchase


def payment(
    administration: Administration, document: Invoice | ExternalInvoice | Purchase, record: Payment
) -> dict[str, Any]:
    """`price_base` is what the bank saw; D14 shows the document's own value instead."""
    base = record.price_base
    if administration.dialect.d14_fx_price_base == "invoice_value":
        base = amounts.to_int(record.price * document.rate)
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "invoice_type": _type(document),
        "invoice_id": str(document.id),
        "financial_account_id": str(record.financial_account_id) if record.financial_account_id else None,
        "user_id": str(administration.owner_id),
        "payment_transaction_id": None,
        "transaction_identifier": record.transaction_identifier,
        "price": text(record.price),
        "price_base": text(base),
        "payment_date": record.day.isoformat(),
        "credit_invoice_id": str(record.credit_invoice_id) if record.credit_invoice_id else None,
        "financial_mutation_id": str(record.mutation_id) if record.mutation_id else None,
        "ledger_account_id": str(record.account_id),
        "linked_payment_id": str(record.linked_payment_id) if record.linked_payment_id else None,
        "manual_payment_action": record.action,
        "created_at": iso(record.created),
        "updated_at": iso(record.created),
    }


def _type(document: Invoice | ExternalInvoice | Purchase) -> str:
    if isinstance(document, Invoice):
        return "SalesInvoice"
    return "ExternalSalesInvoice" if isinstance(document, ExternalInvoice) else "Document"
