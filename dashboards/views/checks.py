"""Is every figure proved, how fresh is each administration, and what explains the differences?"""

from __future__ import annotations

import streamlit as st

from dashboards.components import reconciliation, tables
from dashboards.components.page import start
from dashboards.formatting import period
from dashboards.queries import checks, snapshot

HISTORY = {
    "status": "Result", "check_name": "Check", "administration_name": "Administration", "period": "Period",
    "left_amount": "Left", "right_amount": "Right", "explained_amount": "Explained", "difference": "Difference",
}  # fmt: skip
SYNCED = {
    "administration_name": "Administration", "synced_at": "Last synced", "result": "Last run",
    "business_date": "Figures to", "currency_code": "Currency",
}  # fmt: skip

page = start("Reconciliation")
st.subheader("What is checked")
reconciliation.explained(page.checks)

st.subheader("Debtors against their account")
for part in page.by_currency():
    reconciliation.statement(part.standing(), part.ask(checks.debtor_items), part.key("statement"))

st.subheader("Every check, period by period")
only_open = st.toggle("Only what does not simply hold", key="only-open")
rows = page.ask(checks.history, only_open)
if rows.empty:
    page.nothing("Every check holds in every period." if only_open else "No check has run for these administrations.")
else:
    shown = rows.assign(status=rows["status"].map(reconciliation.result), period=rows["period"].map(period))
    tables.table(shown, HISTORY, key="history")
    tables.limited(rows, checks.MAX_ROWS, "differences and newest periods first")

st.subheader("How fresh is each administration")
facts = page.chosen_facts()
tables.table(facts.assign(result=facts["sync_status"].map(snapshot.STATUSES)), SYNCED, key="freshness")
