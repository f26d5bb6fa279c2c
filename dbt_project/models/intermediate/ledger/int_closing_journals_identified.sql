{{ config(materialized='table') }}

with lines as (

    select * from {{ ref('stg_moneybird__journal_entries') }}

),

accounts as (

    select * from {{ ref('int_ledger_accounts_completed') }}

),

journals as (

    select * from {{ ref('stg_moneybird__general_journal_documents') }}

),

marked as (

    select
        administration_id,
        general_journal_document_id as document_id,
        cast(extract(year from journal_date) as integer) as ledger_year

    from journals
    where is_year_ending and not is_deleted

),

typed as (

    select
        lines.administration_id,
        lines.ledger_account_id,
        extract(year from lines.entry_date) as ledger_year,
        case
            when
                lines.document_type = 'Document'
                and extract(month from lines.entry_date) = 12
                and extract(day from lines.entry_date) = 31
                then lines.document_id
        end as candidate_document_id,
        accounts.account_type,
        {{ is_result_account('accounts.account_type') }} as is_result_account,
        lines.amount

    from lines
    inner join accounts
        on
            lines.administration_id = accounts.administration_id
            and lines.ledger_account_id = accounts.ledger_account_id
    where not lines.is_deleted

),

year_balances as (

    select
        administration_id,
        ledger_year,
        ledger_account_id,
        account_type,
        sum(amount) as balance_amount

    from typed
    where is_result_account
    group by administration_id, ledger_year, ledger_account_id, account_type

),

years_with_open_revenue as (

    select distinct
        administration_id,
        ledger_year

    from year_balances
    where account_type = 'revenue' and balance_amount <> 0

),

candidates as (

    select
        typed.administration_id,
        typed.ledger_year,
        typed.candidate_document_id as document_id,
        sum(case when typed.is_result_account then 1 else 0 end) as result_lines,
        sum(case when typed.account_type = 'revenue' then 1 else 0 end) as revenue_lines,
        sum(case when typed.account_type = 'equity' then 1 else 0 end) as equity_lines,
        count(*) as lines,
        sum(case when typed.is_result_account and year_balances.balance_amount <> 0 then 1 else 0 end) as not_reversed

    from typed
    left join year_balances
        on
            typed.administration_id = year_balances.administration_id
            and typed.ledger_year = year_balances.ledger_year
            and typed.ledger_account_id = year_balances.ledger_account_id
    where typed.candidate_document_id is not null
    group by typed.administration_id, typed.ledger_year, typed.candidate_document_id

),

detected as (

    select
        candidates.administration_id,
        candidates.document_id,
        cast(candidates.ledger_year as integer) as ledger_year

    from candidates
    left join years_with_open_revenue
        on
            candidates.administration_id = years_with_open_revenue.administration_id
            and candidates.ledger_year = years_with_open_revenue.ledger_year
    where
        candidates.result_lines > 0
        and candidates.equity_lines > 0
        and candidates.result_lines + candidates.equity_lines = candidates.lines
        and candidates.not_reversed = 0
        and (candidates.revenue_lines = 0 or years_with_open_revenue.ledger_year is null)

),

identified as (

    select
        administration_id,
        document_id,
        ledger_year,
        'marked' as evidence

    from marked

    union all

    select
        detected.administration_id,
        detected.document_id,
        detected.ledger_year,
        'detected' as evidence

    from detected
    left join marked
        on
            detected.administration_id = marked.administration_id
            and detected.document_id = marked.document_id
    where marked.document_id is null

)

select * from identified
