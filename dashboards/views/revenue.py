"""What did we earn, by month, account, customer and project, compared with a year ago?"""

from __future__ import annotations

import streamlit as st

from dashboards.components import charts, kpis, tables
from dashboards.components.page import Page, start
from dashboards.formatting import day, listing, plain
from dashboards.queries import revenue

BASIS = (
    "Revenue is the ledger's: what is booked on revenue accounts, without VAT, with deferred revenue in the period it "
    "belongs to. Whole months; only complete months are compared with a year ago."
)
GROUPINGS = {"Account": revenue.by_account, "Customer": revenue.by_customer, "Project": revenue.by_project}


def show(page: Page) -> None:
    total = page.one(revenue.totals)
    if total is None:
        names = plain(listing(page.chosen_names))
        page.nothing(
            f"No revenue is booked for {names} in {page.as_of.year} up to {day(page.as_of)}, or the year before."
        )
        return
    kpis.row(kpis.revenue(total, page.currency))
    st.subheader("By month")
    charts.months(page.ask(revenue.by_month), page.ask(revenue.year_ago), list(page.names.values()), page.currency)
    st.subheader("By account, customer and project")
    for tab, (name, question) in zip(st.tabs(list(GROUPINGS)), GROUPINGS.items(), strict=True):
        with tab:
            rows = page.ask(question)
            tables.table(rows, tables.revenue(name, total), page.key(name), shares=["change_share"])
            tables.limited(rows, revenue.MAX_ROWS, "the largest of this year")


page = start("Revenue")
st.caption(BASIS)
for part in page.by_currency():
    show(part)
