"""The debtors' reconciliation as a statement: account, open items, what explains the rest, and what nobody explains."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards.components import tables
from dashboards.components.checks import DEBTORS, STATES, badge, worst
from dashboards.formatting import count, day, plain

STATEMENT = {
    "administration_name": "Administration",
    "account_number": "Account",
    "period_end_date": "Checked on",
    "left_amount": "Balance of account",
    "right_amount": "Open items",
    "explained_amount": "Explained",
    "difference": "Unexplained",
    "status": "Result",
}
ITEMS = {
    "administration_name": "Administration",
    "item_date": "Date",
    "item_kind": "What",
    "document": "Document",
    "contact_name": "Contact",
    "amount": "Amount",
    "description": "Description",
}
MEANING = {
    "ledger_balanced": "Left: debit of the lines we hold; right: credit. Equal on every day of the month.",
    "ledger_equals_report": "Left: our lines; right: Moneybird's own general ledger report, per account and month.",
    DEBTORS: "Left: balance of the debtors' account; right: open items. Listed bookings explain what lies between.",
    "creditors_equal_control_account": "Left: balance of the creditors' account; right: open purchases.",
    "debtors_equal_report": "Left: lines on the debtors' account; right: Moneybird's own report, per customer.",
    "creditors_equal_report": "Left: lines on the creditors' account; right: Moneybird's own report, per supplier.",
    "numbering_has_no_gaps": "Left: invoice numbers that are missing or given twice; deleted invoices explain theirs.",
    "documents_are_not_doubled": "Left: documents that look like an earlier one of the same contact and amount.",
    "invoice_equals_lines_and_vat": "Left: totals of the invoices; right: their lines and VAT.",
    "invoice_vat_equals_rate": "Left: VAT on the invoices; right: their lines times the rate, to a cent a line.",
}
SIGNS = {"ok": "✓", "break": "✗", "accepted": "✓"}


def is_that_right(checks: pd.DataFrame, items: pd.DataFrame, key: str) -> None:
    """The statement behind a question, opened by itself when something differs."""
    broken = bool((checks.loc[checks["check_id"] == DEBTORS, "breaks"] > 0).any())
    with st.expander("Is that right?", icon=":material/balance:", expanded=broken):
        statement(checks, items, key)


def statement(checks: pd.DataFrame, items: pd.DataFrame, key: str) -> None:
    """One line per administration, then every item that explains a difference."""
    rows = checks[checks["check_id"] == DEBTORS]
    if rows.empty:
        st.caption("No reconciliation of the debtors exists on or before this day for the administrations chosen.")
        return
    checked = max(filter(None, rows["period_end_date"]), default=None)
    st.markdown(
        f"On **{day(checked)}**, the last day of reconciliation on or before the day of this page: "
        "balance of the debtors' account − open items = explained + unexplained."
    )
    tables.table(rows.assign(status=rows.apply(_result, axis=1)), STATEMENT, key=f"{key}-statement")
    if items.empty:
        st.caption("Nothing lies between the two: no booking needs explaining.")
        return
    st.markdown(
        "What lies between the two, with its documents. What is called *unexplained* does not count as explained."
    )
    tables.table(items.assign(document=items.apply(_document, axis=1)), ITEMS, key=f"{key}-items")


def result(status: str) -> str:
    """A status as a sign and a word."""
    return f"{SIGNS.get(status, '…')} {STATES.get(status, STATES['unchecked'])[2]}"


def _result(row: pd.Series) -> str:
    return result(worst(row.to_frame().T))


def _document(row: pd.Series) -> str:
    return " ".join(str(part) for part in (row["document_type"], row["document_id"]) if part)


def explained(checks: pd.DataFrame) -> None:
    """One line per kind of check: what it compares, and how it stands over everything chosen."""
    if checks.empty:
        st.caption("No check has run for these administrations.")
        return
    for check, rows in checks.groupby("check_id", sort=True):
        state = worst(rows)
        periods = count(int(rows["periods"].sum()), "comparison")
        meaning = MEANING.get(str(check), "")
        st.markdown(f"{badge(state)} **{plain(rows['check_name'].iloc[0])}** · {periods}  \n{meaning}")
