{{ config(materialized='table') }}

with lines as (

    select * from {{ ref('stg_moneybird__journal_entries') }}

),

closing_journals as (

    select * from {{ ref('int_closing_journals_identified') }}

),

accounts as (

    select * from {{ ref('int_ledger_accounts_completed') }}

),

contacts as (

    select * from {{ ref('int_intercompany_contacts_matched') }}

),

kinds as (

    select * from {{ ref('intercompany_accounts') }}

),

-- The longest code that an account's code begins with says what it is for.
account_kinds as (

    select
        accounts.administration_id,
        accounts.ledger_account_id,
        kinds.kind,
        kinds.side,
        kinds.statement,
        row_number() over (
            partition by accounts.administration_id, accounts.ledger_account_id
            order by length(kinds.rgs_prefix) desc
        ) as place

    from accounts
    inner join kinds
        on substring(accounts.rgs_code from 1 for length(kinds.rgs_prefix)) = kinds.rgs_prefix

),

classified as (

    select
        lines.administration_id,
        contacts.counterparty_administration_id,
        lines.ledger_account_id,
        account_kinds.kind,
        account_kinds.side,
        account_kinds.statement,
        lines.month_date,
        lines.line_number,
        lines.entry_date,
        lines.document_type,
        lines.document_id,
        lines.contact_id,
        lines.description,
        contacts.confidence,
        lines.amount

    from lines
    inner join contacts
        on
            lines.administration_id = contacts.administration_id
            and lines.contact_id = contacts.contact_id
            and lines.entry_date >= contacts.valid_from_date
            and lines.entry_date <= contacts.valid_to_date
    left join account_kinds
        on
            lines.administration_id = account_kinds.administration_id
            and lines.ledger_account_id = account_kinds.ledger_account_id
            and account_kinds.place = 1
    left join closing_journals
        on
            lines.administration_id = closing_journals.administration_id
            and {{ key_when("lines.document_type = 'Document'", 'lines.document_id') }} = closing_journals.document_id
    where
        not lines.is_deleted
        and contacts.counterparty_administration_id is not null
        and contacts.confidence >= 0.98
        and (closing_journals.document_id is null or account_kinds.statement = 'balance_sheet')

)

select * from classified
