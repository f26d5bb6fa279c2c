{#- CTEs `compared` and `unprovable`: who owes what by the control account's lines and by Moneybird's own report, for each period that was
    read. Whether the report tells the balance at the end or what moved in the period (D9) was learned when it was read. -#}
{% macro debts_beside_report(role, sign, report) -%}
with entries as (

    select * from {{ ref('fct_ledger_entry') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}
    where role = '{{ role }}'

),

read_periods as (

    select * from {{ ref('stg_sync__report_periods') }}
    where report_name = '{{ report }}'

),

answers as (

    select * from {{ ref('stg_sync__dialects') }}
    where question = 'D9 {{ report }}'

),

report_rows as (

    select * from {{ ref('stg_moneybird__' ~ report) }}
    where not is_deleted

),

control_months as (

    select
        entries.administration_id,
        entries.month_date,
        entries.contact_key as member,
        {{ sign }} * sum(entries.amount) as amount,
        max(case when entries.line_source = 'auditfile' then 1 else 0 end) as is_undocumented

    from entries
    inner join ledger_accounts
        on entries.ledger_account_key = ledger_accounts.ledger_account_key
    group by entries.administration_id, entries.month_date, entries.contact_key

),

booked as (

    select
        read_periods.administration_id,
        read_periods.period_start_date,
        read_periods.period_end_date,
        control_months.member,
        sum(control_months.amount) as left_amount,
        0 as right_amount,
        max(control_months.is_undocumented) as is_undocumented

    from read_periods
    inner join control_months
        on
            read_periods.administration_id = control_months.administration_id
            and read_periods.period_end_date >= control_months.month_date
    left join answers
        on read_periods.administration_id = answers.administration_id
    where
        coalesce(answers.answer, 'balance_at_end') <> 'movement'
        or control_months.month_date >= read_periods.period_start_date
    group by
        read_periods.administration_id,
        read_periods.period_start_date,
        read_periods.period_end_date,
        control_months.member

),

{{ members_compared('contact_id') }},

-- Lines of an auditfile name no contact, and without the account there is nothing to hold the report against.
unprovable as (

    select distinct
        read_periods.administration_id,
        read_periods.period_start_date,
        read_periods.period_end_date

    from read_periods
    left join ledger_accounts
        on read_periods.administration_id = ledger_accounts.administration_id
    left join booked
        on
            read_periods.administration_id = booked.administration_id
            and read_periods.period_start_date = booked.period_start_date
            and read_periods.period_end_date = booked.period_end_date
            and booked.is_undocumented = 1
    where ledger_accounts.ledger_account_key is null or booked.is_undocumented is not null

)
{%- endmacro %}
