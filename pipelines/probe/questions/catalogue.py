"""Every question, in the order in which they are asked: what later ones rest on first."""

from __future__ import annotations

from pipelines.probe.question import Question
from pipelines.probe.questions import amounts, assets, bank, documents, doubt, editing, labels, periods, reports

SIGN = Question(
    "D1", "sign of journal_entries.amount", ("debit_positive", "natural_side"), amounts.sign
)  # asked first: all others read amounts by it

QUESTIONS: tuple[Question, ...] = (
    SIGN,
    Question("D2", "side of reversals such as credit invoices", ("other_side", "same_side_negative"),
             amounts.reversals, ("reversal-side",)),
    Question("D3", "document of a payment's debtors and bank lines", ("mutation_both", "invoice_on_control"),
             labels.payment_document, ("payment-document",)),
    Question("D4", "lines that show a tax rate", ("net_and_vat", "vat", "net"), labels.tax_rate, ("rate-on-lines",)),
    Question("D5", "lines that show a contact", ("control_and_result", "control"), labels.contact,
             ("contact-on-lines",)),
    Question("D6", "share of a month that a period only touches", ("equal", "by_days"), periods.partial_months,
             ("partial-months",)),
    Question("D7", "share of the invoice's own month", ("through_deferred", "straight_to_revenue"),
             periods.first_month, ("first-month",)),
    Question("D8", "what linking a bank transaction does", ("transfer", "replace"), bank.linking, ("link-transfers",)),
    Question("D9", "amounts of reports/debtors for a period", ("balance_at_end", "movement"), reports.debtors_period),
    Question("D10", "tax boxes on external invoices that are read", ("empty", "filled"),
             documents.external_references),
    Question("D11", "months a report may span, and granularity", ("twelve_months", "one_month", "granularity"),
             reports.period),
    Question("D12", "entry ids after a document is edited", ("new", "kept"), editing.entry_ids, ("entry-ids",)),
    Question("D13", "lines of a parent account", ("own_lines", "with_children"), reports.parent),
    Question("D14", "price_base of a payment in another currency", ("bank_value", "invoice_value"), bank.price_base),
    Question("D15", "closing journals and openings in general_ledger", ("included", "excluded"), amounts.closing),
    Question("D16", "type of the account for uncollectible invoices", ("expenses", "revenue"), doubt.lost_account),
    Question("D17", "tax report rows of a reverse-charged purchase", ("two", "one"), reports.reverse_charge),
    Question("D18", "rounding of tax", ("per_document", "per_line"), documents.tax_rounding),
    Question("A1", "cents of a period that do not divide", ("last_month",), periods.last_month, ("last-month",)),
    Question("A2", "day of a later month's part", ("first_of_month",), periods.first_of_month, ("first-of-month",)),
    Question("A3", "description of lines", ("words_and_number",), labels.description, ("descriptions",)),
    Question("A4", "cent of prices that include tax", ("last_line",), documents.last_line, ("last-line",)),
    Question("A5", "tax of a reverse-charged rate on the document", ("not_on_document",),
             documents.reverse_charged_rates, ("reverse-charged-rates",)),
    Question("A6", "documents in state new", ("not_in_the_books",), documents.new_stays_out, ("new-stays-out",)),
    Question("A7", "VAT account of a revenue invoice", ("vat_on_sales", "input_tax"), documents.self_billed_tax,
             ("self-billed-tax",)),
    Question("A8", "tax taken back when a partly paid invoice is given up", ("open_part",), doubt.written_off_share,
             ("uncollectible-share",)),
    Question("A9", "provision for a dubious invoice", ("open_part_without_tax",), doubt.doubted_share,
             ("dubious-share",)),
    Question("A10", "provision when money comes in", ("on_that_day",), doubt.doubt_released, ("dubious-release",)),
    Question("A11", "base value of a part payment in another currency", ("share_of_total",), bank.open_base,
             ("open-base",)),
    Question("A12", "day of a payment that the bank showed later", ("day_of_transaction",), bank.matched_date,
             ("matched-date",)),
    Question("A13", "document of an asset's lines", ("value_change_and_asset",), assets.document_type,
             ("asset-document",)),
    Question("A14", "reverse-charged tax that is not deductible", ("cost_of_the_lines",), documents.not_deductible,
             ("not-deductible",)),
)  # fmt: skip

# Assumptions of the postings that no request can settle, each with the reason. All of today's can be asked.
CANNOT_BE_ASKED: dict[str, str] = {}
