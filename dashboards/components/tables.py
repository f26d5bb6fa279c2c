"""Exact rows shown in Dutch notation: the cell keeps its Decimal or date, so sorting and copying stay right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.formatting import day, moment, months_to, number, percentage

ROW_HEIGHT = 35  # pixels, Streamlit's own
MAX_ROWS_SHOWN = 12  # before the table scrolls


def table(
    rows: pd.DataFrame, columns: Mapping[str, str], key: str, shares: Sequence[str] = (), selectable: bool = False
) -> int | None:
    """Draws `rows` with the columns of `columns` (name to heading); the position of the row selected, or None."""
    shown = rows[list(columns)]
    styled = shown.style.format({name: _share if name in shares else _cell for name in columns}, na_rep="")
    config = {
        name: st.column_config.Column(heading, alignment="right" if _is_amount(shown[name]) else None)
        for name, heading in columns.items()
    }
    height = ROW_HEIGHT * (min(len(shown), MAX_ROWS_SHOWN) + 1) + 3
    if not selectable:
        st.dataframe(styled, height=height, hide_index=True, column_config=config, key=key, placeholder="")
        return None
    state = st.dataframe(
        styled,
        height=height,
        hide_index=True,
        column_config=config,
        key=key,
        placeholder="",
        on_select="rerun",
        selection_mode="single-row",
    )
    chosen = state["selection"]["rows"]
    return int(chosen[0]) if chosen and chosen[0] < len(shown) else None


def limited(rows: pd.DataFrame, limit: int, what: str) -> None:
    """Says so when a list was cut at its limit."""
    if len(rows) >= limit:
        st.caption(f"Only the first {limit} are listed, {what}; the totals above count everything.")


def _is_amount(values: pd.Series) -> bool:
    return any(isinstance(value, Decimal | int) and not isinstance(value, bool) for value in values)


def _cell(value: object) -> str:
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, datetime):
        return moment(value)
    return day(value) if isinstance(value, date) else str(value)


def _share(value: object) -> str:
    return percentage(value, signed=True) if isinstance(value, Decimal) else str(value)


def revenue(grouping: str, total: Mapping[str, Any]) -> dict[str, str]:
    """The columns of a revenue table, headed by the months they cover."""
    year, complete = total["this_month"].year, total["complete_to"]
    months = months_to(complete) if complete else "No complete month"
    return {
        "name": grouping,
        "administration_name": "Administration",
        "to_date_amount": f"{year} to date",
        "complete_amount": f"{months} {year}",
        "year_ago_amount": f"{months} {year - 1}",
        "change_share": "Change",
    }
