"""Rows of headline figures that wrap on a narrow screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from dashboards.formatting import count, day, money, month, months_to, number, percentage

Tone = Literal["gray", "red", "green"]
A_ROW = 5  # fit beside each other where the sidebar is open


@dataclass(frozen=True)
class Figure:
    """`value` is already text; `note` is the small line below it, `help` what exactly is counted."""

    label: str
    value: str
    note: str = ""
    help: str = ""
    tone: Tone = "gray"  # gray says nothing, red and green say worse and better beside the words of the note


def row(figures: list[Figure]) -> None:
    """Draws the figures, at least one, side by side and equally wide; too many for a row in rows of the same length."""
    rows = -(-len(figures) // A_ROW)
    each = -(-len(figures) // rows)
    for first in range(0, len(figures), each):
        with st.container(horizontal=True):
            for figure in figures[first : first + each]:
                _draw(figure)


def _draw(figure: Figure) -> None:
    st.metric(
        figure.label,
        figure.value,
        delta=figure.note or None,
        delta_color=figure.tone,
        delta_arrow="off",
        help=figure.help or None,
        border=True,
        height="stretch",
        width="stretch",
    )


def debtors(total: Mapping[str, Any], currency: str) -> list[Figure]:
    """Who owes us how much; not due, overdue and credits add up to open."""
    share = percentage(total["overdue_share"])
    dubious = total["dubious_amount"]
    return [
        Figure(
            "Open",
            money(total["open_amount"], currency),
            f"{count(total['item_count'], 'item')}, {count(total['customer_count'], 'customer')}",
            "Not due + overdue + credits, VAT included.",
        ),
        Figure(
            "Overdue",
            money(total["overdue_amount"], currency),
            f"{count(total['overdue_count'], 'item')} past due",
            "Past the due date; the due date itself is on time. A remainder keeps its original due date.",
            "red" if total["overdue_amount"] > 0 else "gray",
        ),
        Figure(
            "Share overdue",
            share,
            f"{money(dubious, currency)} dubious" if dubious else "none marked dubious",
            "Overdue as a share of what is owed, before credits.",
        ),
        Figure("Not due", money(total["not_due_amount"], currency), "within terms", "Due on or after the day shown."),
        Figure(
            "Credits",
            money(total["credit_amount"], currency),
            "to refund or settle" if total["credit_amount"] else "none",
            "Credit invoices without an original invoice, and what was paid too much. "
            "A credit linked to its invoice already lowers that invoice.",
        ),
    ]


def days_of_sales(days: Mapping[str, Any] | None) -> list[Figure]:
    """How long customers take, in days; nothing when it is not known."""
    if days is None:
        return []
    return [
        Figure(
            "Days of sales open",
            number(days["days"], 1),
            f"{day(days['as_of_date'])}, {number(days['late_days'], 1)} past due",
            "Open items at the end of the last whole month, in days of what was invoiced in that month and the two "
            "before it; both with VAT and less credits. Past due is what remains without the items not due yet.",
        )
    ]


def revenue(total: Mapping[str, Any], currency: str) -> list[Figure]:
    """Year to date and this month as they are; the comparison over complete months only."""
    this_month, complete_to = total["this_month"], total["complete_to"]
    complete = months_to(complete_to) if complete_to else "no complete month yet"
    so_far = "so far" if complete_to != this_month else "complete"
    change = total["change_share"]
    tone: Tone = "gray" if not change else "green" if change > 0 else "red"
    return [
        Figure("Year to date", money(total["to_date_amount"], currency), f"{months_to(this_month)} {this_month.year}"),
        Figure(month(this_month), money(total["this_month_amount"], currency), so_far),
        Figure(
            "Complete months",
            money(total["complete_amount"], currency),
            f"{complete} {this_month.year}" if complete_to else complete,
            "A month that is not over cannot be compared with a whole month a year ago.",
        ),
        Figure(
            "A year earlier",
            money(total["year_ago_amount"], currency),
            f"{complete} {this_month.year - 1}" if complete_to else complete,
            "The same complete months of last year.",
        ),
        Figure(
            "Change",
            percentage(change, signed=True),
            "complete months" if change is not None else "nothing to compare",
            "Complete months of this year against the same months of last year.",
            tone,
        ),
    ]
