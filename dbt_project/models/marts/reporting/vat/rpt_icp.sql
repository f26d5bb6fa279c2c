{%- set goods_limit = 50000 -%} {#- euros of goods in a calendar quarter; above it the statement is monthly -#}
{%- set months_looked_back = 12 -%} {#- the four quarters before, in which nobody may have been above it -#}
with supplies as (

    select
        *,
        {{ month_start('vat_date') }} as month_date,
        {{ filing_period_start('vat_date', "'quarter'") }} as quarter_date

    from {{ ref('int_vat_icp_supplies_judged') }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

goods_by_month as (

    select
        administration_id,
        quarter_date,
        month_date,
        sum(sum(turnover_amount)) over (partition by administration_id, quarter_date order by month_date)
            as quarter_amount_so_far

    from supplies
    where supply_kind = 'goods'
    group by administration_id, quarter_date, month_date

),

exceeded as (

    select
        administration_id,
        quarter_date,
        min(month_date) as exceeded_month_date

    from goods_by_month
    where quarter_amount_so_far > {{ goods_limit }}
    group by administration_id, quarter_date

),

quarters as (

    select
        goods.administration_id,
        goods.quarter_date,
        goods.exceeded_month_date,
        count(earlier.quarter_date) > 0 as is_monthly

    from (
        select
            goods_by_month.administration_id,
            goods_by_month.quarter_date,
            min(exceeded.exceeded_month_date) as exceeded_month_date

        from goods_by_month
        left join exceeded
            on
                goods_by_month.administration_id = exceeded.administration_id
                and goods_by_month.quarter_date = exceeded.quarter_date
        group by goods_by_month.administration_id, goods_by_month.quarter_date
    ) as goods
    left join exceeded as earlier
        on
            goods.administration_id = earlier.administration_id
            and goods.quarter_date > earlier.quarter_date
            and earlier.quarter_date >= {{ add_months('goods.quarter_date', -months_looked_back) }}
    group by goods.administration_id, goods.quarter_date, goods.exceeded_month_date

),

-- A year with a quarter above the limit is no year of one statement.
years as (

    select
        administration_id,
        {{ filing_period_start('quarter_date', "'year'") }} as year_date

    from quarters
    where is_monthly or exceeded_month_date is not null
    group by administration_id, {{ filing_period_start('quarter_date', "'year'") }}

),

-- Months of a quarter that were past when it came above the limit are filed with the month that did it. Services are
-- never hurried.
stated as (

    select
        supplies.*,
        case
            when supplies.supply_kind = 'services' or supplies.filing_frequency = 'month'
                then supplies.filing_frequency
            when
                quarters.is_monthly
                or quarters.exceeded_month_date = supplies.quarter_date
                or quarters.exceeded_month_date < supplies.month_date
                then 'month'
            when quarters.exceeded_month_date = {{ add_months('supplies.quarter_date', 1) }} then 'two months'
            when years.year_date is not null then 'quarter'
            else supplies.filing_frequency
        end as statement_frequency

    from supplies
    left join quarters
        on
            supplies.administration_id = quarters.administration_id
            and supplies.quarter_date = quarters.quarter_date
    left join years
        on
            supplies.administration_id = years.administration_id
            and {{ filing_period_start('supplies.quarter_date', "'year'") }} = years.year_date

),

grouped as (

    select
        administration_id,
        filing_frequency,
        filing_period_start_date,
        statement_frequency,
        {{ filing_period_start('month_date', 'statement_frequency') }} as statement_start_date,
        customer_tax_number,
        supply_kind,
        number_status,
        case when count(distinct contact_id) = 1 then min(contact_id) end as contact_id,
        count(distinct contact_id) as contact_count,
        max(case when is_supply_assumed then 1 else 0 end) = 1 as is_supply_assumed,
        sum(turnover_amount) as amount

    from stated
    group by
        administration_id,
        filing_frequency,
        filing_period_start_date,
        statement_frequency,
        {{ filing_period_start('month_date', 'statement_frequency') }},
        customer_tax_number,
        supply_kind,
        number_status

),

final as (

    select
        grouped.administration_id,
        {{ filing_period_text('statement_start_date', 'statement_frequency') }} as period,
        statement_start_date as period_start_date,
        {{ filing_period_end('statement_start_date', 'statement_frequency') }} as period_end_date,
        statement_frequency <> filing_frequency as is_shorter_than_return,
        {{ filing_period_text('filing_period_start_date', 'filing_frequency') }} as return_period,
        {{ filing_period_end('filing_period_start_date', 'filing_frequency') }} as return_period_end_date,
        customer_tax_number,
        supply_kind,
        {{ member_key('grouped.contact_id', 'grouped.administration_id') }} as contact_key,
        cast(contact_count as integer) as contact_count,
        number_status,
        is_supply_assumed,
        {{ money('amount') }} as amount,
        case when administrations.currency_code = 'EUR' then cast(floor(amount) as decimal(18, 2)) end as rounded_amount,
        administrations.currency_code

    from grouped
    left join administrations
        on grouped.administration_id = administrations.administration_id

)

select * from final
