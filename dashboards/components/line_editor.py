"""The lines of a draft: one row of fields per line. Amounts are typed as text: no cent passes through a float."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import streamlit as st

_WIDTHS = (3.4, 1, 1.5, 2.4, 3, 1.9, 0.6)
_DUTCH = re.compile(r"-?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?")
_PLAIN = re.compile(r"-?\d+\.(\d{1,2}|\d{4,6})")  # three decimals after a point would read as thousands


@dataclass(frozen=True)
class Choices:
    """What may be chosen on a line: id to label, in the order shown."""

    tax_rates: Mapping[str, str]
    ledger_accounts: Mapping[str, str]
    projects: Mapping[str, str]


def amount(text: str) -> Decimal | str:
    """The number typed, Dutch or plain: `1.250,50`, `1250,5`, `1250.50`. What is no number, or two, stays text."""
    tight = text.strip().replace(" ", "").removeprefix("€")
    if _PLAIN.fullmatch(tight):
        return Decimal(tight)
    if _DUTCH.fullmatch(tight):
        return Decimal(tight.replace(".", "").replace(",", "."))
    return tight


def edit(choices: Choices, key: str) -> list[dict[str, Any]]:
    """The lines as they stand, one dict per row with the field names of a draft line; starts with one empty row."""
    rows: list[int] = st.session_state.setdefault(f"{key}-rows", [0])
    lines = [_row(choices, rows, row, f"{key}-{row}") for row in list(rows)]
    st.button("Add a line", icon=":material/add:", key=f"{key}-add", on_click=lambda: rows.append(max(rows) + 1))
    return lines


def _row(choices: Choices, rows: list[int], row: int, key: str) -> dict[str, Any]:
    show: Any = "visible" if row == rows[0] else "collapsed"
    description, quantity, price, rate, account, project, remove = st.columns(_WIDTHS, vertical_alignment="bottom")
    line = {
        "description": description.text_input("Description", key=f"{key}-description", label_visibility=show),
        "quantity": amount(quantity.text_input("Quantity", "1", key=f"{key}-quantity", label_visibility=show)),
        "unit_price": amount(
            price.text_input(
                "Price", key=f"{key}-price", label_visibility=show, placeholder="125,00", help="Per unit, without VAT."
            )
        ),
        "tax_rate_id": choose(rate, "VAT rate", choices.tax_rates, f"{key}-rate", show),
        "ledger_account_id": choose(account, "Ledger account", choices.ledger_accounts, f"{key}-account", show),
        "project_id": choose(project, "Project", choices.projects, f"{key}-project", show, "None"),
    }
    remove.button(
        "", icon=":material/delete:", key=f"{key}-remove", help="Remove this line",
        disabled=len(rows) == 1, on_click=rows.remove, args=(row,),
    )  # fmt: skip
    return line


def choose(
    where: Any, label: str, options: Mapping[str, str], key: str, show: Any = "visible", empty: str = "Choose",
    index: int | None = None,
) -> Any:  # fmt: skip
    """The id chosen, or None. Nothing is chosen beforehand: a wrong VAT rate is worse than one more click."""
    return where.selectbox(
        label, list(options), index, format_func=lambda each: options[each], key=key, placeholder=empty,
        label_visibility=show,
    )  # fmt: skip
