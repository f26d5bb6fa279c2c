with administrations as (

    select * from {{ ref('dim_administration') }}

),

revenue as (

    select * from {{ ref('rpt_revenue') }}

),

items as (

    select * from {{ ref('items_revenue_equals_invoice_lines') }}

),

account_months as (

    select * from {{ ref('recon_ledger_account_month') }}

),

entries as (

    select * from {{ ref('fct_ledger_entry') }}

),

-- Lines of an auditfile name no document: what would explain a difference is not known.
undocumented_months as (

    select distinct
        administration_id,
        month_date

    from entries
    where line_source = 'auditfile'

),

moving_months as (

    select distinct
        administration_id,
        month_date

    from account_months
    where state = 'in_motion'

),

explained as (

    select
        administration_id,
        period,
        ledger_account_key,
        sum(case when is_explained then amount else 0 end) as explained_amount,
        min(case when not is_explained then document_type || ' ' || document_id end) as first_unexplained

    from items
    group by administration_id, period, ledger_account_key

),

account_sides as (

    select
        administration_id,
        month_date,
        ledger_account_key,
        sum(revenue_amount) as left_amount,
        sum(case when row_type = 'invoice_line' then revenue_amount else 0 end) as right_amount

    from revenue
    group by administration_id, month_date, ledger_account_key

),

months as (

    select
        account_sides.administration_id,
        account_sides.month_date,
        sum(account_sides.left_amount) as left_amount,
        sum(account_sides.right_amount) as right_amount,
        sum(coalesce(explained.explained_amount, 0)) as explained_amount,
        -- Account by account: what stands on the wrong one is too much there and too little elsewhere.
        sum(abs(
            account_sides.left_amount - account_sides.right_amount - coalesce(explained.explained_amount, 0)
        )) as difference,
        min(explained.first_unexplained) as first_unexplained

    from account_sides
    left join explained
        on
            account_sides.administration_id = explained.administration_id
            and account_sides.ledger_account_key = explained.ledger_account_key
            and {{ month_text('account_sides.month_date') }} = explained.period
    group by account_sides.administration_id, account_sides.month_date

    union all

    -- Nothing invoiced and nothing booked is equal.
    select
        administrations.administration_id,
        {{ month_start('administrations.business_date') }} as month_date,
        0 as left_amount,
        0 as right_amount,
        0 as explained_amount,
        0 as difference,
        null as first_unexplained

    from administrations
    left join revenue
        on administrations.administration_id = revenue.administration_id
    where revenue.administration_id is null

),

measured as (

    select
        months.administration_id,
        months.month_date,
        {{ month_text('months.month_date') }} as period,
        months.left_amount,
        months.right_amount,
        months.explained_amount,
        months.difference,
        months.first_unexplained,
        months.month_date is not null and undocumented_months.month_date is null as is_computable,
        moving_months.month_date is not null as is_in_motion

    from months
    left join undocumented_months
        on
            months.administration_id = undocumented_months.administration_id
            and months.month_date = undocumented_months.month_date
    left join moving_months
        on
            months.administration_id = moving_months.administration_id
            and months.month_date = moving_months.month_date

),

final as (

    select
        administration_id,
        coalesce(period, 'never synced') as period,
        {{ month_end('month_date') }} as period_end_date,
        case when is_computable then left_amount end as left_amount,
        case when is_computable then right_amount end as right_amount,
        case when is_computable then explained_amount else 0 end as explained_amount,
        case when is_computable then difference end as difference,
        is_computable,
        is_in_motion,
        coalesce(first_unexplained, administration_id || '-' || coalesce(period, 'never')) as drill_key

    from measured

)

select * from final
