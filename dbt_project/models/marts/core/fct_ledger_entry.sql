with lines as (

    select * from {{ ref('stg_moneybird__journal_entries') }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

contacts as (

    select * from {{ ref('dim_contact') }}

),

projects as (

    select * from {{ ref('dim_project') }}

),

tax_rates as (

    select * from {{ ref('dim_tax_rate') }}

),

final as (

    select
        lines.administration_id,
        ledger_accounts.ledger_account_key,
        lines.month_date,
        lines.line_number,
        lines.entry_date,
        lines.document_type,
        lines.document_id,
        coalesce(contacts.contact_key, {{ none_key('lines.administration_id') }}) as contact_key,
        coalesce(projects.project_key, {{ none_key('lines.administration_id') }}) as project_key,
        coalesce(tax_rates.tax_rate_key, {{ none_key('lines.administration_id') }}) as tax_rate_key,
        {{ money('greatest(lines.amount, 0)') }} as debit_amount,
        {{ money('greatest(-lines.amount, 0)') }} as credit_amount,
        lines.amount,
        case
            when ledger_accounts.account_type in (
                'revenue', 'other_income_expenses', 'equity', 'provisions', 'non_current_liabilities',
                'current_liabilities'
            )
                then -lines.amount
            else lines.amount
        end as statement_amount,
        administrations.currency_code,
        lines.description,
        lines.line_source

    from lines
    inner join administrations
        on lines.administration_id = administrations.administration_id
    inner join ledger_accounts
        on
            lines.administration_id = ledger_accounts.administration_id
            and lines.ledger_account_id = ledger_accounts.ledger_account_id
    left join contacts
        on
            lines.administration_id = contacts.administration_id
            and lines.contact_id = contacts.contact_id
    left join projects
        on
            lines.administration_id = projects.administration_id
            and lines.project_id = projects.project_id
    left join tax_rates
        on
            lines.administration_id = tax_rates.administration_id
            and lines.tax_rate_id = tax_rates.tax_rate_id
    where not lines.is_deleted

)

select * from final
