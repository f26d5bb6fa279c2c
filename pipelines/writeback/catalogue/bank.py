"""Bank transactions, and what money can be booked on: documents with what is open of them, and ledger accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

from pipelines.writeback.catalogue.asking import Asker

BookingType = Literal["SalesInvoice", "ExternalSalesInvoice", "Document", "LedgerAccount"]
"""Moneybird's words; a Document is a purchase invoice or a receipt."""


@dataclass(frozen=True)
class BankMutation:
    """Money in is positive; `open_amount` is what of it nothing is booked on yet, with the same sign."""

    financial_mutation_id: str
    mutation_date: date
    amount: Decimal
    open_amount: Decimal
    currency_code: str
    message: str
    contra_account_name: str


@dataclass(frozen=True)
class OpenItem:
    """A document that can be paid; amounts are in its currency. `is_payable` is false for what was not sent yet."""

    document_id: str
    name: str
    contact_name: str
    state: str
    is_payable: bool
    currency_code: str
    open_amount: Decimal


@dataclass(frozen=True)
class BookingAccount:
    """A ledger account; `is_result` when it is one of revenue or costs."""

    name: str
    is_active: bool
    is_result: bool


class Bank(Protocol):
    """Looks one up; None means it does not exist there."""

    def bank_mutation(self, administration_id: str, financial_mutation_id: str) -> BankMutation | None: ...
    def open_item(self, administration_id: str, booking_type: BookingType, document_id: str) -> OpenItem | None: ...
    def booking_account(self, administration_id: str, ledger_account_id: str) -> BookingAccount | None: ...
    def is_paid_by(self, administration_id: str, document_id: str, financial_mutation_id: str) -> bool: ...


_SALES = (
    "select coalesce(invoice_number, reference, 'without a number') as name, state, not is_draft as is_payable, "
    "currency_code, total_incl_amount, contact_key from marts.fct_sales_invoice "
    "where administration_id = ? and sales_invoice_id = ? and source = '{source}'"
)
_PURCHASES = (
    "select coalesce(reference, 'without a reference') as name, state, not is_unprocessed as is_payable, "
    "currency_code, total_incl_amount, contact_key from marts.fct_{kind} "
    "where administration_id = ? and {kind}_id = ? and not is_self_billed"
)
_DOCUMENTS = {
    "SalesInvoice": _SALES.format(source="own"),
    "ExternalSalesInvoice": _SALES.format(source="external"),
    "Document": " union all ".join(_PURCHASES.format(kind=kind) for kind in ("purchase_invoice", "receipt")),
}


class MartsBank(Asker):
    """The bank as the marts have it. What is open is the total less the payments, as everywhere in them."""

    def bank_mutation(self, administration_id: str, financial_mutation_id: str) -> BankMutation | None:
        row = self._one(
            "select mutation_date, amount, coalesce(open_amount, 0) as open_amount, currency_code, "
            "coalesce(message, '') as message, coalesce(contra_account_name, '') as contra_account_name "
            "from marts.fct_bank_mutation where administration_id = ? and financial_mutation_id = ?",
            administration_id,
            financial_mutation_id,
        )
        return BankMutation(financial_mutation_id, **row) if row else None

    def open_item(self, administration_id: str, booking_type: BookingType, document_id: str) -> OpenItem | None:
        sql = (
            f"with documents as ({_DOCUMENTS[booking_type]}) "
            "select documents.name, documents.state, documents.is_payable, documents.currency_code, "
            "coalesce(dim_contact.contact_name, '') as contact_name, "
            "documents.total_incl_amount - coalesce((select sum(amount) from marts.fct_payment "
            "where administration_id = ? and document_id = ?), 0) as open_amount "
            "from documents left join marts.dim_contact on documents.contact_key = dim_contact.contact_key"
        )
        row = self._one(sql, *[administration_id, document_id] * (sql.count("?") // 2))
        return OpenItem(document_id, **row) if row else None

    def booking_account(self, administration_id: str, ledger_account_id: str) -> BookingAccount | None:
        row = self._one(
            "select concat_ws(' ', account_number, account_name) as name, is_active, "
            "coalesce(statement = 'profit_loss', false) as is_result from marts.dim_ledger_account "
            "where administration_id = ? and ledger_account_id = ? and not is_deleted",
            administration_id,
            ledger_account_id,
        )
        return BookingAccount(**row) if row else None

    def is_paid_by(self, administration_id: str, document_id: str, financial_mutation_id: str) -> bool:
        row = self._one(
            "select true from marts.fct_payment "
            "where administration_id = ? and document_id = ? and financial_mutation_id = ? limit 1",
            administration_id,
            document_id,
            financial_mutation_id,
        )
        return row is not None
