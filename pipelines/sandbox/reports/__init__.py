"""What the books say when one asks: sums over postings as of a date, and never a second derivation from documents.

Every report is a function of an administration and the first and last month of its period, and answers with the JSON of
the contract. Two say themselves why they look elsewhere: `assets` and `subscriptions`.
"""

from pipelines.sandbox.reports.assets import assets
from pipelines.sandbox.reports.balance_sheet import balance_sheet
from pipelines.sandbox.reports.cash_flow import cash_flow
from pipelines.sandbox.reports.debts import CREDITORS, DEBTORS, aging, balances
from pipelines.sandbox.reports.entries import journal_entries, line, shown_contact, with_children
from pipelines.sandbox.reports.general_ledger import general_ledger
from pipelines.sandbox.reports.parties import EXPENSES, REVENUE, by_contact, by_project
from pipelines.sandbox.reports.profit_loss import profit_loss
from pipelines.sandbox.reports.subscriptions import subscriptions
from pipelines.sandbox.reports.tax import tax

__all__ = [
    "CREDITORS", "DEBTORS", "EXPENSES", "REVENUE", "aging", "assets", "balance_sheet", "balances", "by_contact",
    "by_project", "cash_flow", "general_ledger", "journal_entries", "line", "profit_loss", "shown_contact",
    "subscriptions", "tax", "with_children",
]  # fmt: skip
