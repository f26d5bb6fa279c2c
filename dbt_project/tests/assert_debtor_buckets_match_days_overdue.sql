-- A stretch lies within its bucket on its first day and on its last.
with stretches as (

    select
        item_key,
        bucket,
        open_amount,
        days_overdue_at_start,
        case when valid_to_date < cast('9999-12-31' as date) then valid_to_date - due_date end as days_overdue_at_end

    from {{ ref('rpt_debtor_aging') }}

)

select * from stretches
where
    (bucket = 'credit') <> (open_amount < 0)
    or (bucket = 'not_due' and (days_overdue_at_start > 0 or coalesce(days_overdue_at_end, 1) > 0))
    or (bucket = '1-30' and (days_overdue_at_start < 1 or coalesce(days_overdue_at_end, 31) > 30))
    or (bucket = '31-60' and (days_overdue_at_start < 31 or coalesce(days_overdue_at_end, 61) > 60))
    or (bucket = '61-90' and (days_overdue_at_start < 61 or coalesce(days_overdue_at_end, 91) > 90))
    or (bucket = '>90' and days_overdue_at_start < 91)
