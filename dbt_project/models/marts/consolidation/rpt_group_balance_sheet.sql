with group_columns as (

    select * from {{ ref('int_group_columns_unioned') }}

),

accounts as (

    select
        group_id,
        month_date,
        section,
        group_account_code,
        group_account_name,
        column_key,
        column_name,
        column_order,
        amount,
        currency_code

    from group_columns
    where statement = 'balance_sheet'

),

-- What this year has earned so far is equity, in every column, the eliminations' one included.
results as (

    select
        group_id,
        month_date,
        'equity' as section,
        'result_of_the_year' as group_account_code,
        'Result of the year to date' as group_account_name,
        column_key,
        column_name,
        column_order,
        sum(amount) as amount,
        currency_code

    from group_columns
    where statement = 'profit_loss'
    group by group_id, month_date, column_key, column_name, column_order, currency_code

),

unioned as (

    select * from accounts
    union all
    select * from results

),

final as (

    select
        group_id,
        month_date,
        {{ month_end('month_date') }} as month_end_date,
        case when section in ('non_current_assets', 'current_assets') then 'debit' else 'credit' end as balance_side,
        section,
        group_account_code,
        group_account_name,
        column_key,
        column_name,
        column_order,
        {{ money('amount') }} as amount,
        {{ money('case when section in (\'non_current_assets\', \'current_assets\') then amount else -amount end') }}
            as statement_amount,
        currency_code

    from unioned

)

select * from final
