"""What customers are billed."""

from __future__ import annotations

from pipelines.moneybird.resources import contacts
from pipelines.moneybird.resources.row import (
    COUNT,
    DATE,
    FLAG,
    MOMENT,
    MONEY,
    PRECISE,
    TEXT,
    VERSION,
    Child,
    Column,
    Feed,
    Posting,
    Resource,
    columns,
)
from pipelines.moneybird.resources.shared import (
    CAPABILITY,
    CUSTOM_FIELD,
    DETAIL,
    IN_PARENT_KEY,
    PARENT_ID,
    PAYMENT,
    SNAPSHOT,
    TAX_TOTAL,
    TRAIL,
)

# Who the customer was when the invoice was sent, as far as the ICP statement and the rules of VAT ask: the contact
# embedded in it is a copy that later changes of the contact leave as it is. In a draft it is the contact when read.
_AS_SENT = (
    Column("contact_company_name", TEXT, ("contact", "company_name")),
    Column("contact_country", TEXT, ("contact", "country")),
    Column("contact_tax_number", TEXT, ("contact", "tax_number")),
    Column("contact_tax_number_valid", FLAG, ("contact", "tax_number_valid")),
)

ROWS: tuple[Resource, ...] = (
    Resource(
        name="sales_invoices",
        path="sales_invoices",
        feed=Feed.VERSIONS,
        scopes=(("sales_invoices",),),
        windowed=True,
        filters={"state": "all"},
        columns=columns(
            id=TEXT, version=VERSION, contact_id=TEXT, contact_person_id=TEXT, invoice_id=TEXT,
            recurring_sales_invoice_id=TEXT, subscription_id=TEXT, workflow_id=TEXT, document_style_id=TEXT,
            identity_id=TEXT, original_sales_invoice_id=TEXT, original_estimate_id=TEXT, draft_id=TEXT, state=TEXT,
            invoice_date=DATE, due_date=DATE, payment_conditions=TEXT, payment_reference=TEXT,
            short_payment_reference=TEXT, reference=TEXT, language=TEXT, currency=TEXT, discount=PRECISE,
            prices_are_incl_tax=FLAG, paused=FLAG, paid_at=DATE, sent_at=DATE, total_paid=MONEY, total_unpaid=MONEY,
            total_unpaid_base=MONEY, total_price_excl_tax=MONEY, total_price_excl_tax_base=MONEY,
            total_price_incl_tax=MONEY, total_price_incl_tax_base=MONEY, total_discount=MONEY, marked_dubious_on=DATE,
            marked_uncollectible_on=DATE, reminder_count=COUNT, next_reminder=DATE, created_at=MOMENT,
            updated_at=MOMENT,
        ) + _AS_SENT,
        children=(
            Child("details", DETAIL, ignored=PARENT_ID),
            Child("payments", PAYMENT, ignored=PARENT_ID),
            Child("tax_totals", TAX_TOTAL),
            Child("custom_fields", CUSTOM_FIELD),
        ),
        parent_key="sales_invoice_id",
        history=True,
        posting=Posting("invoice_date", "details", "payments", silent_states=("draft", "scheduled")),
        ignored=PARENT_ID
        | contacts.embedded("company_name", "country", "tax_number", "tax_number_valid")
        | {
            "url": CAPABILITY,
            "payment_url": CAPABILITY,
            "public_view_code": CAPABILITY,
            "public_view_code_expires_at": "belongs to the capability code and moves without the invoice changing",
            "contact_person": SNAPSHOT,
            "time_entries": SNAPSHOT,
            "notes": TRAIL,
            "attachments": TRAIL,
            "events": TRAIL,
        },
        why="Has a version feed. It hides everything outside this year unless a period is given, at most ten years.",
        docs="https://developer.moneybird.com/api/sales-invoices",
    ),
    Resource(
        name="external_sales_invoices",
        path="external_sales_invoices",
        feed=Feed.VERSIONS,
        scopes=(("sales_invoices",),),
        windowed=True,
        filters={"state": "all"},
        columns=columns(
            id=TEXT, version=VERSION, contact_id=TEXT, state=TEXT, date=DATE, due_date=DATE, reference=TEXT,
            entry_number=COUNT, origin=TEXT, source=TEXT, currency=TEXT, prices_are_incl_tax=FLAG, paid_at=DATE,
            total_paid=MONEY, total_unpaid=MONEY, total_unpaid_base=MONEY, total_price_excl_tax=MONEY,
            total_price_excl_tax_base=MONEY, total_price_incl_tax=MONEY, total_price_incl_tax_base=MONEY,
            marked_dubious_on=DATE, marked_uncollectible_on=DATE, created_at=MOMENT, updated_at=MOMENT,
        ),
        children=(
            Child("details", DETAIL, ignored=PARENT_ID),
            Child("payments", PAYMENT, ignored=PARENT_ID),
            Child("tax_totals", TAX_TOTAL),
        ),
        parent_key="external_sales_invoice_id",
        history=True,
        posting=Posting("date", "details", "payments", silent_states=("new",)),
        ignored=PARENT_ID
        | {
            "source_url": "a link into another system, which may open the document without logging in",
            "contact": SNAPSHOT,
            "notes": TRAIL,
            "attachments": TRAIL,
            "events": TRAIL,
        },
        why="Has a version feed since 2026-03-09, with this year as its default. Customers owe these invoices too.",
        docs="https://developer.moneybird.com/api/external-sales-invoices",
    ),
    Resource(
        name="estimates",
        path="estimates",
        feed=Feed.VERSIONS,
        scopes=(("estimates",),),
        windowed=True,
        filters={"state": "all"},
        columns=columns(
            id=TEXT, version=VERSION, contact_id=TEXT, contact_person_id=TEXT, estimate_id=TEXT,
            estimate_sequence_id=TEXT, workflow_id=TEXT, document_style_id=TEXT, identity_id=TEXT,
            original_estimate_id=TEXT, draft_id=TEXT, state=TEXT, estimate_date=DATE, due_date=DATE, reference=TEXT,
            language=TEXT, currency=TEXT, exchange_rate=PRECISE, discount=PRECISE, prices_are_incl_tax=FLAG,
            show_tax=FLAG, sign_online=FLAG, pre_text=TEXT, post_text=TEXT, sent_at=DATE, accepted_at=DATE,
            rejected_at=DATE, archived_at=DATE, total_price_excl_tax=MONEY, total_price_excl_tax_base=MONEY,
            total_price_incl_tax=MONEY, total_price_incl_tax_base=MONEY, total_discount=MONEY, created_at=MOMENT,
            updated_at=MOMENT,
        ),
        children=(
            Child("details", DETAIL, ignored=PARENT_ID),
            Child("tax_totals", TAX_TOTAL),
            Child("custom_fields", CUSTOM_FIELD),
        ),
        parent_key="estimate_id",
        history=True,
        ignored=PARENT_ID
        | {
            "url": CAPABILITY,
            "public_view_code": CAPABILITY,
            "public_view_code_expires_at": "belongs to the capability code and moves without the estimate changing",
            "contact": SNAPSHOT,
            "contact_person": SNAPSHOT,
            "notes": TRAIL,
            "attachments": TRAIL,
            "events": TRAIL,
        },
        why="Has a version feed with this year as its default; estimates can be older than the books, never post.",
        docs="https://developer.moneybird.com/api/estimates",
    ),
    Resource(
        name="recurring_sales_invoices",
        path="recurring_sales_invoices",
        feed=Feed.VERSIONS,
        scopes=(("sales_invoices",),),
        filters={"state": "active|inactive"},  # unverified: the contract shows the pipe for other lists only
        columns=columns(
            id=TEXT, version=VERSION, contact_id=TEXT, contact_person_id=TEXT, workflow_id=TEXT, start_date=DATE,
            invoice_date=DATE, last_date=DATE, active=FLAG, frequency_type=TEXT, frequency=COUNT, auto_send=FLAG,
            sending_scheduled_at=MOMENT, sending_scheduled_user_id=TEXT, first_due_interval=COUNT,
            payment_conditions=TEXT, reference=TEXT, language=TEXT, currency=TEXT, discount=PRECISE,
            prices_are_incl_tax=FLAG, total_price_excl_tax=MONEY, total_price_excl_tax_base=MONEY,
            total_price_incl_tax=MONEY, total_price_incl_tax_base=MONEY, created_at=MOMENT, updated_at=MOMENT,
        ),
        children=(
            Child("details", DETAIL, ignored=PARENT_ID),
            Child("custom_fields", CUSTOM_FIELD),
            Child(
                "subscription",
                columns(
                    id=TEXT, contact_id=TEXT, contact_person_id=TEXT, product_id=TEXT, start_date=DATE, end_date=DATE,
                    frequency=COUNT, frequency_type=TEXT, reference=TEXT, cancelled_at=MOMENT,
                ),
                ignored=PARENT_ID
                | {
                    "recurring_sales_invoice_id": IN_PARENT_KEY,
                    "product": SNAPSHOT,
                    "contact": SNAPSHOT,
                    "contact_person": SNAPSHOT,
                    "subscription_products": "the lines of the recurring invoice say the same, with their prices",
                },
                single=True,
            ),
        ),
        parent_key="recurring_sales_invoice_id",
        ignored=PARENT_ID
        | {
            "contact": SNAPSHOT,
            "contact_person": SNAPSHOT,
            "notes": TRAIL,
            "attachments": TRAIL,
            "events": TRAIL,
        },
        why="Has a version feed without a period. It hides the stopped ones unless both states are asked; the only way "
        "to subscriptions, which cannot be listed without a contact.",
        docs="https://developer.moneybird.com/api/recurring-sales-invoices",
    ),
)  # fmt: skip
