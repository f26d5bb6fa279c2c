"""`tax`: per rate and box of the return what was taxed and the tax, from the lines that carry a rate.

A line on one of the two VAT accounts is tax, any other line with a rate is what was taxed: so an invoice counts on its
date whatever its periods (P-2), a write-off counts against it (P-12), and a journal's line counts where it was booked
(P-13). A rate without a box has no row: every example names one. Tax of consumers elsewhere is such a rate, and so are
returns that were filed (P-14): they carry none.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any, NamedTuple

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import decimal_text, is_reverse_charged, text
from pipelines.sandbox.ledger import Month
from pipelines.sandbox.model import Cents, TaxRate

INPUT_TAX = "NL/5b"
OWED_BY_BUYER = frozenset({"NL/2a", "NL/4a", "NL/4b"})


class Row(NamedTuple):
    """A rate in a box; `amount` and `tax` as the return has them, input tax positive too."""

    rate: TaxRate
    reference: str
    amount: Cents
    tax: Cents


def tax(administration: Administration, first: Month, last: Month) -> dict[str, Any]:
    return {
        "tax_rates": [
            {
                "tax_rate_id": str(row.rate.id),
                "name": row.rate.name,
                "percentage": decimal_text(row.rate.percentage or Decimal(0)),
                "report_reference": row.reference,
                "amount": text(row.amount),
                "type": row.rate.kind,
                "tax": text(row.tax),
            }
            for row in rows(administration, first, last)
        ]
    }


def rows(administration: Administration, first: Month, last: Month) -> list[Row]:
    """In the order of the rates; a box in which a rate comes to nothing is left out."""
    taxed, owed, deducted = _sums(administration, first, last)
    found = []
    for rate in administration.tax_rates.values():
        shifted = is_reverse_charged(rate)
        references = rate.references
        if shifted and administration.dialect.d17_reverse_charge_rows == "one":
            references = tuple(reference for reference in references if reference != INPUT_TAX)
        for reference in references:
            amount = -taxed[rate.id] if _is_sale(reference) else taxed[rate.id]
            if shifted:
                due = deducted[rate.id] if reference == INPUT_TAX else -owed[rate.id]
            else:
                due = owed[rate.id] + deducted[rate.id]
                due = due if reference == INPUT_TAX else -due
            if amount or due:
                found.append(Row(rate, reference, amount, due))
    return found


def _is_sale(reference: str) -> bool:
    """Whether what is taxed in this box is credit in the books: not for purchases, whoever owes the tax."""
    return reference != INPUT_TAX and reference not in OWED_BY_BUYER


def _sums(administration: Administration, first: Month, last: Month) -> tuple[dict[int, Cents], ...]:
    """Per rate, debit positive: nets, tax on Te betalen btw, tax on Te vorderen btw."""
    nets: dict[int, Cents] = defaultdict(int)
    accounts: dict[int, dict[int, Cents]] = {
        administration.roles[role]: defaultdict(int) for role in (chart.VAT_OUT, chart.VAT_IN)
    }
    for account_id in administration.ledger.accounts():
        kept = accounts.get(account_id, nets)
        for posting in administration.ledger.lines(account_id, first, last):
            if posting.tax_rate_id is not None:
                kept[posting.tax_rate_id] += posting.amount
    return nets, *accounts.values()
