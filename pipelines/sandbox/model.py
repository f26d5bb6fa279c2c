"""The facts of an administration, as compact as Python allows: JSON is rendered per request, never kept.

Amounts are whole cents (`int`), signed as on the document: an invoice is positive, a credit invoice negative. Moments
are Unix milliseconds. Ids are integers here and strings in every answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pipelines.sandbox.cards import Card, Milliseconds, Person

Cents = int

ONE = Decimal(1)
NONE = Decimal(0)


@dataclass(slots=True, frozen=True)
class TaxRate:
    """A rate; `references` are the boxes of the Dutch return its lines land in, `text` what the law makes one print."""

    id: int
    name: str
    percentage: Decimal | None
    kind: str  # sales_invoice, purchase_invoice or general_journal_document
    references: tuple[str, ...]
    text: str | None
    created: Milliseconds
    updated: Milliseconds
    active: bool = True
    country: str | None = None


@dataclass(slots=True)
class Account:
    """A ledger account; `number` is what people see, `role` is what the books post to."""

    id: int
    name: str
    kind: str  # account_type of the API
    number: str
    rgs: str
    rgs_reference: str
    rgs_name: str
    rgs_name_english: str
    role: str | None
    parent_id: int | None
    allowed: tuple[str, ...]
    created: Milliseconds
    updated: Milliseconds
    active: bool = True
    financial_account_id: int | None = None


@dataclass(slots=True)
class Line:
    """A detail. `price` is per unit and follows the document's incl/excl; `amount` is the text that was typed."""

    id: int
    description: str
    price: Cents
    amount: str | None
    quantity: Decimal
    tax_rate_id: int
    account_id: int
    project_id: int | None
    period: tuple[date, date] | None
    row_order: int
    created: Milliseconds
    updated: Milliseconds


@dataclass(slots=True)
class Payment:
    """A receipt on an invoice. `account_id` is the ledger account the API names: the bank's, or the one of P-10."""

    id: int
    day: date
    price: Cents
    price_base: Cents
    account_id: int
    created: Milliseconds
    mutation_id: int | None = None
    financial_account_id: int | None = None
    settlement: bool = False  # invoice against credit invoice, P-4
    transaction_identifier: str | None = None


@dataclass(slots=True)
class Invoice:
    """A sales invoice or credit invoice, draft, scheduled or sent."""

    id: int
    contact_id: int
    due_date: date
    created: Milliseconds
    updated: Milliseconds
    lines: list[Line]
    payments: list[Payment] = field(default_factory=list)
    card: Card | None = None  # the snapshot; None while it is a draft
    person: Person | None = None
    number: str | None = None
    draft_number: int | None = None
    invoice_date: date | None = None
    sent_on: date | None = None
    scheduled: bool = False
    due_days: int = 14
    reference: str | None = None
    language: str = "nl"
    currency: str = "EUR"
    rate: Decimal = ONE  # one unit of `currency` in the administration's currency
    discount: Decimal = NONE  # per cent
    prices_are_incl_tax: bool = False
    payment_conditions: str | None = None
    original_id: int | None = None
    dubious_on: date | None = None
    uncollectible_on: date | None = None
    reminded_on: date | None = None
    workflow_id: int = 0
    document_style_id: int = 0
    custom_fields: tuple[tuple[int, str], ...] = ()


@dataclass(slots=True)
class Entry:
    """One line of a journal: exactly one of debit and credit is not zero."""

    account_id: int
    debit: Cents
    credit: Cents
    description: str
    contact_id: int | None = None
    project_id: int | None = None


@dataclass(slots=True)
class Journal:
    """A general journal document (`kind` None or fiscal_year_ending) or, with `is_vat_return`, a filed return."""

    id: int
    day: date
    reference: str
    entries: list[Entry]
    created: Milliseconds
    updated: Milliseconds
    kind: str | None = None
    is_vat_return: bool = False


@dataclass(slots=True)
class Booking:
    """A bank line booked straight on a ledger account; `price` is signed as the mutation is."""

    id: int
    account_id: int
    price: Cents
    description: str
    contact_id: int | None = None


@dataclass(slots=True)
class Mutation:
    """A bank transaction; positive is money in. What is linked to invoices stands on their payments."""

    id: int
    day: date
    amount: Cents
    message: str
    account_id: int  # ledger account of the bank account
    financial_account_id: int
    created: Milliseconds
    updated: Milliseconds
    bookings: list[Booking] = field(default_factory=list)


@dataclass(slots=True)
class Project:
    id: int
    name: str
    state: str
    budget: int | None


@dataclass(slots=True)
class User:
    id: int
    name: str
    email: str
    kind: str  # user_type of the API
    permissions: tuple[str, ...]
    created: Milliseconds
    updated: Milliseconds


@dataclass(slots=True)
class TimeEntry:
    """Worked hours; `ended` None is a running timer. `paused` is seconds."""

    id: int
    user_id: int
    contact_id: int | None
    project_id: int | None
    invoice_id: int | None
    started: Milliseconds
    ended: Milliseconds | None
    description: str
    paused: int
    billable: bool
    created: Milliseconds
    updated: Milliseconds
