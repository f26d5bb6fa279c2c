with group_columns as (

    select * from {{ ref('int_group_columns_unioned') }}

),

final as (

    select
        group_id,
        month_date,
        statement,
        section,
        group_account_code,
        group_account_name,
        column_key,
        column_name,
        column_order,
        amount,
        currency_code

    from group_columns
    where amount <> 0 or column_key = 'group'

)

select * from final
