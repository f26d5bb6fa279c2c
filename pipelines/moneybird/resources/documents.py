"""What suppliers bill and what is booked by hand: five collections under documents/.

A document can move from one collection to another (only on the website); it then vanishes from the first feed and comes
up in the second, which reads as a tombstone and a new record.
"""

from __future__ import annotations

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
    Feed,
    Posting,
    Resource,
    columns,
)
from pipelines.moneybird.resources.shared import DETAIL, FISCAL_ALLOCATION, PARENT_ID, PAYMENT, SNAPSHOT, TRAIL

_PURCHASE = columns(
    id=TEXT, version=VERSION, contact_id=TEXT, state=TEXT, date=DATE, due_date=DATE, reference=TEXT,
    entry_number=COUNT, origin=TEXT, currency=TEXT, exchange_rate=PRECISE, revenue_invoice=FLAG,
    prices_are_incl_tax=FLAG, paid_at=DATE, tax_number=TEXT, total_price_excl_tax=MONEY,
    total_price_excl_tax_base=MONEY, total_price_incl_tax=MONEY, total_price_incl_tax_base=MONEY, created_at=MOMENT,
    updated_at=MOMENT,
)  # fmt: skip
_PURCHASE_CHILDREN = (
    Child("details", DETAIL, ignored=PARENT_ID),
    Child("payments", PAYMENT, ignored=PARENT_ID),
    Child("fiscal_allocations", FISCAL_ALLOCATION, ignored=PARENT_ID),
)
# Unverified: that a document which is only saved for later posts nothing either, as one that is new does not.
_PURCHASE_POSTING = Posting("date", "details", "payments", silent_states=("new", "saved"))
_IGNORED = PARENT_ID | {"contact": SNAPSHOT, "notes": TRAIL, "attachments": TRAIL, "events": TRAIL}

ROWS: tuple[Resource, ...] = (
    Resource(
        name="purchase_invoices",
        path="documents/purchase_invoices",
        feed=Feed.VERSIONS,
        scopes=(("documents",),),
        windowed=True,
        filters={"state": "all"},
        columns=_PURCHASE,
        children=_PURCHASE_CHILDREN,
        parent_key="purchase_invoice_id",
        history=True,
        posting=_PURCHASE_POSTING,
        ignored=_IGNORED,
        why="Has a version feed with this year as its default. No tax_totals: VAT is what incl. and excl. differ by.",
        docs="https://developer.moneybird.com/api/documents-purchase-invoices",
    ),
    Resource(
        name="receipts",
        path="documents/receipts",
        feed=Feed.VERSIONS,
        scopes=(("documents",),),
        windowed=True,
        filters={"state": "all"},
        columns=_PURCHASE,
        children=_PURCHASE_CHILDREN,
        parent_key="receipt_id",
        history=True,
        posting=_PURCHASE_POSTING,
        ignored=_IGNORED,
        why="Has a version feed with this year as its default. Books exactly as a purchase invoice does.",
        docs="https://developer.moneybird.com/api/documents-receipts",
    ),
    Resource(
        name="general_journal_documents",
        path="documents/general_journal_documents",
        feed=Feed.VERSIONS,
        scopes=(("documents",),),
        windowed=True,
        filters={"state": "all"},
        columns=columns(
            id=TEXT, version=VERSION, date=DATE, reference=TEXT, journal_type=TEXT, created_at=MOMENT,
            updated_at=MOMENT,
        ),
        children=(
            Child(
                "general_journal_document_entries",
                columns(
                    id=TEXT, ledger_account_id=TEXT, project_id=TEXT, contact_id=TEXT, debit=MONEY, credit=MONEY,
                    row_order=COUNT, description=TEXT, created_at=MOMENT, updated_at=MOMENT,
                ),
                ignored=PARENT_ID,
            ),
        ),
        parent_key="general_journal_document_id",
        history=True,
        posting=Posting("date", "general_journal_document_entries"),
        ignored=PARENT_ID | {"notes": TRAIL, "attachments": TRAIL, "events": TRAIL},
        why="Has a version feed with this year as its default. No state and no contact of its own; the opening balance "
        "is one, dated the day before the books begin.",
        docs="https://developer.moneybird.com/api/documents-general-journal-documents",
    ),
    Resource(
        name="general_documents",
        path="documents/general_documents",
        feed=Feed.VERSIONS,
        scopes=(("documents",),),
        windowed=True,
        filters={"state": "all"},
        columns=columns(
            id=TEXT, version=VERSION, contact_id=TEXT, state=TEXT, date=DATE, due_date=DATE, reference=TEXT,
            entry_number=COUNT, exchange_rate=PRECISE, created_at=MOMENT, updated_at=MOMENT,
        ),
        history=True,
        ignored=_IGNORED,
        why="Has a version feed with this year as its default; contracts and letters, which can be older than the "
        "books. No amounts and no postings.",
        docs="https://developer.moneybird.com/api/documents-general-documents",
    ),
    Resource(
        name="typeless_documents",
        path="documents/typeless_documents",
        feed=Feed.VERSIONS,
        scopes=(("documents",),),
        windowed=True,
        filters={"state": "all"},
        columns=columns(
            id=TEXT, version=VERSION, contact_id=TEXT, state=TEXT, date=DATE, reference=TEXT, origin=TEXT,
            created_at=MOMENT, updated_at=MOMENT,
        ),
        history=True,
        ignored=PARENT_ID | {"contact": SNAPSHOT, "attachments": TRAIL, "events": TRAIL},
        why="Has a version feed with this year as its default: the inbox. How much waits there says how complete the "
        "books are.",
        docs="https://developer.moneybird.com/api/documents-typeless-documents",
    ),
)  # fmt: skip
