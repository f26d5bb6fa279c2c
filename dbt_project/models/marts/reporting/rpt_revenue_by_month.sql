with entries as (

    select * from {{ ref('fct_ledger_entry') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

undocumented_closings as (

    select * from {{ ref('int_undocumented_closings_found') }}

),

-- A closing journal is known by its document, which lines of an auditfile do not have. The December of a year that
-- looks closed is left out until the report's lines are there: a gap is better than a year's revenue taken away.
final as (

    select
        entries.administration_id,
        entries.month_date,
        entries.ledger_account_key,
        ledger_accounts.account_name,
        ledger_accounts.account_number,
        entries.project_key,
        entries.contact_key,
        {{ money('sum(-entries.amount)') }} as revenue_amount,
        entries.currency_code

    from entries
    inner join ledger_accounts
        on entries.ledger_account_key = ledger_accounts.ledger_account_key
    left join undocumented_closings
        on
            entries.administration_id = undocumented_closings.administration_id
            and extract(year from entries.month_date) = undocumented_closings.ledger_year
            and extract(month from entries.month_date) = 12
    where
        ledger_accounts.account_type = 'revenue'
        and entries.closing_evidence is null
        and undocumented_closings.ledger_year is null
    group by
        entries.administration_id,
        entries.month_date,
        entries.ledger_account_key,
        ledger_accounts.account_name,
        ledger_accounts.account_number,
        entries.project_key,
        entries.contact_key,
        entries.currency_code

)

select * from final
