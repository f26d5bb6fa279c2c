{#- A control account beside the open items, at every month end and on the business date. -#}
{% macro control_account_check(role, sign, stretches, items) -%}
with administrations as (

    select * from {{ ref('dim_administration') }}

),

entries as (

    select * from {{ ref('fct_ledger_entry') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}
    where role = '{{ role }}'

),

stretches as (

    select * from {{ stretches }}

),

items as (

    select * from {{ items }}

),

account_months as (

    select * from {{ ref('recon_ledger_account_month') }}

),

control_days as (

    select
        entries.administration_id,
        entries.entry_date,
        {{ sign }} * sum(entries.amount) as amount,
        max(case when entries.line_source = 'auditfile' then 1 else 0 end) = 1 as is_undocumented

    from entries
    inner join ledger_accounts
        on entries.ledger_account_key = ledger_accounts.ledger_account_key
    group by entries.administration_id, entries.entry_date

),

first_dates as (

    select
        administration_id,
        min(first_date) as first_date

    from (
        select administration_id, entry_date as first_date from control_days
        union all
        select administration_id, valid_from_date as first_date from stretches
    ) as dated
    group by administration_id

),

month_ends as (

    select
        administrations.administration_id,
        {{ month_end(add_months(month_start('first_dates.first_date'), 'numbers.number')) }} as period_end_date,
        administrations.business_date

    from administrations
    inner join first_dates
        on administrations.administration_id = first_dates.administration_id
    cross join {{ whole_numbers(1199) }} as numbers
    where {{ add_months(month_start('first_dates.first_date'), 'numbers.number') }} <= administrations.business_date

),

periods as (

    select
        administration_id,
        {{ month_text('period_end_date') }} as period,
        period_end_date

    from month_ends
    where period_end_date <= business_date

    union all

    select
        administration_id,
        coalesce(cast(business_date as varchar), 'never synced') as period,
        business_date as period_end_date

    from administrations

),

control_balances as (

    select
        periods.administration_id,
        periods.period,
        sum(control_days.amount) as amount,
        -- Lines of an auditfile name no document: what would explain a difference is not known.
        max(case when control_days.is_undocumented then 1 else 0 end) = 1 as is_undocumented

    from periods
    inner join control_days
        on
            periods.administration_id = control_days.administration_id
            and periods.period_end_date >= control_days.entry_date
    group by periods.administration_id, periods.period

),

open_items as (

    select
        periods.administration_id,
        periods.period,
        sum(stretches.open_base_amount) as amount

    from periods
    inner join stretches
        on
            periods.administration_id = stretches.administration_id
            and periods.period_end_date >= stretches.valid_from_date
            and periods.period_end_date <= stretches.valid_to_date
    group by periods.administration_id, periods.period

),

explained_items as (

    select
        periods.administration_id,
        periods.period,
        sum(items.amount) as amount

    from periods
    inner join items
        on
            periods.administration_id = items.administration_id
            and periods.period_end_date >= items.item_date
            and items.is_explained
    group by periods.administration_id, periods.period

),

moving_accounts as (

    select
        administration_id,
        ledger_account_key,
        min(month_date) as first_month_date

    from account_months
    where state = 'in_motion'
    group by administration_id, ledger_account_key

),

measured as (

    select
        periods.administration_id,
        periods.period,
        periods.period_end_date,
        case
            when ledger_accounts.ledger_account_key is not null and periods.period_end_date is not null
                then coalesce(control_balances.amount, 0)
        end as left_amount,
        case when periods.period_end_date is not null then coalesce(open_items.amount, 0) end as right_amount,
        coalesce(explained_items.amount, 0) as explained_amount,
        coalesce(control_balances.is_undocumented, false) as is_undocumented,
        coalesce(periods.period_end_date >= moving_accounts.first_month_date, false) as is_in_motion

    from periods
    left join ledger_accounts
        on periods.administration_id = ledger_accounts.administration_id
    left join control_balances
        on
            periods.administration_id = control_balances.administration_id
            and periods.period = control_balances.period
    left join open_items
        on
            periods.administration_id = open_items.administration_id
            and periods.period = open_items.period
    left join explained_items
        on
            periods.administration_id = explained_items.administration_id
            and periods.period = explained_items.period
    left join moving_accounts
        on ledger_accounts.ledger_account_key = moving_accounts.ledger_account_key

),

final as (

    select
        administration_id,
        period,
        period_end_date,
        left_amount,
        right_amount,
        explained_amount,
        case when not is_undocumented then left_amount - right_amount - explained_amount end as difference,
        left_amount is not null and right_amount is not null and not is_undocumented as is_computable,
        is_in_motion,
        administration_id || '-' || coalesce(cast(period_end_date as varchar), 'never') as drill_key

    from measured

)

select * from final
{%- endmacro %}
