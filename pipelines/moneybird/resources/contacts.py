"""Customers and suppliers."""

from __future__ import annotations

from pipelines.moneybird.resources.row import DATE, FLAG, MOMENT, MONEY, TEXT, VERSION, Child, Feed, Resource, columns
from pipelines.moneybird.resources.shared import (
    CAPABILITY,
    CONTACT_PERSON,
    CUSTOM_FIELD,
    IN_PARENT_KEY,
    PARENT_ID,
    SNAPSHOT,
    TRAIL,
)

ROWS: tuple[Resource, ...] = (
    Resource(
        name="contacts",
        path="contacts",
        feed=Feed.VERSIONS,
        scopes=(("sales_invoices",), ("documents",), ("estimates",), ("bank",), ("settings",)),
        query={"include_archived": "true"},
        columns=columns(
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
            Child("contact_people", CONTACT_PERSON, ignored=PARENT_ID | {"contact_id": IN_PARENT_KEY}),
            Child("custom_fields", CUSTOM_FIELD),
        ),
        parent_key="contact_id",
        history=True,
        ignored=PARENT_ID
        | {
            "sales_invoices_url": CAPABILITY,
            "credit_card_number": "payment card data does not belong in a warehouse",
            "credit_card_reference": "payment card data does not belong in a warehouse",
            "credit_card_type": "payment card data does not belong in a warehouse",
            "notes": TRAIL,
            "events": TRAIL,
        },
        why="Has a version feed. Archived contacts need include_archived=true, and a debtor can be archived.",
        docs="https://developer.moneybird.com/api/contacts",
    ),
)  # fmt: skip


def embedded(*kept: str) -> dict[str, str]:
    """`ignored` of a record that embeds a contact: the same keys without the trail, less those the row keeps."""
    return {
        f"contact.{key}": SNAPSHOT
        for row in ROWS
        for key in (*(column.name for column in row.columns), *(child.name for child in row.children), *row.ignored)
        if key not in {*kept, "events"}
    }
