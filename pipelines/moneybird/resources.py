"""RESOURCES: one frozen row per endpoint. Everything else about an endpoint is derived from its row.

A row says where the endpoint is, how its news reaches us (`feed`), which columns are kept under which type, which
nested lists become child tables, which keys are left out on purpose and why. The client, the plan, the raw tables, the
stamps and dbt's sources follow; `tests/test_complete.py` names what is missing.

Source: Moneybird's OpenAPI document of 2026-08-21 and its behaviour as measured by other clients. What is marked
"unverified" below was not seen on a live administration by us.

Deliberately absent here: resources that later capabilities need (documents, bank, estimates, products, webhooks).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

Scope = Literal["sales_invoices", "documents", "estimates", "bank", "time_entries", "settings"]
Bucket = Literal["general", "reports"]

TEXT = "VARCHAR"
FLAG = "BOOLEAN"
COUNT = "INTEGER"
VERSION = "BIGINT"
DATE = "DATE"
MOMENT = "TIMESTAMP WITH TIME ZONE"
MONEY = "DECIMAL(18,2)"
PRECISE = "DECIMAL(18,6)"  # unit prices, quantities, percentages


class Feed(Enum):
    """How we learn what changed."""

    ROOT = "root"  # the list of administrations itself: one call per token, no administration in the path
    VERSIONS = "versions"  # GET …/synchronization gives ids and versions, POST fetches 100 at a time
    LIST = "list"  # no feed: the whole list is read again and compared by its own fields
    CONTROL_TOTALS = "control totals"  # a report of sums per ledger account and period
    LEDGER_LINES = "ledger lines"  # the lines behind the control totals, one account and period at a time


@dataclass(frozen=True)
class Column:
    """One kept field. `path` is where it sits in the answer when it is not a top-level key of the same name."""

    name: str
    type: str
    path: tuple[str, ...] = ()

    @property
    def source(self) -> tuple[str, ...]:
        return self.path or (self.name,)


@dataclass(frozen=True)
class Child:
    """A nested list that becomes the table `<resource>__<name>`; a row is found by its parent and its position."""

    name: str
    columns: tuple[Column, ...]
    ignored: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Posting:
    """How a document reaches the ledger: its posting date, the lists of its lines and payments, and states without one.

    Says which ledger slices a changed document may have touched; never how it is booked.
    """

    date_column: str
    lines: str
    payments: str
    silent_states: tuple[str, ...]


@dataclass(frozen=True)
class Resource:
    """One endpoint. See the module's docstring; every field is used by the code or by a test."""

    name: str
    path: str
    feed: Feed
    columns: tuple[Column, ...]
    why: str  # why this feed and not another
    docs: str  # the operation in Moneybird's reference
    scopes: tuple[tuple[Scope, ...], ...] = ()  # alternatives (or) of scopes that are all needed (and)
    bucket: Bucket = "general"
    children: tuple[Child, ...] = ()
    parent_key: str = ""  # name of the parent's id in child tables
    key: tuple[str, ...] = ("id",)
    query: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)
    windowed: bool = False  # has a `period` filter that hides history unless it is given
    paged: bool = False
    posting: Posting | None = None
    ignored: Mapping[str, str] = field(default_factory=dict)  # key → why it is not kept

    @property
    def table(self) -> str:
        return self.name

    def child_table(self, child: Child) -> str:
        return f"{self.name}__{child.name}"


def _columns(**types: str) -> tuple[Column, ...]:
    return tuple(Column(name, type_) for name, type_ in types.items())


_CAPABILITY = "capability URL: whoever holds it can open the document without logging in"
_SNAPSHOT = "embedded copy of another resource, read from its own endpoint"
_TRAIL = "audit trail, large and without a use in a report yet"

_CONTACT_PERSON = _columns(
    id=TEXT, firstname=TEXT, lastname=TEXT, phone=TEXT, email=TEXT, department=TEXT,
    created_at=MOMENT, updated_at=MOMENT, version=VERSION,
)  # fmt: skip
_CUSTOM_FIELD = _columns(id=TEXT, name=TEXT, value=TEXT)
_DETAIL = _columns(
    id=TEXT, tax_rate_id=TEXT, ledger_account_id=TEXT, project_id=TEXT, product_id=TEXT, amount=TEXT,
    amount_decimal=PRECISE, description=TEXT, price=PRECISE, period=TEXT, row_order=COUNT,
    total_price_excl_tax_with_discount=MONEY, total_price_excl_tax_with_discount_base=MONEY,
    tax_report_reference=TEXT, mandatory_tax_text=TEXT, is_optional=FLAG, is_selected=FLAG,
    created_at=MOMENT, updated_at=MOMENT,
)  # fmt: skip
_PAYMENT = _columns(
    id=TEXT, invoice_type=TEXT, invoice_id=TEXT, financial_account_id=TEXT, user_id=TEXT,
    payment_transaction_id=TEXT, transaction_identifier=TEXT, price=MONEY, price_base=MONEY, payment_date=DATE,
    credit_invoice_id=TEXT, financial_mutation_id=TEXT, ledger_account_id=TEXT, linked_payment_id=TEXT,
    manual_payment_action=TEXT, created_at=MOMENT, updated_at=MOMENT,
)  # fmt: skip
_TAX_TOTAL = _columns(
    tax_rate_id=TEXT, taxable_amount=MONEY, taxable_amount_base=MONEY, tax_amount=MONEY, tax_amount_base=MONEY
)
_PARENT_ID = {"administration_id": "the administration that was asked stands in every row"}

RESOURCES: tuple[Resource, ...] = (
    Resource(
        name="administrations",
        path="administrations",
        feed=Feed.ROOT,
        columns=_columns(
            id=TEXT, name=TEXT, language=TEXT, currency=TEXT, country=TEXT, time_zone=TEXT, access=TEXT,
            suspended=FLAG, period_locked_until=DATE, period_start_date=DATE,
        ),
        why="The only way to learn which administrations a token reaches; never take the first one.",
        docs="https://developer.moneybird.com/api/administrations",
    ),
    Resource(
        name="contacts",
        path="contacts",
        feed=Feed.VERSIONS,
        scopes=(("sales_invoices",), ("documents",), ("estimates",), ("bank",), ("settings",)),
        query={"include_archived": "true"},
        columns=_columns(
            id=TEXT, version=VERSION, company_name=TEXT, firstname=TEXT, lastname=TEXT, address1=TEXT, address2=TEXT,
            zipcode=TEXT, city=TEXT, country=TEXT, phone=TEXT, delivery_method=TEXT, customer_id=TEXT,
            tax_number=TEXT, tax_number_valid=FLAG, tax_number_validated_at=MOMENT, chamber_of_commerce=TEXT,
            bank_account=TEXT, is_trusted=FLAG, max_transfer_amount=MONEY, attention=TEXT, email=TEXT, email_ubl=FLAG,
            send_invoices_to_attention=TEXT, send_invoices_to_email=TEXT, send_estimates_to_attention=TEXT,
            send_estimates_to_email=TEXT, direct_debit=FLAG, sepa_active=FLAG, sepa_iban=TEXT,
            sepa_iban_account_name=TEXT, sepa_bic=TEXT, sepa_mandate_id=TEXT, sepa_mandate_date=DATE,
            sepa_sequence_type=TEXT, invoice_workflow_id=TEXT, estimate_workflow_id=TEXT, si_identifier=TEXT,
            si_identifier_type=TEXT, moneybird_payments_mandate=FLAG, archived=FLAG, created_at=MOMENT,
            updated_at=MOMENT,
        ),
        children=(
            Child("contact_people", _CONTACT_PERSON, ignored=_PARENT_ID | {"contact_id": "stands in contact_id"}),
            Child("custom_fields", _CUSTOM_FIELD),
        ),
        parent_key="contact_id",
        ignored=_PARENT_ID
        | {
            "sales_invoices_url": _CAPABILITY,
            "credit_card_number": "payment card data does not belong in a warehouse",
            "credit_card_reference": "payment card data does not belong in a warehouse",
            "credit_card_type": "payment card data does not belong in a warehouse",
            "notes": _TRAIL,
            "events": _TRAIL,
        },
        why="Has a version feed. Archived contacts need include_archived=true, and a debtor can be archived.",
        docs="https://developer.moneybird.com/api/contacts",
    ),
    Resource(
        name="sales_invoices",
        path="sales_invoices",
        feed=Feed.VERSIONS,
        scopes=(("sales_invoices",),),
        windowed=True,
        filters={"state": "all"},
        columns=_columns(
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
        ),
        children=(
            Child("details", _DETAIL, ignored=_PARENT_ID),
            Child("payments", _PAYMENT, ignored=_PARENT_ID),
            Child("tax_totals", _TAX_TOTAL),
            Child("custom_fields", _CUSTOM_FIELD),
        ),
        parent_key="sales_invoice_id",
        posting=Posting("invoice_date", "details", "payments", silent_states=("draft", "scheduled")),
        ignored=_PARENT_ID
        | {
            "url": _CAPABILITY,
            "payment_url": _CAPABILITY,
            "public_view_code": _CAPABILITY,
            "public_view_code_expires_at": "belongs to the capability code and moves without the invoice changing",
            "contact": _SNAPSHOT,
            "contact_person": _SNAPSHOT,
            "time_entries": _SNAPSHOT,
            "notes": _TRAIL,
            "attachments": _TRAIL,
            "events": _TRAIL,
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
        columns=_columns(
            id=TEXT, version=VERSION, contact_id=TEXT, state=TEXT, date=DATE, due_date=DATE, reference=TEXT,
            entry_number=COUNT, origin=TEXT, source=TEXT, currency=TEXT, prices_are_incl_tax=FLAG, paid_at=DATE,
            total_paid=MONEY, total_unpaid=MONEY, total_unpaid_base=MONEY, total_price_excl_tax=MONEY,
            total_price_excl_tax_base=MONEY, total_price_incl_tax=MONEY, total_price_incl_tax_base=MONEY,
            marked_dubious_on=DATE, marked_uncollectible_on=DATE, created_at=MOMENT, updated_at=MOMENT,
        ),
        children=(
            Child("details", _DETAIL, ignored=_PARENT_ID),
            Child("payments", _PAYMENT, ignored=_PARENT_ID),
            Child("tax_totals", _TAX_TOTAL),
        ),
        parent_key="external_sales_invoice_id",
        posting=Posting("date", "details", "payments", silent_states=("new",)),
        ignored=_PARENT_ID
        | {
            "source_url": "a link into another system, which may open the document without logging in",
            "contact": _SNAPSHOT,
            "notes": _TRAIL,
            "attachments": _TRAIL,
            "events": _TRAIL,
        },
        why="Has a version feed since 2026-03-09, with this year as its default. Customers owe these invoices too.",
        docs="https://developer.moneybird.com/api/external-sales-invoices",
    ),
    Resource(
        name="ledger_accounts",
        path="ledger_accounts",
        feed=Feed.LIST,
        scopes=(("settings",), ("sales_invoices",), ("documents",), ("estimates",)),
        columns=(
            *_columns(id=TEXT, name=TEXT, account_type=TEXT, account_id=TEXT, parent_id=TEXT, active=FLAG),
            Column("taxonomy_version", TEXT, ("taxonomy_item", "taxonomy_version")),
            Column("taxonomy_code", TEXT, ("taxonomy_item", "code")),
            Column("taxonomy_name", TEXT, ("taxonomy_item", "name")),
            Column("taxonomy_name_english", TEXT, ("taxonomy_item", "name_english")),
            Column("taxonomy_reference", TEXT, ("taxonomy_item", "reference")),
            *_columns(
                allowed_document_types=TEXT, financial_account_id=TEXT, created_at=MOMENT, updated_at=MOMENT
            ),
        ),
        ignored=_PARENT_ID,
        why="No feed and no pages: one call gives the whole chart.",
        docs="https://developer.moneybird.com/api/ledger-accounts",
    ),
    Resource(
        name="tax_rates",
        path="tax_rates",
        feed=Feed.LIST,
        scopes=(("settings",), ("sales_invoices",), ("documents",), ("estimates",)),
        paged=True,
        filters={"tax_rate_type": "all"},
        columns=_columns(
            id=TEXT, name=TEXT, percentage=PRECISE, tax_rate_type=TEXT, show_tax=FLAG, active=FLAG, country=TEXT,
            created_at=MOMENT, updated_at=MOMENT,
        ),
        ignored=_PARENT_ID,
        why="No feed; a handful of rows.",
        docs="https://developer.moneybird.com/api/tax-rates",
    ),
    Resource(
        name="projects",
        path="projects",
        feed=Feed.LIST,
        scopes=(("settings",),),
        paged=True,
        filters={"state": "all"},
        columns=_columns(id=TEXT, name=TEXT, state=TEXT, budget=COUNT),
        ignored=_PARENT_ID,
        why="No feed and no timestamps; the list shows only active projects unless state:all is asked.",
        docs="https://developer.moneybird.com/api/projects",
    ),
    Resource(
        name="users",
        path="users",
        feed=Feed.LIST,
        scopes=(("settings",),),
        query={"include_inactive": "true", "include_accountants": "true", "include_api_users": "true"},
        columns=_columns(
            id=TEXT, name=TEXT, email=TEXT, email_validated=FLAG, language=TEXT, time_zone=TEXT, user_type=TEXT,
            permissions=TEXT, created_at=MOMENT, updated_at=MOMENT,
        ),
        ignored=_PARENT_ID,
        why="No feed; without the three switches people who left disappear together with the names on their hours.",
        docs="https://developer.moneybird.com/api/users",
    ),
    Resource(
        name="time_entries",
        path="time_entries",
        feed=Feed.LIST,
        scopes=(("time_entries",),),
        paged=True,
        windowed=True,
        filters={"state": "all", "include_nil_contacts": "true", "include_active": "true"},
        columns=_columns(
            id=TEXT, contact_id=TEXT, project_id=TEXT, sales_invoice_id=TEXT, user_id=TEXT, started_at=MOMENT,
            ended_at=MOMENT, description=TEXT, paused_duration=COUNT, billable=FLAG, created_at=MOMENT,
            updated_at=MOMENT,
        ),
        ignored=_PARENT_ID
        | {
            "contact": _SNAPSHOT,
            "user": _SNAPSHOT,
            "project": _SNAPSHOT,
            "sales_invoice": _SNAPSHOT,
            "events": _TRAIL,
            "notes": _TRAIL,
        },
        why="No feed, no updated_after: windows are read again and compared. Running timers hide without the switch.",
        docs="https://developer.moneybird.com/api/time-entries",
    ),
    Resource(
        name="general_ledger",
        path="reports/general_ledger",
        feed=Feed.CONTROL_TOTALS,
        bucket="reports",
        scopes=(("bank",),),
        key=("period_start_date", "period_end_date", "ledger_account_id"),
        columns=_columns(
            period_start_date=DATE, period_end_date=DATE, ledger_account_id=TEXT, start_balance=MONEY,
            debit_sum=MONEY, credit_sum=MONEY, final_balance=MONEY,
        ),
        why="Debit and credit per account for up to twelve months in one call: the cheapest proof of the ledger.",
        docs="https://developer.moneybird.com/api/reports",
    ),
    Resource(
        name="journal_entries",
        path="reports/journal_entries",
        feed=Feed.LEDGER_LINES,
        bucket="reports",
        scopes=(("documents", "sales_invoices"),),
        paged=True,
        key=("ledger_account_id", "month_date"),
        columns=_columns(
            ledger_account_id=TEXT, month_date=DATE, line_number=COUNT, id=TEXT, date=DATE, document_type=TEXT,
            document_id=TEXT, project_id=TEXT, contact_id=TEXT, tax_rate_id=TEXT, financial_account_id=TEXT,
            amount=MONEY, description=TEXT,
        ),
        ignored=_PARENT_ID,
        why="The only feed of ledger lines; it wants an account per call, so control totals say which accounts to ask. "
        "Ids are not durable, so an account's month is replaced whole.",
        docs="https://developer.moneybird.com/api/reports",
    ),
)  # fmt: skip

BY_NAME: Mapping[str, Resource] = {resource.name: resource for resource in RESOURCES}
