"""How the reconciliations stand, read from `recon_checks` and the items that explain it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from dashboards.db import Snapshot, query

DEBTORS = "debtors_equal_control_account"
# What stood wrong on one date stands wrong on every later one, until somebody puts it right.
BALANCES = (DEBTORS, "creditors_equal_control_account", "clearing_accounts_cleared", "intercompany_pairs_match")
MAX_ROWS = 1000  # months × checks × administrations; more is a job for SQL, not for a screen

_NAMES = """
    administration_names as (
        select
            snapshot_info.administration_id,
            coalesce(snapshot_info.administration_name, snapshot_info.administration_id) as administration_name,
            coalesce(dim_administration.currency_code, 'EUR') as currency_code
        from marts.snapshot_info
        left join marts.dim_administration using (administration_id)
    )
"""


def standing(snapshot: Snapshot, administrations: Sequence[str], as_of: date) -> pd.DataFrame:
    """One row per check and administration: how its periods up to `as_of` stand, and the figures of the last one.

    A balance check counts only at its last date on or before `as_of` (one cause would break every later date too);
    a check per month counts in every month up to that of `as_of`; a check without periods always counts.
    """
    return query(
        snapshot,
        f"""
        with {_NAMES},
        dated as (
            select *, count(*) over (partition by check_id, administration_id) as dates
            from marts.recon_checks
            where administration_id = any($1)
        ),
        counted as (
            select
                *,
                row_number() over (partition by check_id, administration_id order by period_end_date desc) as recency
            from dated
            where case
                when check_id in {BALANCES} then coalesce(period_end_date <= $2, true)
                else dates = 1 or period_end_date is null or date_trunc('month', period_end_date) <= $2
            end
        ),
        standing as (
            select * from counted where check_id not in {BALANCES} or recency = 1
        ),
        accounts as (
            select administration_id, min(account_number) as account_number
            from marts.dim_ledger_account
            where role = 'debtors'
            group by administration_id
        ),
        items as (
            select standing.administration_id, count(*) as item_count
            from standing
            inner join marts.recon_items on
                recon_items.check_id = standing.check_id
                and recon_items.administration_id = standing.administration_id
                and recon_items.item_date <= standing.period_end_date
                and recon_items.is_explained
            where standing.check_id = '{DEBTORS}'
            group by standing.administration_id
        ),
        summed as (
            select
                check_id,
                max(check_name) as check_name,
                max(class) as class,
                administration_id,
                count(*) as periods,
                count(*) filter (where status = 'break') as breaks,
                count(*) filter (where status = 'in_motion') as in_motion,
                count(*) filter (where status = 'not_computable') as not_computable,
                count(*) filter (where status = 'accepted') as accepted,
                min(period) filter (where status = 'break') as first_break,
                max(period) filter (where status = 'break') as last_break,
                sum(abs(difference)) filter (where status = 'break') as broken_amount,
                max(period_end_date) as period_end_date,
                max(left_amount) filter (where recency = 1) as left_amount,
                max(right_amount) filter (where recency = 1) as right_amount,
                max(explained_amount) filter (where recency = 1) as explained_amount,
                max(difference) filter (where recency = 1) as difference
            from standing
            group by check_id, administration_id
        )
        select
            summed.*,
            administration_name,
            currency_code,
            sum(abs(difference)) over (partition by check_id, currency_code, breaks > 0) as unexplained_amount,
            account_number,
            coalesce(item_count, 0) as item_count
        from summed
        inner join administration_names using (administration_id)
        left join accounts using (administration_id)
        left join items using (administration_id)
        order by check_id, administration_name
        """,
        (list(administrations), as_of),
    )


def debtor_items(snapshot: Snapshot, administrations: Sequence[str], as_of: date) -> pd.DataFrame:
    """One row per listed item between control account and open items, dated on or before the date of the check."""
    return query(
        snapshot,
        f"""
        with {_NAMES},
        checked as (
            select administration_id, max(period_end_date) as checked_date
            from marts.recon_checks
            where check_id = '{DEBTORS}' and period_end_date <= $2
            group by administration_id
        )
        select
            administration_id, administration_name, item_date, item_kind, document_type, document_id,
            case when contact_key <> administration_id || '-none' then contact_name end as contact_name,
            description, amount
        from marts.recon_items
        inner join checked using (administration_id)
        inner join administration_names using (administration_id)
        left join marts.dim_contact using (administration_id, contact_key)
        where check_id = '{DEBTORS}' and administration_id = any($1) and item_date <= checked_date
        order by is_explained, administration_name, item_date, item_kind, document_id
        limit {MAX_ROWS}
        """,
        (list(administrations), as_of),
    )


def history(snapshot: Snapshot, administrations: Sequence[str], _as_of: date, only_open: bool = False) -> pd.DataFrame:
    """One row per check, administration and period, newest first; `only_open` leaves out what is ok."""
    return query(
        snapshot,
        f"""
        with {_NAMES}
        select
            check_id, check_name, class, administration_name, period, period_end_date, left_amount, right_amount,
            explained_amount, difference, tolerance, status
        from marts.recon_checks
        inner join administration_names using (administration_id)
        where administration_id = any($1) and (not $2 or status <> 'ok')
        order by status = 'break' desc, period_end_date desc nulls last, check_id, administration_name
        limit {MAX_ROWS}
        """,
        (list(administrations), only_open),
    )
