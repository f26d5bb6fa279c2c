"""Entry point: page settings, navigation and the filters all pages share. `streamlit run dashboards/app.py`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboards.components import page
from dashboards.queries import checks, snapshot

LOGO = Path(__file__).with_name(
    "logo.svg"
)  # a file of ours: Streamlit fetches its own icons for tabs from the internet

st.set_page_config(page_title="Dovecote", page_icon=str(LOGO), layout="wide")
st.logo(LOGO, size="large")

view = st.navigation(
    {
        "Figures": [
            st.Page("views/debtors.py", title="Debtors", icon=":material/group:", default=True),
            st.Page("views/revenue.py", title="Revenue", icon=":material/trending_up:"),
            st.Page("views/checks.py", title="Reconciliation", icon=":material/fact_check:"),
        ],
        "Work": [
            st.Page("views/draft_invoice.py", title="Draft invoice", icon=":material/edit_document:"),
            st.Page("views/approvals.py", title="Approvals", icon=":material/order_approve:"),
        ],
    }
)
page.prepare(snapshot.administrations, checks.standing)
view.run()
