"""Column groups that several endpoints answer alike, and the reasons why a key is not kept."""

from __future__ import annotations

from pipelines.moneybird.resources.row import (
    COUNT,
    DATE,
    FLAG,
    JSON_TEXT,
    MOMENT,
    MONEY,
    PRECISE,
    TEXT,
    VERSION,
    columns,
)

CAPABILITY = "capability URL: whoever holds it can open the document without logging in"
SNAPSHOT = "embedded copy of another resource, read from its own endpoint"
TRAIL = "audit trail, large and without a use in a report yet"
IN_PARENT_KEY = "repeats the id of the record it belongs to, which stands in every row"
LAYOUT = "how the printed page looks, without a use in a report"

CONTACT_PERSON = columns(
    id=TEXT, firstname=TEXT, lastname=TEXT, phone=TEXT, email=TEXT, department=TEXT,
    created_at=MOMENT, updated_at=MOMENT, version=VERSION,
)  # fmt: skip
CUSTOM_FIELD = columns(id=TEXT, name=TEXT, value=TEXT)
DETAIL = columns(
    id=TEXT, tax_rate_id=TEXT, ledger_account_id=TEXT, project_id=TEXT, product_id=TEXT, amount=TEXT,
    amount_decimal=PRECISE, description=TEXT, price=PRECISE, period=TEXT, row_order=COUNT,
    total_price_excl_tax_with_discount=MONEY, total_price_excl_tax_with_discount_base=MONEY,
    tax_report_reference=JSON_TEXT, mandatory_tax_text=TEXT, is_optional=FLAG, is_selected=FLAG,
    created_at=MOMENT, updated_at=MOMENT,
)  # fmt: skip
PAYMENT = columns(
    id=TEXT, invoice_type=TEXT, invoice_id=TEXT, financial_account_id=TEXT, user_id=TEXT,
    payment_transaction_id=TEXT, transaction_identifier=TEXT, price=MONEY, price_base=MONEY, payment_date=DATE,
    credit_invoice_id=TEXT, financial_mutation_id=TEXT, ledger_account_id=TEXT, linked_payment_id=TEXT,
    manual_payment_action=TEXT, created_at=MOMENT, updated_at=MOMENT,
)  # fmt: skip
TAX_TOTAL = columns(
    tax_rate_id=TEXT, taxable_amount=MONEY, taxable_amount_base=MONEY, tax_amount=MONEY, tax_amount_base=MONEY
)
FISCAL_ALLOCATION = columns(
    id=TEXT, ledger_account_id=TEXT, private_ledger_account_id=TEXT, percentage=PRECISE, price=MONEY,
    price_base=MONEY, created_at=MOMENT, updated_at=MOMENT,
)  # fmt: skip
PARENT_ID = {"administration_id": "the administration that was asked stands in every row"}
