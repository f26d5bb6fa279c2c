"""Who owes us, how much and since when; and is that what the books say?"""

from __future__ import annotations

import streamlit as st

from dashboards.components import charts, kpis, reconciliation, tables
from dashboards.components.page import Page, start
from dashboards.formatting import day, listing, plain
from dashboards.queries import checks, debtors

CUSTOMERS = {
    "contact_name": "Customer",
    "administration_name": "Administration",
    **charts.BUCKETS,
    "open_amount": "Open",
}
ITEMS = {
    "invoice_number": "Invoice", "contact_name": "Customer", "administration_name": "Administration",
    "invoice_date": "Invoiced", "due_date": "Due", "days_overdue": "Days overdue", "open_base_amount": "Open",
}  # fmt: skip


def show(page: Page) -> None:
    total = page.one(debtors.totals)
    if total is None:
        page.nothing(reason(page))
    else:
        kpis.row(kpis.debtors(total, page.currency) + kpis.days_of_sales(page.one(debtors.days_of_sales)))
        st.subheader("By age")
        charts.aging(page.ask(debtors.aging), list(page.names.values()), page.currency)
        drill(page)
    reconciliation.is_that_right(page.standing(), page.ask(checks.debtor_items), page.key("debtors"))


def drill(page: Page) -> None:
    st.subheader("By customer", help="Choose a row to see the open items of one customer.")
    rows = page.ask(debtors.customers)
    chosen = tables.table(rows, CUSTOMERS, key=page.key("customers"), selectable=True)
    tables.limited(rows, debtors.MAX_CUSTOMERS, "the most overdue")
    one = None if chosen is None else rows.iloc[chosen]
    st.subheader("Open items" if one is None else f"Open items of {plain(one['contact_name'])}")
    items = page.ask(debtors.items, None if one is None else one["contact_key"])
    tables.table(items, ITEMS, key=page.key("items"))
    tables.limited(items, debtors.MAX_ITEMS, "the oldest")


def reason(page: Page) -> str:
    names = plain(listing(page.chosen_names))
    if page.ask(debtors.invoices).iat[0, 0]:
        return f"Nothing is open on {day(page.as_of)}: every invoice of {names} is paid, credited or written off."
    return f"{names} sent no sales invoice on or before {day(page.as_of)}, so nobody owes anything."


for part in start("Debtors").by_currency():
    show(part)
