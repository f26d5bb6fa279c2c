"""Rules of bank transactions, payments, doubt, and what is booked by hand (POSTINGS P-4 and P-8 to P-19)."""

from __future__ import annotations

from pipelines.sandbox.rules.rule import rule

BANK_IS_THE_SUM = rule(
    "bank-is-the-sum", "sign", "P-8", "A transaction is on the bank account on its date whatever its state.",
    "H H12: the balance line of unprocessed transactions", "A",
)  # fmt: skip
UNPROCESSED = rule(
    "unprocessed", "account", "P-8", "What is not processed is met by Te rubriceren transacties.",
    "H H12", "C 10510.04",
)  # fmt: skip
LINK_TRANSFERS = rule(
    "link-transfers", "account", "P-9", "A link moves the amount from Te rubriceren transacties.", "A", dialect="D8"
)
CONTROL_GOES_DOWN = rule(
    "control-goes-down", "sign", "P-9", "A payment lowers debtors or creditors; part or too much stays there.",
    "B B1: debtors down, bank up", "S openapi link_booking: the direction is the transaction's",
)  # fmt: skip
PAYMENT_DATE = rule(
    "payment-date", "date", "P-9", "A payment posts on its payment_date.", "S samples/payment.json payment_date", "A"
)
PAYMENT_DOCUMENT = rule(
    "payment-document", "label", "P-9", "All lines of a payment name the bank transaction, or the payment without one.",
    "A", dialect="D3",
)  # fmt: skip
DIRECT_BOOKING = rule(
    "direct-booking", "account", "P-9b",
    "A transaction booked on an account has no VAT and runs against the transaction.",
    "S QUIRKS 48; openapi link_booking LedgerAccount",
)  # fmt: skip
NAMED_ACCOUNT = rule(
    "named-account", "account", "P-10",
    "A payment without transaction is on the account it names: received or paid, unmatched.",
    "S samples/sales_invoice_payment_created.json ledger_account_id; openapi purchase and external CreateAPayment",
    "H H13",
)  # fmt: skip
MANUAL_ACTIONS = rule(
    "manual-actions", "account", "P-10b",
    "A manual payment action names cash, a private account, rounding or any other.",
    "S openapi payment.manual_payment_action", "H H4",
)  # fmt: skip
SETTLEMENT = rule(
    "settlement", "account", "P-4", "Document against document passes Verrekeningen, which ends at nothing.",
    "S openapi RegistersPaymentsForACreditInvoice: -363.0 on Verrekeningen", "H H9",
)  # fmt: skip
MATCHED_LATER = rule(
    "matched-later", "account", "P-10c",
    "A payment found on the bank moves from its account to Te rubriceren transacties.",
    "S openapi link_booking: booking_type Payment", "A",
)  # fmt: skip
MATCHED_DATE = rule("matched-date", "date", "P-10c", "It moves on the transaction's date, not the payment's.", "A")
EXCHANGE = rule(
    "exchange", "sign", "P-18", "What the bank saw less than the document's value is a debit on Koersverschillen.",
    "H H16: kept automatically", "C 84601",
)  # fmt: skip
OPEN_BASE = rule(
    "open-base", "rounding", "P-18",
    "What is open in base is the total's share, rounded; each payment takes the difference.",
    "A",
)  # fmt: skip
DUBIOUS = rule(
    "dubious",
    "sign",
    "P-11",
    "Doubt adds a provision without VAT on marked_dubious_on and leaves debtors alone.",
    "H H3",
)
DUBIOUS_SHARE = rule(
    "dubious-share", "rounding", "P-11", "The provision is the open part of the total excluding VAT, rounded.", "A"
)
DUBIOUS_RELEASE = rule(
    "dubious-release", "date", "P-11", "Money that comes in releases its share of the provision on that day.", "A"
)
UNCOLLECTIBLE = rule(
    "uncollectible", "sign", "P-12", "A write-off on its date takes debtors down, VAT back, and the rest as loss.",
    "H H2: VAT line and date",
)  # fmt: skip
UNCOLLECTIBLE_SHARE = rule(
    "uncollectible-share",
    "rounding",
    "P-12",
    "Only the open part is written off, VAT pro rata and rounded per rate.",
    "A",
)
UNCOLLECTIBLE_ACCOUNT = rule(
    "uncollectible-account", "account", "P-12", "The loss is on Oninbare omzet, with book_method revenue as without.",
    "S API.md changelog 2018-01-16: always uncollectible revenue", "A", dialect="D16",
)  # fmt: skip
LOST_AFTER_DOUBT = rule(
    "lost-after-doubt", "account", "P-12b", "After a provision the loss is taken from what is left of it.", "H H2"
)
JOURNAL_AS_ENTERED = rule(
    "journal-as-entered", "sign", "P-13",
    "A journal posts its lines as entered, on its date; a rate is shown and adds no line.",
    "S samples/general_journal_document.json", "A",
)  # fmt: skip
RETURN_AS_JOURNAL = rule(
    "return-as-journal", "account", "P-14",
    "A filed VAT return empties the VAT accounts on the last day of its period.",
    "H H1: automatic", "S openapi journal_entries: document_type VatDocument", "A",
)  # fmt: skip
RETURN_PAID = rule(
    "return-paid", "account", "P-15", "A payment of a return is on Betaalde en/of ontvangen btw.",
    "S openapi link_booking: booking_type VatDocument", "A",
)  # fmt: skip
YEAR_END = rule(
    "year-end", "sign", "P-16", "A year ends by a journal that reverses every result account into equity.",
    "S openapi journal_type fiscal_year_ending", "A", dialect="D15",
)  # fmt: skip
OPENING = rule(
    "opening", "date", "P-17", "An opening balance is a journal dated the day before the books begin.", "H H15"
)
