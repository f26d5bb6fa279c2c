"""The sidebar: which administrations, as of which day. Shared by all pages and mirrored in the address.

The choice lives in two session values of its own and in the query parameters, not in the widgets: a new session
starts from a shared address, and "today" moves along when a newer snapshot is published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

_CHOSEN = "chosen_administrations"
_PINNED = "pinned_as_of"


def administrations(names: Mapping[str, str]) -> tuple[str, ...]:
    """The ids chosen, in the order of `names` (id to name); nothing chosen means all of them."""
    if _CHOSEN not in st.session_state:
        st.session_state[_CHOSEN] = st.query_params.get_all("administration")
    known = [key for key in st.session_state[_CHOSEN] if key in names]
    st.session_state["administrations"] = known
    st.sidebar.multiselect(
        "Administrations",
        list(names),
        format_func=lambda key: names[key],
        key="administrations",
        placeholder=f"All {len(names)} administrations" if len(names) > 1 else "The only administration",
        on_change=_remember_administrations,
        help="Leave empty for all of them.",
    )
    _mirror("administration", known)
    return tuple(key for key in names if key in known) or tuple(names)


def as_of(latest: date, earliest: date) -> date:
    """The day chosen; `latest` unless another day was picked, so that a newer snapshot moves the page along."""
    if _PINNED not in st.session_state:
        st.session_state[_PINNED] = _date(st.query_params.get("as_of"))
    pinned: date | None = st.session_state[_PINNED]
    shown = latest if pinned is None else min(max(pinned, earliest), latest)
    st.session_state["as_of"] = shown
    st.sidebar.date_input(
        "As of",
        min_value=earliest,
        max_value=latest,
        key="as_of",
        format="DD-MM-YYYY",
        on_change=_remember_as_of,
        args=(latest,),
        help="Balances as they stood at the end of this day, from what is known now.",
    )
    _mirror("as_of", [] if shown == latest else [shown.isoformat()])
    return shown


def _remember_administrations() -> None:
    st.session_state[_CHOSEN] = list(st.session_state["administrations"])


def _remember_as_of(latest: date) -> None:
    picked = st.session_state["as_of"]
    st.session_state[_PINNED] = picked if isinstance(picked, date) and picked != latest else None


def _mirror(name: str, values: Sequence[str]) -> None:
    """Puts `values` into the address, which moving to another page empties."""
    if st.query_params.get_all(name) == list(values):
        return
    if values:
        st.query_params[name] = list(values)
    else:
        del st.query_params[name]


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:  # typed by hand; today is the better answer than an error
        return None
