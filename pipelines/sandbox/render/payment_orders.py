"""Purchase transactions: orders to pay a supplier."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import PaymentOrder
from pipelines.sandbox.render.papers import contact, day


def payment_order(administration: Administration, record: PaymentOrder) -> dict[str, Any]:
    """`source_sepa_…` is null when the money does not come from a bank account, as one example shows."""
    source = administration.financial_accounts.get(record.financial_account_id)
    bank = source if source is not None and source.kind == "BankAccount" else None
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "financial_account_id": str(record.financial_account_id),
        "payment_instrument_id": None,
        "state": record.state,
        "sepa_iban": record.iban,
        "sepa_iban_account_name": record.iban_name,
        "sepa_bic": record.bic,
        "source_sepa_iban": bank.identifier if bank else None,
        "source_sepa_iban_account_name": bank.name if bank else None,
        "date": day(record.day),
        "description": record.description,
        "end_to_end_id": record.end_to_end_id,
        "contact": contact(administration, record.contact_id),
        "amount": text(record.amount),
        "created_at": iso(record.created),
        "updated_at": iso(record.updated),
        "payable_type": "Document" if record.purchase_id else None,
        "payable_id": str(record.purchase_id) if record.purchase_id else None,
        "payment_method": None,
    }
