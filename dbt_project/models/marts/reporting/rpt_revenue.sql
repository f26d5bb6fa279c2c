with spread as (

    select * from {{ ref('int_revenue_lines_spread') }}

),

ledger_revenue as (

    select * from {{ ref('rpt_revenue_by_month') }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

undocumented_closings as (

    select * from {{ ref('int_undocumented_closings_found') }}

),

allocated as (

    select
        spread.administration_id,
        spread.month_date,
        {{ member_key('spread.ledger_account_id', 'spread.administration_id') }} as ledger_account_key,
        {{ member_key('spread.contact_id', 'spread.administration_id') }} as contact_key,
        {{ member_key('spread.project_id', 'spread.administration_id') }} as project_key,
        {{ member_key('spread.product_id', 'spread.administration_id') }} as product_key,
        'invoice_line' as row_type,
        sum(spread.revenue_amount) as revenue_amount,
        sum(case when spread.is_deferred then spread.revenue_amount else 0 end) as deferred_amount

    from spread
    left join undocumented_closings
        on
            spread.administration_id = undocumented_closings.administration_id
            and extract(year from spread.month_date) = undocumented_closings.ledger_year
            and extract(month from spread.month_date) = 12
    where undocumented_closings.ledger_year is null
    group by
        spread.administration_id,
        spread.month_date,
        spread.ledger_account_id,
        spread.contact_id,
        spread.project_id,
        spread.product_id

),

both_sides as (

    select
        administration_id,
        month_date,
        ledger_account_key,
        revenue_amount

    from ledger_revenue

    union all

    select
        administration_id,
        month_date,
        ledger_account_key,
        -revenue_amount as revenue_amount

    from allocated

),

-- Whatever the lines of invoices do not explain of the ledger, so that this report always adds up to it.
differences as (

    select
        administration_id,
        month_date,
        ledger_account_key,
        {{ none_key() }} as contact_key,
        {{ none_key() }} as project_key,
        {{ none_key() }} as product_key,
        'allocation_difference' as row_type,
        sum(revenue_amount) as revenue_amount,
        0 as deferred_amount

    from both_sides
    group by administration_id, month_date, ledger_account_key
    having sum(revenue_amount) <> 0

),

unioned as (

    select * from allocated
    union all
    select * from differences

),

final as (

    select
        unioned.administration_id,
        unioned.month_date,
        unioned.ledger_account_key,
        ledger_accounts.account_number,
        ledger_accounts.account_name,
        unioned.contact_key,
        unioned.project_key,
        unioned.product_key,
        unioned.row_type,
        {{ money('unioned.revenue_amount') }} as revenue_amount,
        {{ money('unioned.deferred_amount') }} as deferred_amount,
        administrations.currency_code

    from unioned
    inner join administrations
        on unioned.administration_id = administrations.administration_id
    inner join ledger_accounts
        on unioned.ledger_account_key = ledger_accounts.ledger_account_key

)

select * from final
