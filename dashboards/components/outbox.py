"""Commands of the outbox as cards: one line to find it by, inside it the whole preview, its history, what may be done.

A button acts on the preview that was on screen when it was pressed: it is bound to that preview's hash, and what the
desk finds by then is held against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from dashboards import desk
from dashboards.components import command_preview
from dashboards.formatting import moment, money, plain

COLOURS = {"verified": "green", "ambiguous": "orange", "rejected": "red", "failed": "red"}  # beside the word itself
_SAID = "outbox-said"
_SHOWN = 12  # characters of a hash, as on the command line


def said() -> None:
    """What the button that was pressed last led to, once."""
    if _SAID in st.session_state:
        is_good, sentence = st.session_state.pop(_SAID)
        (st.success if is_good else st.error)(plain(sentence))


def waiting(one: desk.Waiting, newest: desk.AskMarts) -> None:
    """A command that waits, with Approve and Cancel; `newest` answers when Approve is pressed, not from this page."""
    entry, key = one.entry, f"{one.entry.command_id}-{one.entry.seen}"
    flags = [":orange-badge[:material/visibility: look first]"] * bool(entry.preview.reviews)
    flags += [":orange-badge[:material/join_inner: meets another]"] * bool(one.collisions)
    with st.expander(" ".join([_headline(entry), *flags])):
        _asked(entry)
        command_preview.preview(entry.preview, one.collisions, key)
        reviewed = True
        if entry.preview.reviews:
            reviewed = st.checkbox("I looked at what is marked above", key=f"reviewed-{key}")
        if one.obstacle:
            st.info(plain(one.obstacle), icon=":material/block:")
        with st.container(horizontal=True):
            approve = partial(desk.approve, entry.command_id, entry.seen, newest, reviewed=reviewed)
            st.button(
                "Approve", type="primary", icon=":material/check:", key=f"approve-{key}",
                disabled=one.obstacle is not None or not reviewed, on_click=_do,
                args=(approve, f"Command {entry.command_id} is approved; the worker sends it."),
            )  # fmt: skip
            _cancel(entry, key)
        history(entry)


def stuck(entry: desk.Entry, names: Mapping[str, str]) -> None:
    """A command that a person must decide about, with Retry and, where nothing can stand in Moneybird, Cancel."""
    key = f"{entry.command_id}-{entry.state}"
    with st.expander(f"{badge(entry)} {_headline(entry, names)}", expanded=True):
        st.error(plain(entry.explanation), icon=":material/error:")
        _asked(entry)
        command_preview.exact_request(entry.preview)
        with st.container(horizontal=True):
            again = partial(desk.retry, entry.command_id)
            st.button(
                "Retry", icon=":material/refresh:", key=f"retry-{key}", on_click=_do,
                args=(again, f"Command {entry.command_id} is back; the worker looks it up before it sends it again."),
            )  # fmt: skip
            if entry.may_cancel:
                _cancel(entry, key)
        history(entry)


def settled(entry: desk.Entry, names: Mapping[str, str]) -> None:
    """A command on its way or done: what became of it, what was sent, its history."""
    with st.expander(f"{badge(entry)} {_headline(entry, names)}"):
        st.markdown(plain(entry.explanation))
        _asked(entry)
        command_preview.exact_request(entry.preview)
        history(entry)


def listing(entries: Sequence[desk.Entry], names: Mapping[str, str]) -> None:
    """Two lines per command, because what went wrong is a sentence that a table would cut."""
    for each in entries:
        facts = [each.preview.contact_name, names.get(each.administration_id, each.administration_id)]
        facts += [*_total(each), f"since {moment(each.updated_at)}"]
        st.markdown(
            f"{badge(each)} **{plain(each.preview.reference)}** · {' · '.join(map(plain, filter(None, facts)))}  \n"
            f"{plain(each.explanation)}"
        )


def history(entry: desk.Entry) -> None:
    """Who did what to a command, oldest first."""
    with st.expander("History", icon=":material/history:"):
        st.caption("  \n".join(map(_told, desk.history(entry.command_id))))


def badge(entry: desk.Entry) -> str:
    """The state as Markdown: word and colour together."""
    return f":{COLOURS.get(entry.state, 'gray')}-badge[{entry.state}]"


def _told(event: desk.Event) -> str:
    became = f" → {event.state}" if event.state and event.state != event.what else ""
    return plain(f"{moment(event.at)} · {event.who}: {event.what}{became}")


def _headline(entry: desk.Entry, names: Mapping[str, str] | None = None) -> str:
    kind = entry.preview.kind.replace("_", " ")
    place = [names.get(entry.administration_id, entry.administration_id)] if names else []
    facts = [*place, entry.preview.contact_name, *_total(entry), entry.preview.reference]
    return f"**{plain(f'#{entry.command_id} {kind}')}** · {' · '.join(map(plain, filter(None, facts)))}"


def _total(entry: desk.Entry) -> list[str]:
    shown = entry.preview
    return [] if shown.total_incl_amount is None else [money(shown.total_incl_amount, shown.currency_code)]


def _asked(entry: desk.Entry) -> None:
    origin = f", from {entry.origin}" if entry.origin else ""
    st.caption(
        plain(f"Asked for by {entry.asked_by} at {moment(entry.asked_at)}{origin}; seen as {entry.seen[:_SHOWN]}")
    )


def _cancel(entry: desk.Entry, key: str) -> None:
    st.button(
        "Cancel", icon=":material/close:", key=f"cancel-{key}", on_click=_do,
        args=(partial(desk.cancel, entry.command_id), f"Command {entry.command_id} is cancelled."),
    )  # fmt: skip


def _do(act: Callable[[], None], done: str) -> None:
    """Runs before the page is drawn again, with what was on screen when the button was pressed."""
    try:
        act()
    except desk.Refused as reason:
        st.session_state[_SAID] = (False, str(reason))
    else:
        st.session_state[_SAID] = (True, done)
