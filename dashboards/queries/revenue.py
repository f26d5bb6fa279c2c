"""What did we earn, per month: sums over `rpt_revenue_by_month`, the ledger's revenue without VAT, whole months only.

A month that is not over cannot be compared with the same month a year ago, so every comparison here uses complete
months: those that ended on or before the day of the page. Deferred revenue stands in the months it belongs to, so
months after the day of the page are left out. Administrations are in one currency per call.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from dashboards.db import Snapshot, query

MAX_ROWS = 500  # the largest
NAMED = 7  # more colours than this cannot be told apart

_MONTHS = """
    bounds as (
        select
            date_trunc('month', $2::date)::date as this_month,
            date_trunc('year', $2::date)::date as year_start,
            case when $2::date = last_day($2::date) then this_month else (this_month - interval 1 month)::date end
                as last_complete_month
    ),
    revenue as (
        select
            rpt_revenue_by_month.*,
            month_date between year_start and this_month as is_to_date,
            month_date = this_month as is_this_month,
            month_date between year_start and last_complete_month as is_complete,
            month_date between year_start - interval 1 year and last_complete_month - interval 1 year as is_year_ago
        from marts.rpt_revenue_by_month
        cross join bounds
        where administration_id = any($1) and month_date between year_start - interval 1 year and this_month
    )
"""
_FIGURES = """
    coalesce(sum(revenue_amount) filter (where is_to_date), 0)::decimal(18, 2) as to_date_amount,
    coalesce(sum(revenue_amount) filter (where is_this_month), 0)::decimal(18, 2) as this_month_amount,
    coalesce(sum(revenue_amount) filter (where is_complete), 0)::decimal(18, 2) as complete_amount,
    coalesce(sum(revenue_amount) filter (where is_year_ago), 0)::decimal(18, 2) as year_ago_amount,
    case when year_ago_amount > 0 then (complete_amount / year_ago_amount - 1)::decimal(18, 4) end as change_share
"""


def totals(snapshot: Snapshot, administrations: Sequence[str], as_of: date) -> pd.DataFrame:
    """One row: year to date, this month, complete months, the same months a year ago, their change (a share of 1).

    No row when neither this year nor the last had revenue. `complete_to` is the last complete month of this year, None
    in an unfinished January.
    """
    return query(
        snapshot,
        f"""
        with {_MONTHS}
        select
            {_FIGURES},
            max(this_month) as this_month,
            case when max(last_complete_month) >= max(year_start) then max(last_complete_month) end as complete_to
        from revenue
        cross join bounds
        having count(*) > 0
        """,
        (list(administrations), as_of),
    )


def by_month(snapshot: Snapshot, administrations: Sequence[str], as_of: date) -> pd.DataFrame:
    """One row per month of this year and administration; past the first few the smaller ones are one `Other`.

    `is_complete` is false for the month that is not over.
    """
    return query(
        snapshot,
        f"""
        with {_MONTHS},
        ranked as (
            select administration_id, row_number() over (order by sum(abs(revenue_amount)) desc) as size_rank
            from revenue
            group by administration_id
        )
        select
            month_date,
            case when size_rank <= {NAMED} then administration_name else 'Other' end as administration_name,
            is_complete,
            sum(revenue_amount) as amount
        from revenue
        inner join ranked using (administration_id)
        inner join marts.dim_administration using (administration_id)
        where is_to_date
        group by all
        order by month_date, administration_name
        """,
        (list(administrations), as_of),
    )


def year_ago(snapshot: Snapshot, administrations: Sequence[str], as_of: date) -> pd.DataFrame:
    """One row per month of the whole previous year, all administrations together, dated a year later.

    A month without revenue is a zero, so that a line through the months does not skip it; a year without is no row.
    """
    return query(
        snapshot,
        """
        with booked as (
            select month(month_date) as month_number, sum(revenue_amount) as amount
            from marts.rpt_revenue_by_month
            where administration_id = any($1) and year(month_date) = year($2::date) - 1
            group by month_number
        ),
        months as (
            select unnest(range(1, 13)) as month_number
        )
        select
            make_date(year($2::date), month_number, 1) as month_date,
            coalesce(amount, 0)::decimal(18, 2) as amount
        from months
        left join booked using (month_number)
        where exists (select * from booked)
        order by month_date
        """,
        (list(administrations), as_of),
    )


def by_account(snapshot: Snapshot, administrations: Sequence[str], as_of: date) -> pd.DataFrame:
    """One row per revenue account, the largest first."""
    return _table(
        snapshot,
        administrations,
        as_of,
        "coalesce(account_number || ' ', '') || account_name",
        "",
        "ledger_account_key",
    )


def by_customer(snapshot: Snapshot, administrations: Sequence[str], as_of: date) -> pd.DataFrame:
    """One row per customer; bookings without a contact are a row of their own."""
    join = "left join marts.dim_contact using (administration_id, contact_key)"
    return _table(
        snapshot,
        administrations,
        as_of,
        "case when contact_key = administration_id || '-none' then '(no customer)' else contact_name end",
        join,
        "contact_key",
    )


def by_project(snapshot: Snapshot, administrations: Sequence[str], as_of: date) -> pd.DataFrame:
    """One row per project; bookings without a project are a row of their own."""
    join = "left join marts.dim_project using (administration_id, project_key)"
    return _table(
        snapshot,
        administrations,
        as_of,
        "case when project_key = administration_id || '-none' then '(no project)' else project_name end",
        join,
        "project_key",
    )


def _table(
    snapshot: Snapshot,
    administrations: Sequence[str],
    as_of: date,
    name: str,
    join: str,
    key: str = "ledger_account_key",
) -> pd.DataFrame:
    return query(
        snapshot,
        f"""
        with {_MONTHS}
        select coalesce(max({name}), '(unknown)') as name, max(administration_name) as administration_name, {_FIGURES}
        from revenue
        inner join marts.dim_administration using (administration_id)
        {join}
        group by administration_id, {key}
        having bool_or(is_to_date or is_year_ago)
        order by to_date_amount desc, name
        limit {MAX_ROWS}
        """,
        (list(administrations), as_of),
    )
