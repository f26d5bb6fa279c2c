"""Rules of what wears out (POSTINGS P-20 and P-20b)."""

from __future__ import annotations

from pipelines.sandbox.rules.rule import rule

MONTH_ENDS = rule(
    "month-ends", "date", "P-20", "The plan takes its part at the end of every month.",
    "S openapi retroactive_linear_value_changes: value changes at the end of some months", "H H5: automatic",
)  # fmt: skip
LINEAR = rule(
    "linear", "rounding", "P-20", "A month takes (value − residual) over the months left, this one included, rounded.",
    "S samples/asset.json: (12145.67 − 10) / 56 is 216.71", "H H5: linear",
)  # fmt: skip
MONTH_OF_PURCHASE = rule(
    "month-of-purchase", "date", "P-20",
    "The first month is that of the purchase, whatever the day; the last takes the rest.",
    "S samples/asset.json: 56 months left from July for a purchase on 1 March (its only example)", "A",
)  # fmt: skip
WEAR_SIDES = rule(
    "wear-sides", "sign", "P-20", "Wear is debit on the cost of it and credit on what was written down.",
    "H H5: the two accounts",
)  # fmt: skip
LAND = rule(
    "land", "account", "P-20", "Land falls in value on the account of its cost.", "H H5: land has only that one"
)
BOOKED_ELSEWHERE = rule(
    "booked-elsewhere", "scope", "P-20", "What is externally booked changes the value and posts nothing.",
    "S openapi value_change.externally_booked",
)  # fmt: skip
TAKEN_OFF = rule(
    "taken-off", "sign", "P-20b", "At the end cost and what was written down leave the balance.",
    "S openapi divestment and full_depreciation: taken from the balance sheet",
)  # fmt: skip
BOOK_RESULT = rule(
    "book-result", "account", "P-20b", "What it was still worth is on a book-result account.",
    "S openapi divestment: booked as book result", "A",
)  # fmt: skip
ASSET_DOCUMENT = rule("asset-document", "label", "P-20", "The lines name a ValueChange and the asset's id.", "A")
RESERVE_MADE = rule(
    "reserve-made", "account", "P-20b", "Book result that goes into the reinvestment reserve leaves the result.",
    "S openapi reinvestment_reserve_sale: books the book result of the disposal to the reserve", "A",
)  # fmt: skip
RESERVE_USED = rule(
    "reserve-used", "account", "P-20", "What the reinvestment reserve pays of an asset comes off its cost.",
    "S openapi asset.calculated_purchase_value: 1,000 less 300 is 700", "A",
)  # fmt: skip
