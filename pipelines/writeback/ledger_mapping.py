"""Which ledger account a line of a sale goes to: finance's table `ledger_mapping`, the most specific row first.

A row names a product, a kind of product, a VAT rule, a project or an administration, or leaves them empty, which holds
for all; it points to an account by its number, so that one row can serve every administration with that chart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pipelines.writeback.catalogue import LedgerAccount

SPECIFIC_FIRST = ("product_id", "product_type", "vat_rule_id", "project_id", "administration_id")
"""A row that names the product goes before one that does not, whatever else they name; then the next column decides."""

_SPOKEN = {
    "product_id": "product", "product_type": "product type", "vat_rule_id": "VAT rule", "project_id": "project",
    "administration_id": "administration",
}  # fmt: skip


@dataclass(frozen=True)
class LineOfSale:
    """What a row may be told by. `product_type` is Moneybird's: product, service or digital_service."""

    administration_id: str
    day: date
    vat_rule_id: str
    product_id: str | None = None
    product_type: str | None = None
    project_id: str | None = None


@dataclass(frozen=True)
class LedgerChoice:
    """`account` is None when nothing may be written; `sentence` says which row decided, or what to add."""

    account: LedgerAccount | None
    row: Mapping[str, str] | None
    sentence: str


def choose_ledger_account(
    line: LineOfSale, rows: Iterable[Mapping[str, str]], accounts: Iterable[LedgerAccount]
) -> LedgerChoice:
    """The account of the most specific row that holds on the day; `accounts` are those of the line's administration.

    One row wins: two that name the same columns would be the same row, which the table does not allow on one day.
    """
    fitting = [row for row in rows if _fits(row, line)]
    if not fitting:
        return LedgerChoice(None, None, f"No row of ledger_mapping holds for {_said(_wanted(line))}; add one.")
    row = max(fitting, key=lambda row: tuple(bool(row[name]) for name in SPECIFIC_FIRST))
    told = _said({name: row[name] for name in SPECIFIC_FIRST if row[name]}) or "every line"
    return _checked(row, told, line, [account for account in accounts if account.number == row["account_number"]])


def _checked(row: Mapping[str, str], told: str, line: LineOfSale, accounts: list[LedgerAccount]) -> LedgerChoice:
    number = row["account_number"]
    if not accounts:
        return _refused(row, f"{told} → {number}, but administration {line.administration_id} has no account {number}")
    active = [account for account in accounts if account.is_active]
    if len(active) > 1:
        return _refused(row, f"{told} → {number}, and {len(active)} active accounts have that number")
    account = (active or accounts)[0]  # a number may be given again to another account
    if not account.is_active:
        return _refused(row, f"{told} → {number} {account.name}, which is no longer active")
    if not account.is_sales_invoice_allowed:
        return _refused(row, f"{told} → {number} {account.name}, which does not allow sales invoices")
    return LedgerChoice(account, row, f"Ledger account {number} {account.name}, by the row for {told}.")


def _refused(row: Mapping[str, str], what: str) -> LedgerChoice:
    return LedgerChoice(
        None,
        row,
        f"The row of ledger_mapping from {row['valid_from_date']} says {what}; correct it or add a more specific one.",
    )


def _fits(row: Mapping[str, str], line: LineOfSale) -> bool:
    if not row["valid_from_date"] <= line.day.isoformat() <= (row["valid_to_date"] or "9999-12-31"):
        return False
    return all(row[name] in ("", getattr(line, name)) for name in SPECIFIC_FIRST)


def _wanted(line: LineOfSale) -> dict[str, str]:
    return {name: value for name in SPECIFIC_FIRST if (value := getattr(line, name))}


def _said(named: Mapping[str, str]) -> str:
    return ", ".join(f"{_SPOKEN[name]} {value}" for name, value in named.items())
