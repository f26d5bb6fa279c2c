{#- How the period of a report is written: 2026-11, 2025, or 2026-01..2026-10 for any other run of months. -#}
{% macro report_period_text(first, last) -%}
    case
        when {{ first }} = {{ month_start(last) }} then {{ month_text(first) }}
        when extract(month from {{ first }}) = 1 and extract(month from {{ last }}) = 12
            and extract(year from {{ first }}) = extract(year from {{ last }})
            then substring(cast({{ first }} as varchar) from 1 for 4)
        else {{ month_text(first) }} || '..' || {{ month_text(last) }}
    end
{%- endmacro %}

{#- The end of a check that holds our figures against a report of Moneybird's, one row per period that was read. The model
    has a CTE `compared` (administration_id, period_start_date, period_end_date, member, left_amount, explained_amount,
    right_amount, is_headline) with a row per line of the report; only headline rows are shown as the two sides, every
    row's difference counts. `unprovable` (administration_id, period_end_date), if named, is a CTE of periods our lines
    cannot answer. -#}
{% macro report_check(report_name, unprovable=none) -%}
summed as (

    select
        administration_id,
        period_start_date,
        period_end_date,
        sum(case when is_headline then left_amount else 0 end) as left_amount,
        sum(case when is_headline then right_amount else 0 end) as right_amount,
        sum(case when is_headline then explained_amount else 0 end) as explained_amount,
        sum(abs(left_amount - right_amount - explained_amount)) as difference,
        min(case when left_amount - right_amount <> explained_amount then member end) as first_differing_member

    from compared
    group by administration_id, period_start_date, period_end_date

),

moving_months as (

    select distinct
        administration_id,
        month_date

    from {{ ref('recon_ledger_account_month') }}
    where state = 'in_motion'

),

periods_in_motion as (

    select distinct
        read_periods.administration_id,
        read_periods.period_start_date,
        read_periods.period_end_date

    from {{ ref('stg_sync__report_periods') }} as read_periods
    left join moving_months
        on
            read_periods.administration_id = moving_months.administration_id
            and read_periods.period_end_date >= moving_months.month_date
    where
        read_periods.report_name = '{{ report_name }}'
        and (read_periods.is_stale or moving_months.month_date is not null)

),

final as (

    select
        administrations.administration_id,
        coalesce(
            {{ report_period_text('read_periods.period_start_date', 'read_periods.period_end_date') }},
            cast(administrations.business_date as varchar),
            'never synced'
        ) as period,
        coalesce(read_periods.period_end_date, administrations.business_date) as period_end_date,
        {% set computable -%}
        read_periods.administration_id is not null
        {%- if unprovable %} and unprovable.administration_id is null {%- endif %}
        {%- endset -%}
        case when {{ computable }} then coalesce(summed.left_amount, 0) end as left_amount,
        case when {{ computable }} then coalesce(summed.right_amount, 0) end as right_amount,
        coalesce(summed.explained_amount, 0) as explained_amount,
        case when {{ computable }} then coalesce(summed.difference, 0) end as difference,
        {{ computable }} as is_computable,
        periods_in_motion.administration_id is not null as is_in_motion,
        coalesce(
            summed.first_differing_member,
            administrations.administration_id || '-' || coalesce(cast(read_periods.period_end_date as varchar), 'never')
        ) as drill_key

    from {{ ref('dim_administration') }} as administrations
    left join {{ ref('stg_sync__report_periods') }} as read_periods
        on
            administrations.administration_id = read_periods.administration_id
            and read_periods.report_name = '{{ report_name }}'
    left join summed
        on
            read_periods.administration_id = summed.administration_id
            and read_periods.period_start_date = summed.period_start_date
            and read_periods.period_end_date = summed.period_end_date
    left join periods_in_motion
        on
            read_periods.administration_id = periods_in_motion.administration_id
            and read_periods.period_start_date = periods_in_motion.period_start_date
            and read_periods.period_end_date = periods_in_motion.period_end_date
    {%- if unprovable %}
    left join {{ unprovable }} as unprovable
        on
            read_periods.administration_id = unprovable.administration_id
            and read_periods.period_start_date = unprovable.period_start_date
            and read_periods.period_end_date = unprovable.period_end_date
    {%- endif %}

)

select * from final
{%- endmacro %}

{#- A whole check: result lines of these account types by contact or project, against Moneybird's report of that. The
    report leaves journals out that are marked as year-end ones; one we only detected is in it, and in our side too. -#}
{% macro by_member_check(report_name, member, account_types, sign) -%}
with read_periods as (

    select * from {{ ref('stg_sync__report_periods') }}
    where report_name = '{{ report_name }}'

),

report_rows as (

    select * from {{ ref('stg_moneybird__' ~ report_name) }}
    where not is_deleted

),

member_months as (

    select
        entries.administration_id,
        entries.month_date,
        entries.{{ member }}_key as member,
        sum({{ sign }} * entries.amount) as amount,
        max(case when entries.line_source = 'auditfile' then 1 else 0 end) as is_undocumented

    from {{ ref('fct_ledger_entry') }} as entries
    inner join {{ ref('dim_ledger_account') }} as ledger_accounts
        on entries.ledger_account_key = ledger_accounts.ledger_account_key
    where
        ledger_accounts.account_type in ({{ "'" ~ account_types | join("', '") ~ "'" }})
        and coalesce(entries.closing_evidence, '') <> 'marked'
    group by entries.administration_id, entries.month_date, entries.{{ member }}_key

),

booked as (

    select
        read_periods.administration_id,
        read_periods.period_start_date,
        read_periods.period_end_date,
        member_months.member,
        sum(member_months.amount) as left_amount,
        0 as right_amount,
        max(member_months.is_undocumented) as is_undocumented

    from read_periods
    inner join member_months
        on
            read_periods.administration_id = member_months.administration_id
            and member_months.month_date between read_periods.period_start_date and read_periods.period_end_date
    group by
        read_periods.administration_id,
        read_periods.period_start_date,
        read_periods.period_end_date,
        member_months.member

),

{{ members_compared(member ~ '_id') }},

-- Lines of an auditfile name no contact and no project; some servers put the contact on control accounts only (D5).
unprovable as (

    select distinct
        booked.administration_id,
        booked.period_start_date,
        booked.period_end_date

    from booked
    left join {{ ref('stg_sync__dialects') }} as dialects
        on
            booked.administration_id = dialects.administration_id
            and dialects.question = 'D5'
    where
        booked.is_undocumented = 1
        {%- if member == 'contact' %} or dialects.answer = 'control' {%- endif %}

),

{{ report_check(report_name, unprovable='unprovable') }}
{%- endmacro %}

{#- CTEs `sides` and `compared`: the CTE `booked` beside the CTE `report_rows`, per read period and member; `id` names the
    member in a report. -#}
{% macro members_compared(id) -%}
sides as (

    select
        administration_id,
        period_start_date,
        period_end_date,
        member,
        left_amount,
        right_amount

    from booked

    union all

    select
        administration_id,
        period_start_date,
        period_end_date,
        {{ member_key(id) }} as member,
        0 as left_amount,
        amount as right_amount

    from report_rows

),

compared as (

    select
        administration_id,
        period_start_date,
        period_end_date,
        member,
        sum(left_amount) as left_amount,
        0 as explained_amount,
        sum(right_amount) as right_amount,
        true as is_headline

    from sides
    group by administration_id, period_start_date, period_end_date, member

)
{%- endmacro %}
