"""The lines of a draft: a box of fields per line. Amounts are typed as text: no cent passes through a float."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboards.components import supply_fields
from dashboards.components.choosing import choose

BY_RULES = "Decided by the rules"
_FIRST = (4, 1, 1.5, 2, 2.6, 0.6)
_SECOND = (2.4, 3.2, 2, 3)
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
    """The lines as they stand, one dict per box with the field names of a draft line; starts with one empty box."""
    rows: list[int] = st.session_state.setdefault(f"{key}-rows", [0])
    lines = [_line(choices, rows, row, f"{key}-{row}") for row in list(rows)]
    st.button("Add a line", icon=":material/add:", key=f"{key}-add", on_click=lambda: rows.append(max(rows) + 1))
    return lines


def _line(choices: Choices, rows: list[int], row: int, key: str) -> dict[str, Any]:
    with st.container(border=True):
        description, quantity, price, kind, vat_class, remove = st.columns(_FIRST, vertical_alignment="bottom")
        line = {
            "description": description.text_input("Description", key=f"{key}-description"),
            "quantity": amount(quantity.text_input("Quantity", "1", key=f"{key}-quantity")),
            "unit_price": amount(
                price.text_input("Price", key=f"{key}-price", placeholder="125,00", help="Per unit, without VAT.")
            ),
        }
        remove.button(
            "", icon=":material/delete:", key=f"{key}-remove", help="Remove this line",
            disabled=len(rows) == 1, on_click=rows.remove, args=(row,),
        )  # fmt: skip
        rate, account, project, place = st.columns(_SECOND)
        return line | {
            "supply": supply_fields.edit(kind, vat_class, place, f"{key}-supply"),
            "tax_rate_id": choose(rate, "VAT rate", choices.tax_rates, f"{key}-rate", BY_RULES),
            "ledger_account_id": choose(account, "Ledger account", choices.ledger_accounts, f"{key}-account", BY_RULES),
            "project_id": choose(project, "Project", choices.projects, f"{key}-project", "None"),
        }
