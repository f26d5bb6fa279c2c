{%- set slice = ['administration_id', 'ledger_account_id', 'month_date'] -%}
{%- set touched = incremental_records(
    records=slice, keys={'ledger_account_key': member_key('ledger_account_id'), 'month_date': 'month_date'}, feeds=[
    {'feed': ref('stg_sync__ledger_slices'), 'records': slice, 'is_coarse': true},
    {'feed': ref('stg_moneybird__ledger_accounts'), 'reaches': ref('stg_sync__ledger_slices'), 'records': slice,
     'by': ['administration_id', 'ledger_account_id']},
    {'feed': ref('stg_moneybird__administrations'), 'reaches': ref('stg_sync__ledger_slices'), 'records': slice,
     'by': ['administration_id']},
    {'differs': slices_of_other_closings(ref('stg_moneybird__journal_entries'), ref('int_closing_journals_identified'))},
]) -%}
with lines as (

    select * from {{ ref('stg_moneybird__journal_entries') }}
    where {{ is_touched(touched, slice) }}

),

administrations as (

    select * from {{ ref('int_administrations_joined') }}

),

ledger_accounts as (

    select * from {{ ref('int_ledger_accounts_completed') }}

),

closing_journals as (

    select * from {{ ref('int_closing_journals_identified') }}

),

final as (

    select
        lines.administration_id,
        {{ member_key('lines.ledger_account_id', 'lines.administration_id') }} as ledger_account_key,
        lines.month_date,
        lines.line_number,
        lines.entry_date,
        lines.document_type,
        lines.document_id,
        {{ member_key('lines.contact_id', 'lines.administration_id') }} as contact_key,
        {{ member_key('lines.project_id', 'lines.administration_id') }} as project_key,
        {{ member_key('lines.tax_rate_id', 'lines.administration_id') }} as tax_rate_key,
        {{ money('greatest(lines.amount, 0)') }} as debit_amount,
        {{ money('greatest(-lines.amount, 0)') }} as credit_amount,
        lines.amount,
        {{ money('lines.amount * ' ~ statement_sign('ledger_accounts.account_type')) }} as statement_amount,
        administrations.currency_code,
        closing_journals.evidence as closing_evidence,
        lines.description,
        lines.line_source,
        lines._changed_at

    from lines
    inner join administrations
        on lines.administration_id = administrations.administration_id
    inner join ledger_accounts
        on
            lines.administration_id = ledger_accounts.administration_id
            and lines.ledger_account_id = ledger_accounts.ledger_account_id
    left join closing_journals
        on
            lines.administration_id = closing_journals.administration_id
            and {{ key_when("lines.document_type = 'Document'", 'lines.document_id') }} = closing_journals.document_id
    where not lines.is_deleted

)

select * from final
