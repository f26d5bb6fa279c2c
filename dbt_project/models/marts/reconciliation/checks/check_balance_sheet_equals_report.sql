with read_periods as (

    select * from {{ ref('stg_sync__report_periods') }}
    where report_name = 'report_balance_sheet'

),

statement as (

    select * from {{ ref('rpt_balance_sheet') }}

),

report_rows as (

    select * from {{ ref('stg_moneybird__report_balance_sheet') }}
    where not is_deleted

),

our_lines as (

    select
        read_periods.administration_id,
        read_periods.period_start_date,
        read_periods.period_end_date,
        statement.balance_side,
        statement.line_key,
        statement.statement_amount

    from read_periods
    inner join statement
        on
            read_periods.administration_id = statement.administration_id
            and read_periods.period_end_date = statement.month_end_date

),

sides as (

    select
        administration_id,
        period_start_date,
        period_end_date,
        line_key as member,
        statement_amount as left_amount,
        0 as right_amount

    from our_lines

    union all

    select
        administration_id,
        period_start_date,
        period_end_date,
        'total ' || balance_side as member,
        statement_amount as left_amount,
        0 as right_amount

    from our_lines
    where balance_side is not null

    union all

    select
        administration_id,
        period_start_date,
        period_end_date,
        case line_type
            when 'total' then 'total ' || balance_side
            when 'open_year' then administration_id || '-result-' || cast(result_year as varchar)
            else {{ member_key('ledger_account_id') }}
        end as member,
        0 as left_amount,
        statement_amount as right_amount

    from report_rows

),

-- Every account, every year that is not closed and both totals; what is shown as the two sides is the debit total.
compared as (

    select
        administration_id,
        period_start_date,
        period_end_date,
        member,
        sum(left_amount) as left_amount,
        0 as explained_amount,
        sum(right_amount) as right_amount,
        member = 'total debit' as is_headline

    from sides
    group by administration_id, period_start_date, period_end_date, member

),

{{ report_check('report_balance_sheet') }}
