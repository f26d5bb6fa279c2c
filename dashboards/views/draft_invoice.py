"""Prepare a draft invoice: fill it in, see exactly what will be sent, confirm; the worker does the sending."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import streamlit as st

from dashboards import desk
from dashboards.components import draft_preview, line_editor
from dashboards.components.page import Page, start
from dashboards.queries import drafting

REFRESH = "2s"  # the outbox is one small local read


def options(page: Page, question: Any, administration_id: str) -> dict[str, str]:
    rows = page.ask(question, administration_id)
    return dict(zip(rows["id"], rows["label"], strict=True))


def fill_in(page: Page, writable: dict[str, str]) -> tuple[desk.Draft | None, list[str]]:
    draft_id = st.session_state.setdefault("draft_id", uuid4().hex)
    first, second, third, fourth = st.columns((3, 4, 2, 2))
    administration = line_editor.choose(first, "Administration", writable, "draft-administration", index=0)
    key = f"{draft_id}-{administration}"
    contacts = options(page, drafting.contacts, administration)
    contact = line_editor.choose(second, "Contact", contacts, f"contact-{key}")
    reference = third.text_input("Customer's reference", key=f"reference-{key}", placeholder="PO 30052")
    day = fourth.date_input(
        "Invoice date", None, key=f"date-{key}", format="DD-MM-YYYY", help="Empty: the day of sending."
    )
    lists = (drafting.tax_rates, drafting.ledger_accounts, drafting.projects)
    choices = line_editor.Choices(*(options(page, question, administration) for question in lists))
    lines = line_editor.edit(choices, f"lines-{key}")
    return desk.read(
        draft_id=draft_id, administration_id=administration, contact_id=contact, customer_reference=reference,
        invoice_date=day, lines=lines,
    )  # fmt: skip


def confirm(draft: desk.Draft, page: Page) -> None:
    findings, shown = desk.look(draft, drafting.asker(page.snapshot))
    draft_preview.objections(findings)
    if shown is None:
        return
    draft_preview.preview(shown)
    checked = st.checkbox("This is what should be sent", key=f"checked-{shown.business_key}")
    if st.button("Put it in the outbox", type="primary", disabled=not checked, icon=":material/outbox:"):
        try:
            number = desk.queue(draft, drafting.asker(page.snapshot))
        except desk.Refused as reason:  # a setting or another person was faster than this page
            st.error(str(reason))
            return
        st.session_state["draft-queued"] = f"Command {number} is in the outbox as **{shown.reference}**."
        del st.session_state["draft_id"], st.session_state["draft-previewed"]
        st.rerun()


page = start("Draft invoice")
writable = desk.writable(page.names)
if not writable:
    page.nothing("No administration may be written to; list them in `dovecote.writable_administrations`.")
    st.stop()
if "draft-queued" in st.session_state:
    st.success(st.session_state.pop("draft-queued"), icon=":material/check:")
draft, problems = fill_in(page, writable)
if st.button("Preview", icon=":material/preview:"):
    st.session_state["draft-previewed"] = draft
    for problem in problems:
        st.warning(problem)
if draft is not None and st.session_state.get("draft-previewed") == draft:
    confirm(draft, page)


@st.fragment(run_every=REFRESH)
def outbox() -> None:
    st.subheader("Outbox")
    sent = desk.recent()
    if sent:
        draft_preview.commands(sent, page.names)
    else:
        page.nothing("Nothing was put in the outbox yet.")


outbox()
