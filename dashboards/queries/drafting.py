"""What a draft invoice may be made of: contacts, VAT rates, ledger accounts and projects of one administration."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from dashboards.db import Snapshot, current, query


def contacts(snapshot: Snapshot, _administrations: Sequence[str], _as_of: date, administration_id: str) -> pd.DataFrame:
    """One row per contact that is not archived, by name: id and label."""
    return query(
        snapshot,
        """
        select contact_id as id, concat_ws(' · ', contact_name, customer_number) as label
        from marts.dim_contact
        where administration_id = ? and contact_id is not null and not coalesce(is_archived, false) and not is_deleted
            and not is_unknown
        order by label, id
        """,
        (administration_id,),
    )


def tax_rates(
    snapshot: Snapshot, _administrations: Sequence[str], _as_of: date, administration_id: str
) -> pd.DataFrame:
    """One row per active VAT rate for sales invoices, the highest first. Names repeat: the id tells them apart."""
    return query(
        snapshot,
        """
        select tax_rate_id as id, concat_ws(' · ', tax_rate_name, country_code) as label
        from marts.dim_tax_rate
        where administration_id = ? and tax_rate_id is not null and is_active and tax_rate_type = 'sales_invoice'
        order by percentage desc nulls last, label, id
        """,
        (administration_id,),
    )


def ledger_accounts(
    snapshot: Snapshot, _administrations: Sequence[str], _as_of: date, administration_id: str
) -> pd.DataFrame:
    """One row per active ledger account that allows sales invoices, revenue first, then by number."""
    return query(
        snapshot,
        """
        select ledger_account_id as id, concat_ws(' ', account_number, account_name) as label
        from marts.dim_ledger_account
        where administration_id = ? and ledger_account_id is not null and is_active and is_sales_invoice_allowed
        order by account_type <> 'revenue', account_number nulls last, label, id
        """,
        (administration_id,),
    )


def projects(snapshot: Snapshot, _administrations: Sequence[str], _as_of: date, administration_id: str) -> pd.DataFrame:
    """One row per active project, by name: id and label."""
    return query(
        snapshot,
        """
        select project_id as id, project_name as label
        from marts.dim_project
        where administration_id = ? and project_id is not null and project_state = 'active' and not is_deleted
        order by label, id
        """,
        (administration_id,),
    )


def asker(snapshot: Snapshot) -> Callable[[str, Sequence[object]], list[Mapping[str, Any]]]:
    """A function that answers the desk's questions from this snapshot, one mapping per row."""

    def ask(sql: str, params: Sequence[object]) -> list[Mapping[str, Any]]:
        return [
            {str(key): value for key, value in row.items()} for row in query(snapshot, sql, params).to_dict("records")
        ]

    return ask


def newest(sql: str, params: Sequence[object]) -> list[Mapping[str, Any]]:
    """Answers from what is published when it is asked: a button may be pressed hours after its page was drawn."""
    return asker(current())(sql, params)
