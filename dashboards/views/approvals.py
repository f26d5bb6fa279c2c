"""What waits for a person: commands to approve, exactly as they will be sent, and those that went wrong."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from dashboards import desk
from dashboards.components import outbox
from dashboards.components.page import Page, start
from dashboards.formatting import plain
from dashboards.queries import drafting

MOST = 25  # cards of a kind on one page; more would be approved unread
REFRESH = "2s"  # the outbox is one small local read


def chosen(page: Page) -> tuple[str, ...]:
    """The administrations to ask for; none for all, so that commands of one that is no longer published are seen."""
    return () if len(page.administrations) == len(page.names) else page.administrations


def approve(page: Page) -> None:
    try:
        found = desk.waiting(drafting.asker(page.snapshot), MOST + 1, chosen(page))
    except desk.Refused as reason:  # one of finance's tables cannot be read, for one
        st.error(plain(reason))
        return
    if not found:
        page.nothing("Nothing waits for approval.")
    if len(found) > MOST:
        st.caption(f"More than {MOST} commands wait; these are the newest. Choose an administration to see fewer.")
    names = page.names

    def place(one: desk.Waiting) -> str:
        return names.get(one.entry.administration_id, one.entry.administration_id)

    for name, group in groupby(sorted(found[:MOST], key=place), key=place):
        st.markdown(f"**{plain(name)}**")
        for one in group:
            outbox.waiting(one, drafting.newest)


def decide(page: Page) -> None:
    found = desk.stuck(MOST, chosen(page))
    if found:
        st.subheader("Went wrong")
    for entry in found:
        outbox.stuck(entry, page.names)


page = start("Approvals")
outbox.said()
st.subheader("Waiting for approval")
st.caption(plain(f"You act as {desk.person()}. Nothing is sent before it is approved as it is shown here."))
approve(page)
decide(page)


@st.fragment(run_every=REFRESH)
def lately() -> None:
    entries = desk.settled(administrations=chosen(page))
    if entries:
        st.subheader("On its way and done")
    for entry in entries:
        outbox.settled(entry, page.names)


lately()
