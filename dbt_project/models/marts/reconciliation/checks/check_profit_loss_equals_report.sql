with read_periods as (

    select * from {{ ref('stg_sync__report_periods') }}
    where report_name = 'report_profit_loss'

),

statement as (

    select * from {{ ref('rpt_profit_loss') }}

),

report_rows as (

    select * from {{ ref('stg_moneybird__report_profit_loss') }}
    where not is_deleted

),

entries as (

    select * from {{ ref('fct_ledger_entry') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

undocumented_closings as (

    select * from {{ ref('int_undocumented_closings_found') }}

),

-- A journal that closes a year without Moneybird's mark: we leave it out, the report counts it.
unmarked_closings as (

    select
        entries.administration_id,
        entries.month_date,
        ledger_accounts.account_type as section,
        entries.ledger_account_key as member,
        0 as statement_amount,
        entries.statement_amount * -1 as explained_amount

    from entries
    inner join ledger_accounts
        on entries.ledger_account_key = ledger_accounts.ledger_account_key
    where entries.closing_evidence = 'detected' and ledger_accounts.statement = 'profit_loss'

),

ours as (

    select
        administration_id,
        month_date,
        section,
        ledger_account_key as member,
        statement_amount,
        0 as explained_amount

    from statement

    union all

    select * from unmarked_closings

),

our_accounts as (

    select
        read_periods.administration_id,
        read_periods.period_start_date,
        read_periods.period_end_date,
        ours.section,
        ours.member,
        ours.statement_amount,
        ours.explained_amount

    from read_periods
    inner join ours
        on
            read_periods.administration_id = ours.administration_id
            and ours.month_date between read_periods.period_start_date and read_periods.period_end_date

),

totals as (

    {%- set parts = {
        'total_revenue': {'revenue': 1},
        'gross_profit': {'revenue': 1, 'direct_costs': -1},
        'operating_profit': {'revenue': 1, 'direct_costs': -1, 'expenses': -1},
        'net_profit': {'revenue': 1, 'direct_costs': -1, 'expenses': -1, 'other_income_expenses': 1},
        'total_expenses': {'direct_costs': 1, 'expenses': 1, 'other_income_expenses': -1}
    } %}
    {%- for total, sections in parts.items() %}
    {%- for section, sign in sections.items() %}
    select '{{ total }}' as total, '{{ section }}' as section, {{ sign }} as sign
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

sides as (

    select
        administration_id,
        period_start_date,
        period_end_date,
        section || ' ' || member as member,
        statement_amount as left_amount,
        explained_amount,
        0 as right_amount

    from our_accounts

    union all

    select
        our_accounts.administration_id,
        our_accounts.period_start_date,
        our_accounts.period_end_date,
        totals.total as member,
        our_accounts.statement_amount * totals.sign as left_amount,
        our_accounts.explained_amount * totals.sign as explained_amount,
        0 as right_amount

    from our_accounts
    inner join totals
        on our_accounts.section = totals.section

    union all

    select
        administration_id,
        period_start_date,
        period_end_date,
        case
            when line_type = 'total' then statement_section
            else statement_section || ' ' || {{ member_key('ledger_account_id') }}
        end as member,
        0 as left_amount,
        0 as explained_amount,
        statement_amount as right_amount

    from report_rows

),

-- Every account of the report and its five totals; what is shown as the two sides is the net profit.
compared as (

    select
        administration_id,
        period_start_date,
        period_end_date,
        member,
        sum(left_amount) as left_amount,
        sum(explained_amount) as explained_amount,
        sum(right_amount) as right_amount,
        member = 'net_profit' as is_headline

    from sides
    group by administration_id, period_start_date, period_end_date, member

),

unprovable as (

    select distinct
        read_periods.administration_id,
        read_periods.period_start_date,
        read_periods.period_end_date

    from read_periods
    inner join undocumented_closings
        on
            read_periods.administration_id = undocumented_closings.administration_id
            and extract(year from read_periods.period_start_date) <= undocumented_closings.ledger_year
            and (
                extract(year from read_periods.period_end_date) > undocumented_closings.ledger_year
                or (
                    extract(year from read_periods.period_end_date) = undocumented_closings.ledger_year
                    and extract(month from read_periods.period_end_date) = 12
                )
            )

),

{{ report_check('report_profit_loss', unprovable='unprovable') }}
