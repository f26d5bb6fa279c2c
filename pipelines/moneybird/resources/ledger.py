"""The general ledger: control totals and the lines behind them."""

from __future__ import annotations

from pipelines.moneybird.resources.row import COUNT, DATE, MONEY, TEXT, Feed, Resource, columns
from pipelines.moneybird.resources.shared import PARENT_ID

ROWS: tuple[Resource, ...] = (
    Resource(
        name="general_ledger",
        path="reports/general_ledger",
        feed=Feed.CONTROL_TOTALS,
        bucket="reports",
        scopes=(("bank",),),
        key=("period_start_date", "period_end_date", "ledger_account_id"),
        columns=columns(
            period_start_date=DATE, period_end_date=DATE, ledger_account_id=TEXT, start_balance=MONEY,
            debit_sum=MONEY, credit_sum=MONEY, final_balance=MONEY,
        ),
        why="Debit and credit per account for up to twelve months in one call: the cheapest proof of the ledger.",
        docs="https://developer.moneybird.com/api/reports",
    ),
    Resource(
        name="journal_entries",
        path="reports/journal_entries",
        feed=Feed.LEDGER_LINES,
        bucket="reports",
        scopes=(("documents", "sales_invoices"),),
        paged=True,
        key=("ledger_account_id", "month_date"),
        columns=columns(
            ledger_account_id=TEXT, month_date=DATE, line_number=COUNT, id=TEXT, date=DATE, document_type=TEXT,
            document_id=TEXT, project_id=TEXT, contact_id=TEXT, tax_rate_id=TEXT, financial_account_id=TEXT,
            amount=MONEY, description=TEXT, line_source=TEXT,
        ),
        ignored=PARENT_ID,
        why="The only feed of ledger lines; it wants an account per call, so control totals say which accounts to ask. "
        "Ids are not durable, so an account's month is replaced whole.",
        docs="https://developer.moneybird.com/api/reports",
    ),
)  # fmt: skip
