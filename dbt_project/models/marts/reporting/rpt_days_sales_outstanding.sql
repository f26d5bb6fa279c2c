{%- set months_of_revenue = 3 -%}
with administrations as (

    select * from {{ ref('dim_administration') }}

),

invoices as (

    select * from {{ ref('fct_receivable_event') }}
    where event_type in ('invoiced', 'credited')

),

open_items as (

    select * from {{ ref('rpt_debtor_aging_month_end') }}
    where not is_memo

),

revenue as (

    select
        administration_id,
        {{ month_start('event_date') }} as month_date,
        sum(base_amount) as revenue_amount

    from invoices
    group by administration_id, {{ month_start('event_date') }}

),

first_months as (

    select
        administration_id,
        min(month_date) as month_date

    from revenue
    group by administration_id

),

receivables as (

    select
        administration_id,
        as_of_date,
        sum(open_base_amount) as receivable_amount,
        sum(case when bucket = 'not_due' then open_base_amount else 0 end) as not_due_amount

    from open_items
    group by administration_id, as_of_date

),

-- Every month that is over, whether or not anything was invoiced in it or was open at its end.
month_ends as (

    select
        administrations.administration_id,
        administrations.currency_code,
        {{ add_months('first_months.month_date', 'numbers.number') }} as month_date,
        {{ month_end(add_months('first_months.month_date', 'numbers.number')) }} as as_of_date

    from administrations
    inner join first_months
        on administrations.administration_id = first_months.administration_id
    cross join {{ whole_numbers(1199) }} as numbers
    where {{ month_end(add_months('first_months.month_date', 'numbers.number')) }} <= administrations.business_date

),

months as (

    select
        month_ends.*,
        cast(month_ends.as_of_date - month_ends.month_date + 1 as integer) as day_count,
        {{ money('coalesce(revenue.revenue_amount, 0)') }} as revenue_amount,
        {{ money('coalesce(receivables.receivable_amount, 0)') }} as receivable_amount,
        {{ money('coalesce(receivables.not_due_amount, 0)') }} as not_due_amount

    from month_ends
    left join revenue
        on
            month_ends.administration_id = revenue.administration_id
            and month_ends.month_date = revenue.month_date
    left join receivables
        on
            month_ends.administration_id = receivables.administration_id
            and month_ends.as_of_date = receivables.as_of_date

),

-- Before the first invoice nothing is known: with fewer months the days of ones without business would count.
summed as (

    select
        months.*,
        count(*) over latest = {{ months_of_revenue }} as is_whole_period,
        {{ money('sum(revenue_amount) over latest') }} as period_revenue_amount,
        cast(sum(day_count) over latest as integer) as period_day_count

    from months
    window latest as (
        partition by administration_id order by month_date
        rows between {{ months_of_revenue - 1 }} preceding and current row
    )

),

counted_back as (

    select
        months.administration_id,
        months.as_of_date,
        months.receivable_amount,
        earlier.month_date,
        earlier.day_count,
        earlier.revenue_amount,
        {{ money('sum(earlier.revenue_amount) over so_far') }} as revenue_so_far_amount,
        sum(earlier.day_count) over so_far as days_so_far

    from months
    inner join months as earlier
        on
            months.administration_id = earlier.administration_id
            and months.month_date >= earlier.month_date
    where months.receivable_amount > 0
    window so_far as (
        partition by months.administration_id, months.as_of_date order by earlier.month_date desc
        rows between unbounded preceding and current row
    )

),

reached as (

    select
        counted_back.*,
        row_number() over (partition by administration_id, as_of_date order by month_date desc) as place

    from counted_back
    where revenue_so_far_amount >= receivable_amount

),

counted as (

    select
        administration_id,
        as_of_date,
        days_so_far - day_count + {{ share_of_amount(
            'receivable_amount - revenue_so_far_amount + revenue_amount', money('day_count'), 'revenue_amount'
        ) }} as countback_days

    from reached
    where place = 1

),

divided as (

    select
        summed.administration_id,
        summed.as_of_date,
        {{ share_of_amount('receivable_amount', money('period_day_count'), 'period_revenue_amount') }}
            as days_sales_outstanding,
        {{ share_of_amount('not_due_amount', money('period_day_count'), 'period_revenue_amount') }}
            as best_possible_days

    from summed
    where is_whole_period and period_revenue_amount > 0

),

final as (

    select
        summed.administration_id,
        summed.as_of_date,
        summed.receivable_amount,
        summed.not_due_amount,
        summed.period_revenue_amount as revenue_amount,
        summed.period_day_count as revenue_day_count,
        divided.days_sales_outstanding,
        case
            when summed.receivable_amount = 0 then {{ money('0') }}
            else {{ money('counted.countback_days') }}
        end as countback_days,
        divided.best_possible_days,
        {{ money('divided.days_sales_outstanding - divided.best_possible_days') }} as average_days_delinquent,
        summed.currency_code

    from summed
    left join divided
        on
            summed.administration_id = divided.administration_id
            and summed.as_of_date = divided.as_of_date
    left join counted
        on
            summed.administration_id = counted.administration_id
            and summed.as_of_date = counted.as_of_date

)

select * from final
