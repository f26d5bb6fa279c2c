"""Financial accounts, bank transactions with what they are linked to, and statements."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox.actions.bank import of_statement, open_amount
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import Booking, FinancialAccount, Mutation, Statement
from pipelines.sandbox.render.payments import payment


def financial_account(administration: Administration, record: FinancialAccount) -> dict[str, Any]:
    """There is no balance in this API."""
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "type": record.kind,
        "name": record.name,
        "identifier": record.identifier,
        "currency": record.currency,
        "provider": record.provider,
        "moneybird_account": False,
        "active": record.active,
        "created_at": iso(record.created),
        "updated_at": iso(record.updated),
    }


def mutation(administration: Administration, record: Mutation) -> dict[str, Any]:
    left = open_amount(administration, record)
    linked = [payment(administration, document, found) for document, found in administration.payments_from(record.id)]
    returns = [_return_payment(administration, record, booking) for booking in record.bookings if booking.vat_return_id]
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "amount": text(record.amount),
        "code": record.code,
        "date": record.day.isoformat(),
        "message": record.message,
        "contra_account_name": record.contra_name,
        "contra_account_number": record.contra_number,
        "state": "unprocessed" if left else "processed",
        "settlement_state": "settled",
        "amount_open": text(left),
        "sepa_fields": record.sepa_fields,
        "batch_reference": record.batch_reference,
        "financial_account_id": str(record.financial_account_id),
        "currency": record.currency or administration.currency,
        "original_amount": None if record.original_amount is None else text(record.original_amount),
        "created_at": iso(record.created),
        "updated_at": iso(record.updated),
        "version": record.updated // 1000,
        "financial_statement_id": str(record.statement_id) if record.statement_id else None,
        "processed_at": iso(record.processed or record.updated) if not left else None,
        "account_servicer_transaction_id": record.servicer_id,
        "payments": [*linked, *returns],
        "ledger_account_bookings": [
            _booking(administration, record, booking) for booking in record.bookings if not booking.vat_return_id
        ],
    }


def _booking(administration: Administration, owner: Mutation, record: Booking) -> dict[str, Any]:
    at = iso(record.created or owner.updated)
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "financial_mutation_id": str(owner.id),
        "ledger_account_id": str(record.account_id),
        "project_id": str(record.project_id) if record.project_id else None,
        "description": record.description,
        "price": text(record.price),
        "created_at": at,
        "updated_at": at,
    }


def _return_payment(administration: Administration, owner: Mutation, record: Booking) -> dict[str, Any]:
    """A payment of a VAT return shows as a payment of a `VatDocument`, of which nothing else can be read."""
    at = iso(record.created or owner.updated)
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "invoice_type": "VatDocument",
        "invoice_id": str(record.vat_return_id),
        "financial_account_id": str(owner.financial_account_id),
        "user_id": str(administration.owner_id),
        "payment_transaction_id": None,
        "transaction_identifier": None,
        "price": text(-record.price),
        "price_base": text(-record.price),
        "payment_date": owner.day.isoformat(),
        "credit_invoice_id": None,
        "financial_mutation_id": str(owner.id),
        "ledger_account_id": str(owner.account_id),
        "linked_payment_id": None,
        "manual_payment_action": None,
        "created_at": at,
        "updated_at": at,
    }


def statement(administration: Administration, record: Statement) -> dict[str, Any]:
    """Only ever an answer to a write: the API has no way to read a statement."""
    return {
        "id": str(record.id),
        "financial_account_id": str(record.financial_account_id),
        "reference": record.reference,
        "official_date": record.official_day.isoformat() if record.official_day else None,
        "official_balance": None if record.official_balance is None else text(record.official_balance),
        "importer_service": record.importer,
        "financial_mutations": [mutation(administration, found) for found in of_statement(administration, record)],
    }
