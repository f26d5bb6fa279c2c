"""What a command of any kind would send, why, and what a person must look at first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboards.components import command_facts, kpis, tables
from dashboards.desk import Finding, Preview
from dashboards.formatting import money, plain

RATES = {"name": "VAT rate", "percentage": "%", "taxable_amount": "Without VAT", "tax_amount": "VAT"}


def preview(shown: Preview, collisions: Sequence[str], key: str) -> None:
    """What to look at first, then amounts, lines, changes, reasons and the exact request, as far as there are any."""
    for sentence in shown.reviews:
        st.warning(plain(sentence), icon=":material/visibility:")
    for sentence in collisions:
        st.warning(plain(sentence), icon=":material/join_inner:")
    _amounts(shown)
    _rows(command_facts.lines(shown), f"lines-{key}")
    if shown.rate_totals:
        totals = pd.DataFrame([vars(total) for total in shown.rate_totals], dtype=object)
        tables.table(totals, RATES, key=f"rates-{key}")
    _rows(command_facts.changes(shown), f"changes-{key}")
    if told := command_facts.standing(shown):
        st.markdown(plain(told))
    if shown.reasons:
        st.markdown("\n".join(f"- {plain(reason)}" for reason in shown.reasons))
    exact_request(shown)


def exact_request(shown: Preview) -> None:
    """Method, path and body to the letter, and those of the request that follows, if one does."""
    with st.expander("The exact request", icon=":material/data_object:"):
        sending = [shown.request] if shown.request.then is None else [shown.request, shown.request.then]
        for each in sending:
            st.caption(plain(f"{each.method} {each.path}"))
            if each.body:
                st.code(json.dumps(each.body, indent=2, ensure_ascii=False), language="json")


def objections(findings: Sequence[Finding]) -> None:
    """What stands in the way, one line each."""
    for finding in findings:
        if not finding.is_good:
            st.error(plain(finding.sentence))


def _amounts(shown: Preview) -> None:
    currency = shown.currency_code
    known = {
        "Without VAT": shown.total_excl_amount,
        "VAT": shown.tax_amount,
        "With VAT" if shown.rate_totals else "Amount": shown.total_incl_amount,
    }
    figures = [kpis.Figure(label, money(amount, currency)) for label, amount in known.items() if amount is not None]
    if figures:
        kpis.row(figures)


def _rows(rows: Sequence[Mapping[str, object]], key: str) -> None:
    if rows:
        frame = pd.DataFrame(rows, dtype=object).fillna("")
        tables.table(frame, {name: name for name in frame.columns}, key=key)
