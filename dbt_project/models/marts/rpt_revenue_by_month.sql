with entries as (

    select * from {{ ref('fct_ledger_entry') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

closing_journals as (

    select * from {{ ref('int_closing_journals_identified') }}

),

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
    left join closing_journals
        on
            entries.administration_id = closing_journals.administration_id
            and entries.document_id = closing_journals.document_id
            and entries.document_type = 'Document'
    where ledger_accounts.account_type = 'revenue' and closing_journals.document_id is null
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
