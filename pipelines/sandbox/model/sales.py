"""Sold: lines, payments, invoices of our own and of other systems, estimates, recurring invoices, subscriptions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from pipelines.sandbox.cards import Card, Milliseconds, Person
from pipelines.sandbox.model.basics import NONE, ONE, Cents


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
    product_id: int | None = None
    is_optional: bool = False
    is_selected: bool = True


@dataclass(slots=True)
class Payment:
    """Money on a document. `account_id` is the ledger account the API names: the bank's, or the one of P-10.

    `price` has the sign of the document's own total: positive pays an invoice (ours or a supplier's), negative pays
    back. `price_base` is what the bank saw in the administration's currency.
    """

    id: int
    day: date
    price: Cents
    price_base: Cents
    account_id: int
    created: Milliseconds
    mutation_id: int | None = None  # the bank transaction it was made from (P-9)
    financial_account_id: int | None = None
    settlement: bool = False  # invoice against credit invoice, P-4
    transaction_identifier: str | None = None
    action: str | None = None  # manual_payment_action, P-10b
    matched_mutation_id: int | None = None  # a bank transaction linked to this payment later, P-10c
    linked_payment_id: int | None = None
    credit_invoice_id: int | None = None
    counterpart_id: int | None = None  # the other half of a settlement; the API does not show it


class Happening(NamedTuple):
    """One entry of a record's `events`: `action` is a name of webhook_events.md."""

    action: str
    at: Milliseconds
    data: dict[str, Any] | None = None


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
    uncollectible_as_revenue: bool = False  # book_method: revenue
    reminded_on: date | None = None
    workflow_id: int = 0
    document_style_id: int = 0
    custom_fields: tuple[tuple[int, str], ...] = ()
    recurring_id: int | None = None
    subscription_id: int | None = None
    estimate_id: int | None = None
    paused: bool = False
    sequence_id: int | None = None  # numbering sequence; none is the administration's own
    delivery_method: str = "Manual"  # how it was sent, or will be when it is scheduled
    mergeable: bool = False  # a scheduled invoice that may become one with others of that day
    reminders: int = 0  # how many were sent
    reminder_until: date | None = None  # until when the last one makes it `reminded`
    pending: bool = False  # a payment that the bank or provider has not confirmed yet
    log: tuple[Happening, ...] = ()  # see actions.history; empty until something changes after the making
    joins: int | None = None  # the recurring invoice whose next invoice takes this one in when both are sent


@dataclass(slots=True)
class ExternalInvoice:
    """An invoice that another system sent; ours only to collect. Without a contact it may stand on debtors too.

    `is_new` is the state `new`: received, not yet processed, not in the books (A).
    """

    id: int
    contact_id: int | None
    day: date
    due_date: date | None
    reference: str | None
    entry_number: int
    created: Milliseconds
    updated: Milliseconds
    lines: list[Line]
    payments: list[Payment] = field(default_factory=list)
    is_new: bool = False
    source: str | None = None
    source_url: str | None = None
    origin: str | None = "api"
    currency: str = "EUR"
    rate: Decimal = ONE
    discount: Decimal = NONE  # always none: the API has no discount here, totals are computed alike
    prices_are_incl_tax: bool = False
    dubious_on: date | None = None
    uncollectible_on: date | None = None
    uncollectible_as_revenue: bool = False
    pending: bool = False  # a payment that the bank or provider has not confirmed yet


@dataclass(slots=True)
class Estimate:
    """An offer. It never posts. `accepted_on` and the like say what became of it.

    `held` is open or late when somebody said so by hand: then the due date no longer decides.
    """

    id: int
    contact_id: int | None
    due_date: date
    created: Milliseconds
    updated: Milliseconds
    lines: list[Line]
    card: Card | None = None
    person: Person | None = None
    number: str | None = None
    draft_number: int | None = None
    estimate_date: date | None = None
    sent_on: date | None = None
    accepted_on: date | None = None
    rejected_on: date | None = None
    billed_on: date | None = None
    archived_on: date | None = None
    reference: str | None = None
    language: str = "nl"
    currency: str = "EUR"
    rate: Decimal = ONE
    discount: Decimal = NONE
    prices_are_incl_tax: bool = False
    pre_text: str | None = None
    post_text: str | None = None
    show_tax: bool = True
    sign_online: bool = False
    original_id: int | None = None
    workflow_id: int = 0
    document_style_id: int = 0
    custom_fields: tuple[tuple[int, str], ...] = ()
    due_days: int = 30
    sequence_id: int | None = None  # numbering sequence; none is the administration's own
    delivery_method: str = "Email"  # how it was sent last
    held: str | None = None
    log: tuple[Happening, ...] = ()  # see actions.estimates; empty until something changes after the making


@dataclass(slots=True)
class Recurring:
    """The template of a recurring invoice; `next_day` is when the calendar makes the next one."""

    id: int
    contact_id: int
    start: date
    next_day: date
    created: Milliseconds
    updated: Milliseconds
    lines: list[Line]
    frequency: int = 1
    frequency_type: str = "month"
    last_day: date | None = None
    active: bool = True
    auto_send: bool = False
    mergeable: bool = False
    person: Person | None = None
    reference: str | None = None
    language: str = "nl"
    currency: str = "EUR"
    rate: Decimal = ONE
    discount: Decimal = NONE
    prices_are_incl_tax: bool = False
    payment_conditions: str | None = None
    due_days: int = 14
    workflow_id: int = 0
    document_style_id: int = 0
    custom_fields: tuple[tuple[int, str], ...] = ()
    desired_count: int | None = None  # how many invoices it makes at most; `last_day` follows
    log: tuple[Happening, ...] = ()  # what happened after the making


@dataclass(slots=True, frozen=True)
class Plan:
    """A product that was subscribed to until another one took its place."""

    start: date
    end: date
    product_id: int
    amount: str
    discount: Decimal


@dataclass(slots=True)
class Subscription:
    """A product a contact pays for until further notice, billed by a recurring invoice.

    Product, amount and discount are those of the newest plan, which may still have to begin; `earlier` are the others.
    """

    id: int
    contact_id: int
    product_id: int
    start: date
    recurring_id: int | None
    created: Milliseconds
    end: date | None = None
    amount: str = "1 x"
    discount: Decimal = NONE
    frequency: int | None = 1
    frequency_type: str | None = "month"
    reference: str | None = None
    cancelled: Milliseconds | None = None
    person: Person | None = None
    plan_start: date | None = None  # when the newest plan begins; none: with the subscription
    earlier: tuple[Plan, ...] = ()
    template_id: int | None = None  # what it was bought through; without one there is no portal page for it


@dataclass(slots=True)
class SubscriptionTemplate:
    id: int
    workflow_id: int
    document_style_id: int
    product_ids: tuple[int, ...]
    mergeable: bool = False
    contact_can_update: bool = False


@dataclass(slots=True)
class Charge:
    """An additional charge for the next invoice of a subscription or contact; `line_id` once it is billed."""

    id: int
    contact_id: int | None
    subscription_id: int | None
    product_id: int
    amount: str
    price: Cents
    period: tuple[date, date]
    description: str
    line_id: int | None = None
    created: Milliseconds = 0
