"""Bars whose colour belongs to an administration on every page. Floats begin here and end in the drawing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import altair as alt
import pandas as pd
import streamlit as st

from dashboards.formatting import MONTHS, money

# Told apart in grey and by the common kinds of colour blindness; white lines between stacked parts do the rest.
PALETTE = ("#14506e", "#e0a030", "#5b9a8b", "#a2456b", "#7d93c7", "#6a6f2f", "#c9704a")
OTHER, OTHER_COLOUR = "Other", "#9aa3ad"  # what queries call the administrations beyond the first few
LINE = TEXT = "#1b2733"
_NARROW_LABELS = "width < 600 ? split(datum.label, ' ') : datum.label"  # one word a line where bars are thin
_MONTHS = [name[:3] for name in MONTHS]
BUCKETS = {
    "not_due": "Not due",
    "1-30": "1–30 days",
    "31-60": "31–60 days",
    "61-90": "61–90 days",
    ">90": "Over 90 days",
    "credit": "Credits",
}


def aging(rows: pd.DataFrame, names: Sequence[str], currency: str) -> None:
    """A bar per bucket, from not due to over 90 days, the administrations stacked."""
    drawn = _drawable(rows, currency).assign(label=rows["bucket"].map(BUCKETS))
    bars = _bars(drawn, names).encode(
        x=_slots(list(BUCKETS.values())),
        y=_amount_axis(currency),
        tooltip=_tooltip(alt.Tooltip("label:N", title="Age"), alt.Tooltip("item_count:Q", title="Open items")),
    )
    _show(bars, "Open amount per age bucket and administration")


def months(rows: pd.DataFrame, year_ago: pd.DataFrame, names: Sequence[str], currency: str) -> None:
    """A bar per month of this year, administrations stacked, pale while the month runs; last year as a line."""
    drawn = _drawable(rows, currency).assign(label=_short(rows["month_date"]))
    x = _slots(_MONTHS)
    bars = _bars(drawn, names).encode(
        x=x,
        y=_amount_axis(currency),
        opacity=alt.condition("datum.is_complete", alt.value(1), alt.value(0.55)),
        tooltip=_tooltip(alt.Tooltip("label:N", title="Month")),
    )
    before = _drawable(year_ago, currency).assign(label=_short(year_ago["month_date"]), series="Previous year")
    line = (
        alt.Chart(before)
        .mark_line(color=LINE, strokeDash=[5, 3], point=alt.OverlayMarkDef(color=LINE, filled=True, size=40))
        .encode(
            x=x,
            y=_amount_axis(currency),
            tooltip=[alt.Tooltip("label:N", title="Previous year"), alt.Tooltip("shown:N", title="Amount")],
        )
    )
    _show(bars + line, "Revenue per month and administration, with the previous year as a line")
    st.caption("Dashed line: the previous year, all administrations chosen together. Pale bar: the month is not over.")


def _short(days: pd.Series) -> list[str]:
    return [_MONTHS[day.month - 1] for day in days]


def _drawable(rows: pd.DataFrame, currency: str) -> pd.DataFrame:
    return rows.assign(
        shown=[money(amount, currency) for amount in rows["amount"]], amount=rows["amount"].astype(float)
    )


def _bars(drawn: pd.DataFrame, names: Sequence[str]) -> alt.Chart:
    colours = _colours(names, set(drawn["administration_name"]))
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    columns = alt.ExprRef("width < 600 ? 2 : 4")  # of the drawing, in pixels
    legend = alt.Legend(title=None, orient="top", labelLimit=170, columns=columns) if len(colours) > 1 else None
    return (
        alt.Chart(drawn)
        .mark_bar(stroke="white", strokeWidth=1)
        .encode(color=alt.Color("administration_name:N", scale=scale, legend=legend))
    )


def _colours(names: Sequence[str], present: Collection[str]) -> dict[str, str]:
    """A colour per name drawn: its own by its place among all `names`, or a free one where that is taken."""
    colours: dict[str, str] = {}
    for place, name in enumerate(names):
        if name in present:
            free = [colour for colour in PALETTE if colour not in colours.values()] or list(PALETTE)
            own = PALETTE[place % len(PALETTE)]
            colours[name] = own if own in free else free[0]
    return colours | ({OTHER: OTHER_COLOUR} if OTHER in present else {})


def _slots(labels: list[str]) -> alt.X:
    """A place for every label in this order, also for those without an amount."""
    return alt.X(
        "label:N",
        title=None,
        axis=alt.Axis(labelAngle=0, ticks=False, labelExpr=_NARROW_LABELS),
        scale=alt.Scale(domain=labels),
    )


def _amount_axis(currency: str) -> alt.Y:
    dutch = "replace(replace(replace(format(datum.value, ',.0f'), /,/g, 'x'), /\\./g, ','), /x/g, '.')"
    return alt.Y("amount:Q", title=currency, axis=alt.Axis(labelExpr=dutch, tickCount=5, grid=True, domain=False))


def _tooltip(*extra: alt.Tooltip) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("administration_name:N", title="Administration"),
        *extra,
        alt.Tooltip("shown:N", title="Amount"),
    ]


def _show(chart: alt.Chart | alt.LayerChart, alternative: str) -> None:
    dark = {"labelColor": TEXT, "titleColor": TEXT}  # Streamlit's own grey is too pale to read
    sized = chart.properties(height=240, autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    st.altair_chart(sized.configure_axis(**dark).configure_legend(**dark), width="stretch", alt=alternative)
