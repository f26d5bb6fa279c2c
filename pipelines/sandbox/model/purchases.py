"""Bought: purchase invoices and receipts, documents without amounts, papers without a type, payment orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pipelines.sandbox.cards import Milliseconds
from pipelines.sandbox.model.basics import NONE, ONE, Cents
from pipelines.sandbox.model.sales import Line, Payment


@dataclass(slots=True)
class Allocation:
    """A private share of a purchase (P-6b): `percentage` of the total including tax goes to a private account."""

    id: int
    account_id: int
    private_account_id: int
    percentage: Decimal
    created: Milliseconds
    updated: Milliseconds


@dataclass(slots=True)
class Purchase:
    """A purchase invoice or a receipt; they post alike. `is_revenue` is self-billing: a negative purchase (P-6c).

    `is_new` is received and not processed; `is_saved` is kept without being owed; neither is in the books (A).
    """

    id: int
    kind: str  # purchase_invoice or receipt
    contact_id: int | None
    day: date
    due_date: date | None
    reference: str | None
    entry_number: int | None
    created: Milliseconds
    updated: Milliseconds
    lines: list[Line]
    payments: list[Payment] = field(default_factory=list)
    is_new: bool = False
    is_saved: bool = False
    is_revenue: bool = False
    currency: str = "EUR"
    rate: Decimal = ONE
    discount: Decimal = NONE  # always none: the API has no discount here, totals are computed alike
    prices_are_incl_tax: bool = False
    origin: str | None = "upload"
    tax_number: str | None = None
    allocations: list[Allocation] = field(default_factory=list)
    pending: bool = False  # a transfer to the supplier that the bank has not confirmed yet


@dataclass(slots=True)
class Paper:
    """A general document (`kind` general_document: a letter, a contract) or a typeless one; neither has amounts."""

    id: int
    kind: str  # general_document or typeless_document
    contact_id: int | None
    day: date
    reference: str | None
    created: Milliseconds
    updated: Milliseconds
    due_date: date | None = None
    entry_number: int | None = None
    state: str = "saved"
    origin: str | None = None
    rate: Decimal | None = None


@dataclass(slots=True)
class PaymentOrder:
    """A purchase transaction: an order to pay a supplier, on its own or in a batch. It posts nothing itself."""

    id: int
    financial_account_id: int
    contact_id: int
    purchase_id: int | None
    amount: Cents
    day: date | None
    description: str
    end_to_end_id: str
    state: str  # open, cancelled, paid, pending_payment, error, awaiting_authorization, preparing
    created: Milliseconds
    updated: Milliseconds
    batch_id: int | None = None
    iban: str = ""
    iban_name: str = ""
    bic: str = ""
