with group_columns as (

    select * from {{ ref('int_group_columns_unioned') }}

),

final as (

    select
        group_id,
        month_date,
        section,
        case section
            when 'revenue' then 1
            when 'direct_costs' then 2
            when 'expenses' then 3
            else 4
        end as section_order,
        group_account_code,
        group_account_name,
        column_key,
        column_name,
        column_order,
        {{ money('case when section in (\'direct_costs\', \'expenses\') then month_amount else -month_amount end') }}
            as statement_amount,
        {{ money('-month_amount') }} as result_amount,
        {{ money('-amount') }} as year_to_date_result_amount,
        currency_code

    from group_columns
    where statement = 'profit_loss'

)

select * from final
