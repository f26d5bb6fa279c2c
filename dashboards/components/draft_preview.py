"""What will be sent and what it should become; and what became of what was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboards.components import kpis, tables
from dashboards.desk import Finding, Preview, Sent
from dashboards.formatting import moment, money, plain

RATES = {"name": "VAT rate", "percentage": "%", "taxable_amount": "Without VAT", "tax_amount": "VAT"}
COLOURS = {"verified": "green", "ambiguous": "orange", "rejected": "red", "failed": "red"}  # beside the word itself


def preview(shown: Preview) -> None:
    """Totals, the reasons per line and the exact request."""
    st.subheader(f"Preview for {plain(shown.contact_name)}")
    currency = shown.currency_code
    kpis.row(
        [
            kpis.Figure("Without VAT", money(shown.total_excl_amount, currency)),
            kpis.Figure("VAT", money(shown.tax_amount, currency), "rounded once per rate"),
            kpis.Figure("With VAT", money(shown.total_incl_amount, currency), "what the customer pays"),
        ]
    )
    totals = pd.DataFrame([vars(total) for total in shown.rate_totals], dtype=object)
    tables.table(totals, RATES, key="draft-rates")
    for reason in shown.reasons:
        st.caption(plain(reason))
    with st.expander("The exact request", icon=":material/data_object:"):
        st.code(json.dumps(shown.request, indent=2, ensure_ascii=False), language="json")


def objections(findings: Sequence[Finding]) -> None:
    """What stands in the way, one line each."""
    for finding in findings:
        if not finding.is_good:
            st.error(plain(finding.sentence))


def commands(sent: Sequence[Sent], names: Mapping[str, str]) -> None:
    """The outbox, newest first: two lines each, because what went wrong is a sentence that a table would cut."""
    for each in sent:
        facts = [each.contact_name, names.get(each.administration_id, each.administration_id)]
        facts += [money(each.total_incl_amount, each.currency_code), f"since {moment(each.updated_at)}"]
        badge = f":{COLOURS.get(each.state, 'gray')}-badge[{each.state}]"
        st.markdown(
            f"{badge} **{plain(each.reference)}** · {' · '.join(map(plain, facts))}  \n{plain(each.explanation)}"
        )
