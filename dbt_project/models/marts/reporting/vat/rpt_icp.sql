with supplies as (

    select * from {{ ref('int_vat_icp_supplies_judged') }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

grouped as (

    select
        administration_id,
        filing_frequency,
        filing_period_start_date,
        customer_tax_number,
        supply_kind,
        number_status,
        case when count(distinct contact_id) = 1 then min(contact_id) end as contact_id,
        count(distinct contact_id) as contact_count,
        max(case when is_supply_assumed then 1 else 0 end) = 1 as is_supply_assumed,
        sum(turnover_amount) as amount

    from supplies
    group by
        administration_id, filing_frequency, filing_period_start_date, customer_tax_number, supply_kind, number_status

),

final as (

    select
        grouped.administration_id,
        {{ filing_period_text('filing_period_start_date', 'filing_frequency') }} as period,
        filing_period_start_date as period_start_date,
        {{ filing_period_end('filing_period_start_date', 'filing_frequency') }} as period_end_date,
        customer_tax_number,
        supply_kind,
        {{ member_key('grouped.contact_id', 'grouped.administration_id') }} as contact_key,
        cast(contact_count as integer) as contact_count,
        number_status,
        is_supply_assumed,
        {{ money('amount') }} as amount,
        cast(floor(amount) as decimal(18, 2)) as rounded_amount,
        administrations.currency_code

    from grouped
    left join administrations
        on grouped.administration_id = administrations.administration_id

)

select * from final
