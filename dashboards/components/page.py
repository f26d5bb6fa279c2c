"""The frame around every page: one snapshot, one choice, the same strip of freshness and checks.

app.py calls `prepare` once per run, before the view; the view calls `start`. Components read nothing themselves, so
app.py hands over the two questions (who is in here, do the checks hold) and views hand theirs to `Page.ask`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import db
from dashboards.components import filters, freshness

Question = Callable[..., pd.DataFrame]

CACHED_ANSWERS = 500  # small frames; keyed by file, so those of older snapshots fall out first
_KEY = "page"


@dataclass(frozen=True)
class Page:
    """What a page run is about. `names` is every administration in the snapshot, so that colours stay put."""

    snapshot: db.Snapshot
    administrations: tuple[str, ...]
    as_of: date
    facts: pd.DataFrame
    checks: pd.DataFrame
    currency: str = "EUR"
    parts: int = 1

    def ask(self, question: Question, *details: Any) -> pd.DataFrame:
        """The answer of `question(snapshot, administrations, as_of, *details)`, remembered for this snapshot."""
        return _answer(_name(question), self.snapshot, self.administrations, self.as_of, details, question)

    def one(self, question: Question, *details: Any) -> dict[str, Any] | None:
        """The only row of `question`'s answer, or None when it has none."""
        return next(iter(db.records(self.ask(question, *details))), None)

    @property
    def names(self) -> dict[str, str]:
        """Administration id to name, every one in the snapshot."""
        return dict(zip(self.facts["administration_id"], self.facts["administration_name"], strict=True))

    @property
    def chosen_names(self) -> list[str]:
        return [name for key, name in self.names.items() if key in self.administrations]

    def chosen_facts(self) -> pd.DataFrame:
        """Name, currency and freshness of the administrations chosen, one row each."""
        return self.facts[self.facts["administration_id"].isin(self.administrations)]

    def standing(self) -> pd.DataFrame:
        """How the checks of this page's administrations stand, one row per check and administration."""
        return self.checks[self.checks["administration_id"].isin(self.administrations)]

    def by_currency(self) -> Iterator[Page]:
        """This page once per currency of the books chosen: amounts in different currencies are never added."""
        chosen = self.chosen_facts()
        currencies = sorted(set(chosen["currency_code"]))
        for currency in currencies:
            ids = tuple(chosen.loc[chosen["currency_code"] == currency, "administration_id"])
            if len(currencies) > 1:
                st.header(f"Books in {currency}", divider="gray")
            yield replace(self, administrations=ids, currency=currency, parts=len(currencies))

    def key(self, name: str) -> str:
        """`name` as the key of a widget over these rows: with other rows, a row that was selected no longer is."""
        return "-".join((name, self.currency, self.snapshot.snapshot_id, str(self.as_of), *self.administrations))

    def nothing(self, because: str) -> None:
        """An empty state that says why. The caller ends: another currency may still have figures."""
        nothing(because)


def prepare(who: Question, checks: Question) -> None:
    """Resolves the snapshot, draws the sidebar and keeps the Page of this run; stops the run when there is none.

    `who(snapshot)` lists the administrations, `checks(snapshot, administrations, as_of)` how their checks stand.
    """
    try:
        snapshot = db.current()
    except db.NoSnapshot as reason:
        st.title("Dovecote")
        nothing(str(reason))
        st.caption("Figures appear here after the first run. `make demo` shows everything with an invented group.")
        st.stop()
    facts = _answer(_name(who), snapshot, (), date.min, (), lambda opened, _ids, _day: who(opened))
    days = [day for day in facts["business_date"] if day is not None]
    if not days:
        st.title("Dovecote")
        nothing("No administration in the published snapshot was ever synced: run `dovecote run`, then reload.")
        st.stop()
    administrations = filters.administrations(
        dict(zip(facts["administration_id"], facts["administration_name"], strict=True))
    )
    starts = [day for day in facts["period_start_date"] if day is not None]
    as_of = filters.as_of(max(days), min(starts, default=min(days)))
    page = Page(snapshot, administrations, as_of, facts, pd.DataFrame())
    st.session_state[_KEY] = replace(page, checks=page.ask(checks))


def start(title: str) -> Page:
    """This run's Page, after drawing the title and the strip that says how fresh and how well proved it all is."""
    page: Page = st.session_state[_KEY]
    st.title(title)
    freshness.strip(page.snapshot, page.facts, page.administrations, page.checks, page.as_of)
    return page


def nothing(because: str) -> None:
    """An empty state that says why it is empty."""
    st.info(because, icon=":material/info:")


def _name(question: Question) -> str:
    return f"{question.__module__}.{question.__qualname__}"


@st.cache_data(max_entries=CACHED_ANSWERS, show_spinner=False)
def _answer(
    name: str,  # noqa: ARG001 - part of the key, as every argument without an underscore
    snapshot: db.Snapshot,
    administrations: tuple[str, ...],
    as_of: date,
    details: tuple[Any, ...],
    _question: Question,
) -> pd.DataFrame:
    return _question(snapshot, administrations, as_of, *details)
