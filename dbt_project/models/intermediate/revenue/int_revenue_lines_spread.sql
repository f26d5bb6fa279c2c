{%- set document = ['administration_id', 'document_id'] -%}
{%- set touched = incremental_records(
    records=document, keys={'administration_id': 'administration_id', 'document_id': 'document_id'}, feeds=[
    {'feed': ref('int_sales_invoices_unioned'), 'records': ['administration_id', 'sales_invoice_id']},
    {'feed': ref('int_purchases_unioned'), 'records': document},
    {'whole': ref('int_ledger_accounts_completed'), 'columns': [
        'administration_id', 'ledger_account_id', 'account_type',
    ]},
]) -%}
with lines as (

    select * from {{ ref('int_revenue_lines_unioned') }}
    where {{ is_touched(touched, document) }}

),

dated as (

    select
        lines.*,
        {{ month_start('coalesce(period_start_date, invoice_date)') }} as first_month_date,
        case
            when period_start_date <= period_end_date
                then
                    cast(
                        12 * (extract(year from period_end_date) - extract(year from period_start_date))
                        + extract(month from period_end_date) - extract(month from period_start_date) + 1
                        as integer
                    )
            else 1
        end as months

    from lines

),

at_once as (

    select
        administration_id,
        document_type,
        document_id,
        line_id,
        contact_id,
        project_id,
        product_id,
        ledger_account_id,
        first_month_date as month_date,
        false as is_deferred,
        revenue_amount

    from dated
    where months = 1

),

-- The same for every month that is touched; cents that do not divide go to the last.
parts as (

    select
        dated.*,
        {{ share_of_amount('revenue_amount', money('1'), money('months')) }} as part_amount

    from dated
    where months > 1

),

over_months as (

    select
        parts.administration_id,
        parts.document_type,
        parts.document_id,
        parts.line_id,
        parts.contact_id,
        parts.project_id,
        parts.product_id,
        parts.ledger_account_id,
        {{ add_months('parts.first_month_date', 'numbers.number') }} as month_date,
        true as is_deferred,
        case
            when numbers.number < parts.months - 1 then parts.part_amount
            else parts.revenue_amount - parts.part_amount * (parts.months - 1)
        end as revenue_amount

    from parts
    inner join {{ whole_numbers(1199) }} as numbers
        on numbers.number < parts.months

),

unioned as (

    select * from at_once
    union all
    select * from over_months

),

spread as (

    select
        administration_id,
        document_type,
        document_id,
        line_id,
        contact_id,
        project_id,
        product_id,
        ledger_account_id,
        month_date,
        is_deferred,
        {{ money('revenue_amount') }} as revenue_amount

    from unioned

)

select * from spread
