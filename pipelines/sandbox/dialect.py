"""What Moneybird's documentation leaves open, as switches (POSTINGS §3, D1…D18). The default is the first value."""

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
    d8_linking: str = "transfer"
    d9_debtors_period: str = "balance_at_end"
    d10_external_references: str = "empty"
    d11_report_period: str = "twelve_months"
    d12_entry_ids: str = "new"
    d13_parent_filter: str = "own_lines"
    d14_fx_price_base: str = "bank_value"
    d15_closing_journals: str = "included"
    d16_bad_debt_type: str = "expenses"
    d17_reverse_charge_rows: str = "two"
    d18_tax_rounding: str = "per_document"


CHOICES: dict[str, tuple[str, ...]] = {
    "d1_amount_sign": ("debit_positive", "natural_side"),
    "d2_reversals": ("other_side", "same_side_negative"),
    "d3_payment_lines": ("mutation_both", "invoice_on_control"),
    "d4_tax_rate_on": ("net_and_vat", "vat", "net"),
    "d5_contact_on": ("control_and_result", "control"),
    "d6_partial_months": ("equal", "by_days"),
    "d7_first_month": ("through_deferred", "straight_to_revenue"),
    "d8_linking": ("transfer", "replace"),
    "d9_debtors_period": ("balance_at_end", "movement"),
    "d10_external_references": ("empty", "filled"),
    "d11_report_period": ("twelve_months", "one_month", "granularity"),
    "d12_entry_ids": ("new", "kept"),
    "d13_parent_filter": ("own_lines", "with_children"),
    "d14_fx_price_base": ("bank_value", "invoice_value"),
    "d15_closing_journals": ("included", "excluded"),
    "d16_bad_debt_type": ("expenses", "revenue"),
    "d17_reverse_charge_rows": ("two", "one"),
    "d18_tax_rounding": ("per_document", "per_line"),
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
