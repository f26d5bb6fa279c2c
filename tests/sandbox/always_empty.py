"""Documented properties that no record of the demo group fills, by the reason why; `*` stands for anything.

A property with a value in even one record must not be here, and one without must. So whoever has the group make a
thing takes its line out, and whoever serves a new thing has the group fill it or says here why not.
"""

from __future__ import annotations

# The test holds the first reason against the document: in none of its examples does the property have a value.
NO_EXAMPLE = "the contract has no example with a value, so any value would be invented"

ALWAYS_EMPTY: dict[str, tuple[str, ...]] = {
    NO_EXAMPLE: (
        "GET reports/journal_entries[].administration_id",
        "GET reports/ledger_accounts/{ledger_account_id}[].administration_id",
        "*_contact_response.credit_card_*",
        "*_contact_response.max_transfer_amount",
        "document_style_response.background_hash",
        "document_style_response.custom_css",
        "document_style_response.logo_hash",
        "estimate_response.original_estimate_id",
        "event_response.link_entity_*",
        "financial_mutation_response.account_servicer_transaction_id",
        "financial_mutation_response.code",
        "financial_mutation_response.original_amount",
        "note_response.data",
        "note_response.todo_type",
        "payment_response.payment_transaction_id",
        "purchase_invoice_response.tax_number",
        "purchase_transaction_response.payment_instrument_id",
        "purchase_transaction_response.payment_method",
        "receipt_response.tax_number",
        "recurring_sales_invoice_response.sending_scheduled_*",
        "workflow_response.collection_method",
        "workflow_response.payment_methods",
        "workflow_step_response.action",
    ),
    "shown once, in the answer that creates the webhook": ("webhook_response.secret",),
    "no Dutch telephone number is set aside for invented companies": ("identity_response.phone",),
    "an account of this type needs an RGS code that is not among our facts": (
        "GET reports/balance_sheet.credit.provisions",
    ),
    "a settlement leaves it null in every example of one, and nothing else says when it is set": (
        "payment_response.credit_invoice_id",
    ),
}
