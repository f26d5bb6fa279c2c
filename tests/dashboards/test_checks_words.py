"""Which differences a page of figures names in red."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from dashboards.components.checks import others


def standing(check_class: str) -> pd.DataFrame:
    """One broken check of this class, as the query gives it."""
    row = {
        "check_id": "creditors_equal_control_account", "check_name": "Open purchases equal the creditors account",
        "class": check_class, "administration_name": "Molen B.V.", "currency_code": "EUR", "periods": 3, "breaks": 1,
        "in_motion": 0, "not_computable": 0, "accepted": 0, "first_break": "2026-10", "last_break": "2026-10",
        "broken_amount": Decimal("17.18"), "period_end_date": pd.Timestamp("2026-10-31"),
    }  # fmt: skip
    return pd.DataFrame([row])


@pytest.mark.parametrize(("check_class", "named"), [("books", 1), ("definition", 0), ("copy", 0)])
def test_what_is_only_information_makes_no_figure_wrong(check_class: str, named: int) -> None:
    """Books are named here, the ledger's copy has a sentence of its own, and a definition stands on its own page."""
    assert len(others(standing(check_class)).named) == named
