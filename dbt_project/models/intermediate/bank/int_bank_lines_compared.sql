{%- set slice = ['administration_id', 'ledger_account_id', 'month_date'] -%}
{%- set administration = ['administration_id'] -%}
{%- set bank_line = ['administration_id', 'financial_mutation_id'] -%}
{%- set slices_of_bank_lines -%}
    (
        select
            mutations.administration_id,
            mutations.financial_mutation_id,
            accounts.ledger_account_id,
            {{ month_start('mutations.mutation_date') }} as month_date

        from {{ ref('stg_moneybird__financial_mutations') }} as mutations
        inner join {{ ref('stg_moneybird__ledger_accounts') }} as accounts
            on
                mutations.administration_id = accounts.administration_id
                and mutations.financial_account_id = accounts.financial_account_id
    ) as slices_of_bank_lines
{%- endset -%}
{%- set feeds = [
    {'feed': ref('stg_sync__ledger_slices'), 'records': slice, 'is_coarse': true},
    {'feed': ref('stg_moneybird__financial_mutations'), 'reaches': this, 'records': slice,
     'by': ['administration_id', 'document_id'], 'of': bank_line},
    {'feed': ref('stg_moneybird__financial_mutations'), 'reaches': slices_of_bank_lines, 'records': slice, 'by': bank_line},
] -%}
{#- Which account is a bank's, and in which currency: seldom changed, and then anything of the company may be. -#}
{%- for feed in ['ledger_accounts', 'financial_accounts', 'administrations'] -%}
{%- for reached in [this, ref('stg_sync__ledger_slices'), slices_of_bank_lines] -%}
{%- do feeds.append({'feed': ref('stg_moneybird__' ~ feed), 'reaches': reached, 'records': slice, 'by': administration}) -%}
{%- endfor -%}
{%- endfor -%}
{%- set touched = incremental_records(
    records=slice, keys={'administration_id': 'administration_id', 'ledger_account_id': 'ledger_account_id',
    'month_date': 'month_date'}, feeds=feeds
) -%}
with ledger_accounts as (

    select * from {{ ref('stg_moneybird__ledger_accounts') }}

),

financial_accounts as (

    select * from {{ ref('stg_moneybird__financial_accounts') }}

),

mutations as (

    select * from {{ ref('stg_moneybird__financial_mutations') }}

),

lines as (

    select * from {{ ref('stg_moneybird__journal_entries') }}

),

administrations as (

    select * from {{ ref('int_administrations_joined') }}

),

bank_accounts as (

    select
        ledger_accounts.administration_id,
        ledger_accounts.ledger_account_id,
        ledger_accounts.financial_account_id,
        coalesce(financial_accounts.financial_account_name, ledger_accounts.account_name) as account_name,
        -- Bank lines are in the account's currency, ledger lines in the administration's; there is no rate to compare them by.
        coalesce(financial_accounts.currency_code = administrations.currency_code, false) as is_comparable

    from ledger_accounts
    inner join administrations
        on ledger_accounts.administration_id = administrations.administration_id
    left join financial_accounts
        on
            ledger_accounts.administration_id = financial_accounts.administration_id
            and ledger_accounts.financial_account_id = financial_accounts.financial_account_id
    where ledger_accounts.financial_account_id is not null

),

posted as (

    select
        lines.administration_id,
        lines.ledger_account_id,
        lines.entry_date as line_date,
        coalesce(lines.document_type, 'Unknown') as document_type,
        coalesce(lines.document_id, 'none') as document_id,
        lines.line_source,
        lines.amount as posted_amount,
        0 as bank_amount,
        lines.description

    from lines
    inner join bank_accounts
        on
            lines.administration_id = bank_accounts.administration_id
            and lines.ledger_account_id = bank_accounts.ledger_account_id
    where
        not lines.is_deleted
        and {{ is_touched(touched, ['lines.administration_id', 'lines.ledger_account_id', 'lines.month_date']) }}

),

reported as (

    select
        mutations.administration_id,
        bank_accounts.ledger_account_id,
        mutations.mutation_date as line_date,
        'FinancialMutation' as document_type,
        mutations.financial_mutation_id as document_id,
        cast(null as varchar) as line_source,
        0 as posted_amount,
        mutations.amount as bank_amount,
        cast(null as varchar) as description

    from mutations
    inner join bank_accounts
        on
            mutations.administration_id = bank_accounts.administration_id
            and mutations.financial_account_id = bank_accounts.financial_account_id
    where
        not mutations.is_deleted
        and {{ is_touched(touched, [
            'mutations.administration_id', 'bank_accounts.ledger_account_id', month_start('mutations.mutation_date')
        ]) }}

),

unioned as (

    select * from posted
    union all
    select * from reported

),

summed as (

    select
        administration_id,
        ledger_account_id,
        line_date,
        document_type,
        document_id,
        {{ money('sum(posted_amount)') }} as posted_amount,
        {{ money('sum(bank_amount)') }} as bank_amount,
        max(case when line_source = 'auditfile' then 1 else 0 end) = 1 as is_undocumented,
        max(description) as description

    from unioned
    group by administration_id, ledger_account_id, line_date, document_type, document_id

),

compared as (

    select
        summed.*,
        bank_accounts.account_name,
        bank_accounts.is_comparable,
        {{ month_start('summed.line_date') }} as month_date,
        summed.posted_amount - summed.bank_amount as amount

    from summed
    inner join bank_accounts
        on
            summed.administration_id = bank_accounts.administration_id
            and summed.ledger_account_id = bank_accounts.ledger_account_id

)

select * from compared
