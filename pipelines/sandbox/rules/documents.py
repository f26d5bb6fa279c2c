"""Rules of what is sold and bought: the document itself, its periods, its tax (POSTINGS P-1 to P-7)."""

from __future__ import annotations

from pipelines.sandbox.rules.rule import rule

DRAFTS_STAY_OUT = rule(
    "drafts-stay-out", "scope", "P-1", "Drafts and scheduled sales invoices are not in the books.",
    "S API.md 2.3: states draft and scheduled have no invoice_id", "A",
)  # fmt: skip
NEW_STAYS_OUT = rule(
    "new-stays-out", "scope", "P-5", "A document in state new, and a purchase in state saved, is not in the books.", "A"
)
DOCUMENT_DATE = rule(
    "document-date", "date", "P-1", "A document and its VAT post on its own date, whatever day it was entered or sent.",
    "H H8: the invoice date leads",
)  # fmt: skip
SALE_SIDES = rule(
    "sale-sides", "sign", "P-1",
    "A sale of ours or of another system is debit on debtors, its nets and VAT are credit.",
    "B B1: debtors", "H H1: VAT on sales is payable", "S openapi external_sales_invoice: contact is nullable",
)  # fmt: skip
PURCHASE_SIDES = rule(
    "purchase-sides", "sign", "P-6",
    "A purchase invoice or receipt is credit on creditors, its nets and VAT are debit.",
    "H H1: VAT on purchases is receivable", "H H10: a receipt books like an invoice",
)  # fmt: skip
SELF_BILLING = rule(
    "self-billing", "sign", "P-6c", "A revenue invoice is a negative purchase: debit on creditors, credit on revenue.",
    "S openapi purchase_invoice.revenue_invoice: booked as income", "H H11",
)  # fmt: skip
SELF_BILLED_TAX = rule(
    "self-billed-tax", "account", "P-6c", "The VAT of a revenue invoice is VAT on sales, not input tax.", "A"
)
CREDIT_TOTALS = rule(
    "credit-totals", "sign", "P-3", "A credit invoice has negative totals and posts the reverse of an invoice.",
    "S samples/sales_invoice_credit.json: -300.0 and -363.0",
)  # fmt: skip
REVERSAL_SIDE = rule(
    "reversal-side", "sign", "P-3", "A reversal stands as a positive amount on the other side.", "A", dialect="D2"
)
TAX_LINES = rule(
    "tax-lines", "account", "P-1", "There is one VAT line per row of tax_totals and none for a rate of 0 %.",
    "S samples/sales_invoice.json tax_totals; openapi example with NL/3a and []",
)  # fmt: skip
TAX_ACCOUNTS = rule(
    "tax-accounts", "account", "P-1", "VAT on sales is on Te betalen btw, VAT on purchases on Te vorderen btw.", "H H1"
)
TAX_PER_DOCUMENT = rule(
    "tax-per-document", "rounding", "P-1", "VAT is rounded once per rate over the document, not per line.",
    "S samples/sales_invoice.json tax_totals: one amount per rate", "A", dialect="D18",
)  # fmt: skip
HALF_AWAY = rule(
    "half-away", "rounding", "P-1", "Half a cent rounds away from zero.",
    "S openapi receipts AddsFiscalAllocationsToAnExistingDocument: 60 % of 247.93 is 148.76 (no exact half shown)", "A",
)  # fmt: skip
TAX_INCLUDED = rule(
    "tax-included", "rounding", "P-6", "Of a price including VAT the net is the price divided, the VAT is the rest.",
    "S samples/receipt.json: 300.00 is 247.93; openapi CreatesTheReceipt: 20.00 is 16.53",
)  # fmt: skip
LAST_LINE = rule(
    "last-line", "rounding", "P-1", "Where prices include VAT the last line of a rate takes the cent that is left.", "A"
)
BASE_PER_LINE = rule(
    "base-per-line", "rounding", "P-18",
    "Every net and VAT amount is converted and rounded by itself; the total is their sum.",
    "S openapi CreateASalesInvoiceInAForeignCurrency: 159.99 USD is 127.99 (one line only)", "A",
)  # fmt: skip
EQUAL_MONTHS = rule(
    "equal-months", "rounding", "P-2", "A line with a period is spread over its months in equal parts, not by days.",
    "H H6: 120 is 12 times 10",
)  # fmt: skip
PARTIAL_MONTHS = rule(
    "partial-months",
    "rounding",
    "P-2",
    "A month that the period only touches counts as a whole one.",
    "A",
    dialect="D6",
)
LAST_MONTH = rule("last-month", "rounding", "P-2", "The last month of a period takes the cents that are left.", "A")
DEFERRED_ACCOUNTS = rule(
    "deferred-accounts", "account", "P-2", "Later months wait on Vooruitgefactureerde omzet or kosten.",
    "H H7: the names", "C 17250 and 14101",
)  # fmt: skip
ACCRUED_ACCOUNTS = rule(
    "accrued-accounts", "account", "P-2b",
    "Earlier months are met by Nog te factureren omzet or Nog te betalen kosten.",
    "C 14305 and 17201",
)  # fmt: skip
EARLIER_MONTHS = rule(
    "earlier-months", "date", "P-2b",
    "What belongs to an earlier month is revenue or cost there; its VAT is not moved.",
    "H H6: booked in the chosen period", "H H8: VAT by invoice date",
)  # fmt: skip
FIRST_OF_MONTH = rule(
    "first-of-month", "date", "P-2",
    "A month's part posts on the first of the month, in the document's month on its date.",
    "A",
)  # fmt: skip
FIRST_MONTH = rule(
    "first-month", "account", "P-2",
    "The part of the document's own month passes through the deferred account too.", "A",
    dialect="D7",
)  # fmt: skip
CONTACT_ON_LINES = rule(
    "contact-on-lines", "label", "P-1", "The contact stands on control and result lines, not on VAT lines.", "A",
    dialect="D5",
)  # fmt: skip
RATE_ON_LINES = rule("rate-on-lines", "label", "P-1", "The tax rate stands on net and VAT lines.", "A", dialect="D4")
ENTRY_IDS = rule("entry-ids", "label", "P-1", "A document that is booked again gets new entry ids.", "A", dialect="D12")
DESCRIPTIONS = rule(
    "descriptions",
    "label",
    "P-1",
    "A line shows the detail's description; control and VAT lines name the document.",
    "A",
)
PRIVATE_SHARE = rule(
    "private-share", "account", "P-6b", "A private share is taken from the cost net and from the VAT.",
    "S openapi CreatesADocumentWithFiscalAllocations: of 100.00 at 21 %, 30 % private leaves 70.00, the share is 36.30",
)  # fmt: skip
PRIVATE_ROUNDING = rule(
    "private-rounding", "rounding", "P-6b",
    "Nets give up a rounded share each; the VAT gives the rest of the whole share.",
    "S openapi receipts CreatesADocumentWithFiscalAllocations: 57.85 and 30.00 of 82.64 and 100.00", "A",
)  # fmt: skip
REVERSE_CHARGE = rule(
    "reverse-charge", "account", "P-7",
    "Reverse-charged tax is owed on Te betalen btw and taken back on Te vorderen btw.",
    "B B1: 4a and 4b on Te betalen btw and back through input VAT",
)  # fmt: skip
REVERSE_CHARGED_RATES = rule(
    "reverse-charged-rates",
    "scope",
    "P-7",
    "A purchase rate of box 2a, 4a or 4b is reverse-charged: not on the document.",
    "A",
)
NOT_DEDUCTIBLE = rule(
    "not-deductible",
    "account",
    "P-7",
    "Reverse-charged tax whose rate lacks box 5b is cost of the lines, on their date.",
    "A",
)
