with lines as (

    select * from {{ ref('stg_moneybird__journal_entries') }}

),

accounts as (

    select * from {{ ref('int_ledger_accounts_completed') }}

),

account_years as (

    select
        lines.administration_id,
        lines.ledger_account_id,
        extract(year from lines.month_date) as ledger_year,
        sum(lines.amount) as balance_amount,
        max(
            case when lines.line_source = 'auditfile' and extract(month from lines.month_date) = 12 then 1 else 0 end
        ) as undocumented

    from lines
    inner join accounts
        on
            lines.administration_id = accounts.administration_id
            and lines.ledger_account_id = accounts.ledger_account_id
    where accounts.account_type = 'revenue' and not lines.is_deleted
    group by lines.administration_id, lines.ledger_account_id, extract(year from lines.month_date)

),

found as (

    select
        administration_id,
        cast(ledger_year as integer) as ledger_year

    from account_years
    group by administration_id, ledger_year
    having max(undocumented) = 1 and max(abs(balance_amount)) = 0

)

select * from found
