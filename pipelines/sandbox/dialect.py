"""What Moneybird's documentation leaves open, as switches (POSTINGS §3, D1…D18). The default is the first value.

A question that nothing in the sandbox asks yet is listed in `NOT_SERVED` with its reason and refused when named, so
that nobody believes to have tested what was not there.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from pipelines.errors import ConfigurationError


@dataclass(frozen=True)
class Dialect:
    """One value per open question; the names follow POSTINGS §3."""

    d1_amount_sign: str = "debit_positive"
    d2_reversals: str = "other_side"
    d3_payment_lines: str = "mutation_both"
    d4_tax_rate_on: str = "net_and_vat"
    d5_contact_on: str = "control_and_result"
    d6_partial_months: str = "equal"
    d7_first_month: str = "through_deferred"
    d11_report_period: str = "twelve_months"
    d12_entry_ids: str = "new"
    d13_parent_filter: str = "own_lines"
    d14_fx_price_base: str = "bank_value"
    d15_closing_journals: str = "included"
    d16_bad_debt_type: str = "expenses"
    d18_tax_rounding: str = "per_document"


CHOICES: dict[str, tuple[str, ...]] = {
    "d1_amount_sign": ("debit_positive", "natural_side"),
    "d2_reversals": ("other_side", "same_side_negative"),
    "d3_payment_lines": ("mutation_both", "invoice_on_control"),
    "d4_tax_rate_on": ("net_and_vat", "vat", "net"),
    "d5_contact_on": ("control_and_result", "control"),
    "d6_partial_months": ("equal", "by_days"),
    "d7_first_month": ("through_deferred", "straight_to_revenue"),
    "d11_report_period": ("twelve_months", "one_month"),
    "d12_entry_ids": ("new", "kept"),
    "d13_parent_filter": ("own_lines", "with_children"),
    "d14_fx_price_base": ("bank_value", "invoice_value"),
    "d15_closing_journals": ("included", "excluded"),
    "d16_bad_debt_type": ("expenses", "revenue"),
    "d18_tax_rounding": ("per_document", "per_line"),
}

NOT_SERVED: dict[str, str] = {
    "d8": "linking always transfers from the account of unprocessed transactions",
    "d9": "the debtors report is not served",
    "d10": "external sales invoices are not served",
    "d17": "the tax report is not served",
}


def parse(text: str) -> Dialect:
    """The dialect of `--dialect`: empty or `default`, or terms like `D1`, `D11=one_month`, separated by commas.

    A term without a value takes the second choice. Raises ConfigurationError for any name or value it does not know.
    """
    dialect = Dialect()
    names = {field.name.split("_")[0]: field.name for field in fields(Dialect)}
    for term in filter(None, (part.strip() for part in text.split(","))):
        if term == "default":
            continue
        short, _, value = term.partition("=")
        short = short.lower().split("_")[0]
        if short in NOT_SERVED:
            raise ConfigurationError(f"Dialect {term!r} changes nothing here: {NOT_SERVED[short]}.")
        name = names.get(short)
        if name is None:
            raise ConfigurationError(f"Unknown dialect {term!r}; known are {', '.join(n.upper() for n in names)}.")
        chosen = value or CHOICES[name][1]
        if chosen not in CHOICES[name]:
            raise ConfigurationError(
                f"Unknown value {chosen!r} for {short.upper()}; use one of {', '.join(CHOICES[name])}."
            )
        dialect = replace(dialect, **{name: chosen})
    return dialect
