"""Money that moved: accounts at banks and payment providers, statements, transactions and their bookings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from pipelines.sandbox.cards import Milliseconds
from pipelines.sandbox.model.basics import Cents


@dataclass(slots=True)
class FinancialAccount:
    """An account at a bank or payment provider, or a cash box; `account_id` is its ledger account."""

    id: int
    kind: str  # BankAccount, CashAccount, …
    name: str
    identifier: str
    account_id: int
    created: Milliseconds
    updated: Milliseconds
    currency: str = "EUR"
    provider: str | None = None
    active: bool = True


@dataclass(slots=True)
class Statement:
    """A bank statement: transactions that came in together. The API can write it and never gives it back."""

    id: int
    financial_account_id: int
    reference: str
    created: Milliseconds
    updated: Milliseconds
    official_day: date | None = None
    official_balance: Cents | None = None
    importer: str | None = None


@dataclass(slots=True)
class Booking:
    """A bank line booked straight on a ledger account; `price` is signed as the mutation is."""

    id: int
    account_id: int
    price: Cents
    description: str
    contact_id: int | None = None
    project_id: int | None = None
    created: Milliseconds = 0
    vat_return_id: int | None = None  # booked as payment of a VAT return (P-15)


@dataclass(slots=True)
class Mutation:
    """A bank transaction; positive is money in. What is linked to documents stands on their payments."""

    id: int
    day: date
    amount: Cents
    message: str
    account_id: int  # ledger account of the bank account
    financial_account_id: int
    created: Milliseconds
    updated: Milliseconds
    bookings: list[Booking] = field(default_factory=list)
    statement_id: int | None = None
    code: str | None = None
    contra_name: str | None = None
    contra_number: str = ""
    sepa_fields: dict[str, str] | None = None
    batch_reference: str | None = None
    currency: str | None = None  # when the bank saw another one than the administration's
    original_amount: Cents | None = None
    servicer_id: str | None = None  # account_servicer_transaction_id
    processed: Milliseconds | None = None
