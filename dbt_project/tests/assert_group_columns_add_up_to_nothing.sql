-- Every column of a group's trial balance and balance sheet, eliminations included, adds up to 0.00 at every month's end.
select
    'trial balance' as report,
    group_id,
    month_date,
    column_key,
    sum(amount) as amount

from {{ ref('rpt_group_trial_balance') }}
group by group_id, month_date, column_key
having sum(amount) <> 0

union all

select
    'balance sheet' as report,
    group_id,
    month_date,
    column_key,
    sum(amount) as amount

from {{ ref('rpt_group_balance_sheet') }}
group by group_id, month_date, column_key
having sum(amount) <> 0
