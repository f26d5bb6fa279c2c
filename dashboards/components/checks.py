"""Check results in plain words: `standing` rows in, sentences out. Draws nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from dashboards.db import records
from dashboards.formatting import count, day, listing, money, period, plain

DEBTORS = "debtors_equal_control_account"
STATES = {
    "ok": ("green", ":material/check_circle:", "Holds"),
    "break": ("red", ":material/error:", "Differs"),
    "in_motion": ("orange", ":material/sync:", "In motion"),
    "not_computable": ("gray", ":material/help:", "Cannot be checked"),
    "accepted": ("blue", ":material/how_to_reg:", "Accepted"),
    "unchecked": ("gray", ":material/remove:", "Not checked"),
}
COUNTED = {  # state to the column that counts it, what most needs attention first
    "break": "breaks",
    "in_motion": "in_motion",
    "not_computable": "not_computable",
    "accepted": "accepted",
}


@dataclass(frozen=True)
class Verdict:
    """One sentence for the strip, and one per difference that has to be named. `state` is a key of STATES."""

    state: str
    word: str
    sentence: str
    named: tuple[str, ...] = ()


def badge(state: str, word: str = "") -> str:
    """A status as Markdown: sign, word and colour together, so that colour is never alone."""
    colour, icon, usual = STATES.get(state, STATES["unchecked"])
    return f":{colour}-badge[{icon} {word or usual}]"


def ledger(checks: pd.DataFrame) -> Verdict:
    """Do our ledger lines equal Moneybird's own reports?"""
    rows = checks[checks["class"] == "copy"]
    words = {
        "break": ("Ledger differs", "differences at {}, named below"),
        "in_motion": ("Ledger in motion", "booked while we read, read again next run: {}"),
        "not_computable": ("Ledger not proved", "not every month can be compared at {}"),
        "accepted": ("Ledger accepted", "accepted differences at {}"),
    }
    state = worst(rows)
    if state == "unchecked":
        return Verdict(state, "Ledger not checked", "No check has run for this choice.")
    every = "every month" if state == "ok" else "all else"
    proved = f"{every} equals Moneybird's own reports to the cent"
    word = words[state][0] if state != "ok" else "Ledger proved"
    return Verdict(state, word, _sentence(_clauses(rows, words), proved), _named(rows))


def debtors(checks: pd.DataFrame, as_of: date) -> Verdict:
    """Do the open items explain the balance of the debtors' control account?"""
    rows = checks[checks["check_id"] == DEBTORS]
    words = {
        "break": ("Debtors differ", "unexplained difference at {}, named below"),
        "in_motion": ("Debtors in motion", "booked while we read, read again next run: {}"),
        "not_computable": ("Debtors not checked", "no control account to compare with at {}"),
        "accepted": ("Debtors accepted", "accepted difference at {}"),
    }
    state = worst(rows)
    if state == "unchecked":
        return Verdict(state, "Debtors not checked", f"No reconciliation on or before {day(as_of)} for this choice.")
    holding = rows[[worst(rows.loc[[place]]) == "ok" for place in rows.index]]
    reconciled = _reconciled(holding, as_of, "equal to" if state == "ok" else "the others equal")
    word = words[state][0] if state != "ok" else "Debtors reconciled"
    return Verdict(state, word, _sentence(_clauses(rows, words), reconciled), _rest(rows))


def others(checks: pd.DataFrame) -> Verdict:
    """The checks of the books without a sentence of their own on the strip; only worth a word when one of them breaks.

    Class definition is information: what it finds makes no figure wrong, and stands on the Reconciliation page.
    """
    rows = checks[(checks["class"] == "books") & (checks["check_id"] != DEBTORS)]
    return Verdict(worst(rows), "Other checks", "", _named(rows))


def worst(rows: pd.DataFrame) -> str:
    """The state that most needs a reader's attention among `standing` rows; `unchecked` when there are none."""
    if rows.empty:
        return "unchecked"
    for state, column in COUNTED.items():
        if rows[column].sum() > 0:
            return state
    return "ok"


def _clauses(rows: pd.DataFrame, words: Mapping[str, tuple[str, str]]) -> list[str]:
    """One clause per state that is not simply ok, with the administrations it is about."""
    return [
        words[state][1].format(plain(listing(names)))
        for state, column in COUNTED.items()
        if (names := sorted(set(rows.loc[rows[column] > 0, "administration_name"])))
    ]


def _sentence(clauses: list[str], holds: str) -> str:
    text = "; ".join([*clauses, holds] if holds else clauses)
    return f"{text[0].upper()}{text[1:]}."


def _reconciled(rows: pd.DataFrame, as_of: date, equal: str) -> str:
    if rows.empty:
        return ""
    accounts = sorted({str(number) for number in rows["account_number"] if number is not None})
    rest = listing([money(amount, code) for code, amount in _unexplained(rows).items()])
    items = count(int(rows["item_count"].sum()), "explained item")
    return f"{equal} account {plain(listing(accounts))} with {items}, {rest} unexplained{_checked_on(rows, as_of)}"


def _named(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(
        f"**{plain(row['check_name'])}**, {plain(row['administration_name'])}: {_periods(row)}, "
        f"{money(row['broken_amount'], row['currency_code'])} apart"
        for row in records(rows[rows["breaks"] > 0])
    )


def _rest(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(
        f"**{plain(row['check_name'])}**, {plain(row['administration_name'])}: "
        f"{money(row['difference'], row['currency_code'])} unexplained on {day(row['period_end_date'])} "
        f"(account {money(row['left_amount'], row['currency_code'])}, "
        f"open items {money(row['right_amount'], row['currency_code'])})"
        for row in records(rows[rows["breaks"] > 0])
    )


def _unexplained(rows: pd.DataFrame) -> dict[str, Decimal]:
    return dict(sorted(zip(rows["currency_code"], rows["unexplained_amount"], strict=True)))


def _periods(row: Mapping[str, Any]) -> str:
    if row["breaks"] == 1:
        return period(row["first_break"])
    return f"{count(row['breaks'], 'period')} from {period(row['first_break'])} to {period(row['last_break'])}"


def _checked_on(rows: pd.DataFrame, as_of: date) -> str:
    """Says the date of the check when it is not the day of the page."""
    checked = sorted(set(rows["period_end_date"]))
    return "" if checked == [as_of] else f" on {listing([day(value) for value in checked])}"
