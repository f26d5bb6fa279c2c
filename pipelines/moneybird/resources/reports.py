"""Moneybird's own sums: the control totals that figures made from lines and documents are held against.

Every report is read per period, a month or a calendar year, and its rows carry that period. What answers as a list
stays a list; the two statements become one row per ledger account with its section, and their totals rows of their own.
"""

from __future__ import annotations

from pipelines.moneybird.resources.row import (
    COUNT,
    DATE,
    MONEY,
    PRECISE,
    TAXED,
    TEXT,
    Cadence,
    Column,
    Feed,
    Report,
    Resource,
    Scope,
    Section,
    columns,
)

_PERIOD = columns(period_start_date=DATE, period_end_date=DATE, line_number=COUNT)
_KEY = ("period_start_date", "period_end_date", "line_number")
_DOCS = "https://developer.moneybird.com/api/reports"
_BOOKKEEPING: tuple[tuple[Scope, ...], ...] = (("documents", "sales_invoices"),)
_ACCOUNT = ("ledger_account_id", "value")
_REVENUE, _EXPENSES = ("revenue",), ("expenses", "direct_costs")


def _listed(name: str, key: str, scope: Scope, why: str, moved_by: tuple[str, ...], *, as_of: bool = False) -> Resource:
    """A report that is one list of ids with amounts, in pages; the id is null for what has none."""
    return Resource(
        name=f"report_{name}",
        path=f"reports/{name}",
        feed=Feed.REPORT,
        bucket="reports",
        scopes=((scope,),),
        paged=True,
        cadence=Cadence.DAILY,
        key=_KEY,
        columns=(*_PERIOD, Column(key, TEXT), Column("amount", MONEY)),
        report=Report((Section((name,), (key, "amount")),), as_of=as_of, moved_by=moved_by),
        why=why,
        docs=_DOCS,
    )


def _side(side: str, *sections: str) -> tuple[Section, ...]:
    """One side of the balance sheet: accounts below the account at the top of their branch, and the total."""
    labels = {"side": side, "line_type": "account"}
    lists = (Section((side, name), _ACCOUNT, labels | {"section": name}, children="children") for name in sections)
    return (*lists, Section((side, "total"), labels={"side": side, "section": "total", "line_type": "total"}))


def _result(name: str) -> Section:
    path = (f"{name}_by_ledger_account", "ledger_accounts")
    return Section(path, _ACCOUNT, {"section": name, "line_type": "account"})


ROWS: tuple[Resource, ...] = (
    Resource(
        name="report_tax",
        path="reports/tax",
        feed=Feed.REPORT,
        bucket="reports",
        scopes=_BOOKKEEPING,
        cadence=Cadence.DAILY,
        key=_KEY,
        columns=(
            *_PERIOD,
            *columns(
                tax_rate_id=TEXT, report_reference=TEXT, type=TEXT, name=TEXT, percentage=PRECISE, amount=MONEY,
                tax=MONEY,
            ),
        ),
        report=Report(
            (
                Section(
                    ("tax_rates",),
                    ("tax_rate_id", "report_reference", "type", "name", "percentage", "amount", "tax"),
                ),
            ),
            moved_by=(TAXED,),
            swept_daily=True,
        ),
        why="The only place where Moneybird says in which box of the return a rate belongs; returns have no resource.",
        docs=_DOCS,
    ),
    _listed(
        "debtors", "contact_id", "sales_invoices", as_of=True,
        why="What customers owe by Moneybird's own count. Balance at the end or movement of the period is D9.",
        moved_by=("current_assets",),
    ),
    _listed(
        "creditors", "contact_id", "documents", as_of=True,
        why="What suppliers are owed by Moneybird's own count. Balance at the end or movement of the period is D9.",
        moved_by=("current_liabilities",),
    ),
    Resource(
        name="report_balance_sheet",
        path="reports/balance_sheet",
        feed=Feed.REPORT,
        bucket="reports",
        scopes=(("bank",),),
        cadence=Cadence.DAILY,
        key=_KEY,
        columns=(
            *_PERIOD,
            *columns(
                side=TEXT, section=TEXT, line_type=TEXT, ledger_account_id=TEXT, parent_ledger_account_id=TEXT,
                year=COUNT, value=MONEY,
            ),
        ),
        report=Report(
            (
                *_side("debit", "current_assets", "non_current_assets"),
                *_side("credit", "equity", "provisions", "non_current_liabilities", "current_liabilities"),
                Section(
                    ("credit", "open_years"),
                    ("year", "value"),
                    {"side": "credit", "section": "open_years", "line_type": "open_year"},
                ),
            ),
            as_of=True,
            takes_a_year=True,
        ),
        why="The balance at the period's end as Moneybird states it; a parent's value leaves its children out.",
        docs=_DOCS,
    ),
    Resource(
        name="report_profit_loss",
        path="reports/profit_loss",
        feed=Feed.REPORT,
        bucket="reports",
        scopes=_BOOKKEEPING,
        cadence=Cadence.DAILY,
        key=_KEY,
        columns=(*_PERIOD, *columns(section=TEXT, line_type=TEXT, ledger_account_id=TEXT, value=MONEY)),
        report=Report(
            (
                *map(_result, ("revenue", "direct_costs", "expenses", "other_income_expenses")),
                *(
                    Section((name,), labels={"section": name, "line_type": "total"})
                    for name in ("gross_profit", "operating_profit", "net_profit", "total_expenses", "total_revenue")
                ),
            ),
            moved_by=(*_REVENUE, *_EXPENSES, "other_income_expenses"),
            takes_a_year=True,
        ),
        why="The result as Moneybird states it. Sections are not signed alike: revenue and other income are credit "
        "minus debit, the two sections of costs debit minus credit.",
        docs=_DOCS,
    ),
    _listed(
        "revenue_by_contact", "contact_id", "sales_invoices",
        why="The control total of the contact on lines of revenue.",
        moved_by=_REVENUE,
    ),
    _listed(
        "revenue_by_project", "project_id", "sales_invoices",
        why="The control total of the project on lines of revenue.",
        moved_by=_REVENUE,
    ),
    _listed(
        "expenses_by_contact", "contact_id", "documents",
        why="The control total of the contact on lines of expenses and direct costs.",
        moved_by=_EXPENSES,
    ),
    _listed(
        "expenses_by_project", "project_id", "documents",
        why="The control total of the project on lines of expenses and direct costs.",
        moved_by=_EXPENSES,
    ),
)  # fmt: skip
