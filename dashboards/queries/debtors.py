"""Who owes how much since when, as of a day: sums over `rpt_debtor_aging` in the currency of the books.

Every function takes administrations whose books are in one currency (the page calls it once per currency).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from dashboards.db import Snapshot, query

BUCKETS = ("not_due", "1-30", "31-60", "61-90", ">90", "credit")
MAX_CUSTOMERS = 500  # the largest; a longer list is read by nobody and slows the browser
MAX_ITEMS = 500  # the oldest
NAMED = 7  # more colours than this cannot be told apart

_OPEN = """
    open_items as (
        select *
        from marts.rpt_debtor_aging
        where administration_id = any($1) and $2 between valid_from_date and valid_to_date
    )
"""
_OVERDUE = "bucket not in ('not_due', 'credit')"


def totals(snapshot: Snapshot, administrations: Sequence[str], as_of: date) -> pd.DataFrame:
    """One row: open (net of credits), not due, overdue, credits, dubious, and overdue's share of what is owed.

    No row when nothing is open. `overdue_share` is of 1 and before credits; None when nothing is owed.
    """
    return query(
        snapshot,
        f"""
        with {_OPEN}
        select
            count(*) as item_count,
            count(distinct contact_key) as customer_count,
            sum(open_base_amount) as open_amount,
            coalesce(sum(open_base_amount) filter (where bucket = 'not_due'), 0)::decimal(18, 2) as not_due_amount,
            coalesce(sum(open_base_amount) filter (where {_OVERDUE}), 0)::decimal(18, 2) as overdue_amount,
            count(*) filter (where {_OVERDUE}) as overdue_count,
            coalesce(sum(open_base_amount) filter (where bucket = 'credit'), 0)::decimal(18, 2) as credit_amount,
            coalesce(sum(open_base_amount) filter (where is_dubious), 0)::decimal(18, 2) as dubious_amount,
            (overdue_amount / nullif(overdue_amount + not_due_amount, 0))::decimal(9, 4) as overdue_share
        from open_items
        having count(*) > 0
        """,
        (list(administrations), as_of),
    )


def days_of_sales(snapshot: Snapshot, administrations: Sequence[str], as_of: date) -> pd.DataFrame:
    """One row: days of sales open at the last month end on or before the day, and how many of them are past due.

    Of administrations together their sums are divided, days are never averaged. No row where none has sales of three
    months.
    """
    return query(
        snapshot,
        """
        select
            as_of_date,
            (sum(receivable_amount) * max(revenue_day_count) / sum(revenue_amount))::decimal(18, 2) as days,
            (sum(receivable_amount - not_due_amount) * max(revenue_day_count) / sum(revenue_amount))::decimal(18, 2)
                as late_days
        from marts.rpt_days_sales_outstanding
        where administration_id = any($1) and as_of_date <= $2 and days_sales_outstanding is not null
        group by as_of_date
        order by as_of_date desc
        limit 1
        """,
        (list(administrations), as_of),
    )


def aging(snapshot: Snapshot, administrations: Sequence[str], as_of: date) -> pd.DataFrame:
    """One row per bucket and administration; past the first few the smaller administrations are one `Other`."""
    return query(
        snapshot,
        f"""
        with {_OPEN},
        ranked as (
            select administration_id, row_number() over (order by sum(abs(open_base_amount)) desc) as size_rank
            from open_items
            group by administration_id
        )
        select
            bucket,
            case when size_rank <= {NAMED} then administration_name else 'Other' end as administration_name,
            sum(open_base_amount) as amount,
            count(*) as item_count
        from open_items
        inner join ranked using (administration_id)
        inner join marts.dim_administration using (administration_id)
        group by all
        order by bucket, administration_name
        """,
        (list(administrations), as_of),
    )


def customers(snapshot: Snapshot, administrations: Sequence[str], as_of: date) -> pd.DataFrame:
    """One row per customer, buckets as columns, the most overdue first; at most MAX_CUSTOMERS."""
    buckets = ", ".join(
        f"sum(open_base_amount) filter (where bucket = '{bucket}') as \"{bucket}\"" for bucket in BUCKETS
    )
    return query(
        snapshot,
        f"""
        with {_OPEN}
        select
            contact_key,
            max(contact_name) as contact_name,
            max(administration_name) as administration_name,
            {buckets},
            sum(open_base_amount) as open_amount,
            coalesce(sum(open_base_amount) filter (where {_OVERDUE}), 0) as overdue_amount
        from open_items
        inner join marts.dim_administration using (administration_id)
        group by contact_key
        order by overdue_amount desc, open_amount desc, contact_name
        limit {MAX_CUSTOMERS}
        """,
        (list(administrations), as_of),
    )


def items(
    snapshot: Snapshot, administrations: Sequence[str], as_of: date, contact_key: str | None = None
) -> pd.DataFrame:
    """One row per open item, the longest overdue first, of one customer or of all; at most MAX_ITEMS."""
    return query(
        snapshot,
        f"""
        with {_OPEN}
        select
            coalesce(invoice_number, 'no number') as invoice_number,
            contact_name,
            administration_name,
            invoice_date,
            due_date,
            case when bucket <> 'credit' then greatest($2 - due_date, 0) end as days_overdue,
            bucket,
            open_items.currency_code,
            open_amount,
            open_base_amount,
            is_dubious
        from open_items
        inner join marts.dim_administration using (administration_id)
        where $3 is null or contact_key = $3
        order by due_date, invoice_number
        limit {MAX_ITEMS}
        """,
        (list(administrations), as_of, contact_key),
    )


def invoices(snapshot: Snapshot, administrations: Sequence[str], as_of: date) -> pd.DataFrame:
    """One row: how many sales invoices were sent on or before the day, to explain an empty page."""
    return query(
        snapshot,
        """
        select count(*) as invoice_count
        from marts.fct_sales_invoice
        where administration_id = any($1) and invoice_date <= $2 and not is_draft
        """,
        (list(administrations), as_of),
    )
