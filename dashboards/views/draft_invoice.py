"""Prepare a draft invoice: fill it in, see exactly what would be sent and why, and have it wait for approval."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import streamlit as st

from dashboards import desk
from dashboards.components import command_preview, line_editor, outbox
from dashboards.components.choosing import choose
from dashboards.components.page import Page, start
from dashboards.formatting import plain
from dashboards.queries import drafting

REFRESH = "2s"  # the outbox is one small local read
CUSTOMERS = {"business": "A business", "consumer": "A consumer"}


def options(page: Page, question: Any, administration_id: str) -> dict[str, str]:
    rows = page.ask(question, administration_id)
    return dict(zip(rows["id"], rows["label"], strict=True))


def fill_in(page: Page, writable: dict[str, str]) -> tuple[desk.Draft | None, list[str]]:
    draft_id = st.session_state.setdefault("draft_id", uuid4().hex)
    first, second, third, fourth, fifth = st.columns((3, 3.4, 2.4, 2.2, 2))
    administration = choose(first, "Administration", writable, "draft-administration", index=0)
    key = f"{draft_id}-{administration}"
    contact = choose(second, "Contact", options(page, drafting.contacts, administration), f"contact-{key}")
    customer = choose(third, "The customer is", CUSTOMERS, f"customer-{key}", "As the contact says")
    reference = fourth.text_input("Customer's reference", key=f"reference-{key}", placeholder="PO 30052")
    day = fifth.date_input(
        "Invoice date", None, key=f"date-{key}", format="DD-MM-YYYY", help="Empty: the day of sending."
    )
    lists = (drafting.tax_rates, drafting.ledger_accounts, drafting.projects)
    choices = line_editor.Choices(*(options(page, question, administration) for question in lists))
    lines = line_editor.edit(choices, f"lines-{key}")
    return desk.read(
        draft_id=draft_id, administration_id=administration, contact_id=contact, customer_reference=reference,
        invoice_date=day, lines=lines, is_business=None if customer is None else customer == "business",
    )  # fmt: skip


def confirm(draft: desk.Draft, page: Page) -> None:
    ask = drafting.asker(page.snapshot)
    findings, shown, collisions = desk.look(draft, ask)
    command_preview.objections(findings)
    if shown is None:
        return
    st.subheader(f"Preview for {plain(shown.contact_name)}")
    command_preview.preview(shown, collisions, "draft")
    st.caption("In the outbox it waits until it is approved on the page Approvals; nothing is sent before.")
    if st.button("Put it in the outbox", type="primary", icon=":material/outbox:"):
        number = desk.queue(draft, ask)
        st.session_state["draft-queued"] = f"Command {number} waits for approval as **{shown.reference}**."
        del st.session_state["draft_id"], st.session_state["draft-previewed"]
        st.rerun()


page = start("Draft invoice")
writable = desk.writable(page.names)
if not writable:
    page.nothing("You may write to no administration; list them in `dovecote.writable_administrations`.")
    st.stop()
if "draft-queued" in st.session_state:
    st.success(st.session_state.pop("draft-queued"), icon=":material/check:")
draft, problems = fill_in(page, writable)
if st.button("Preview", icon=":material/preview:"):
    st.session_state["draft-previewed"] = draft
    for problem in problems:
        st.warning(problem)
if draft is not None and st.session_state.get("draft-previewed") == draft:
    try:
        confirm(draft, page)
    except desk.Refused as reason:  # a setting, a table or another person was faster than this page
        st.error(str(reason))


@st.fragment(run_every=REFRESH)
def lately() -> None:
    st.subheader("Outbox")
    entries = desk.recent()
    outbox.listing(entries, page.names)
    if not entries:
        page.nothing("Nothing was put in the outbox yet.")


lately()
