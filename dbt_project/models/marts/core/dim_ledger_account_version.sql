{%- set columns = [
    'parent_ledger_account_id', 'account_name', 'account_number', 'account_type', 'rgs_code', 'rgs_version', 'is_active',
    'is_deleted'
] -%}
with current_versions as (

    select * from {{ ref('stg_moneybird__ledger_accounts') }}

),

superseded_versions as (

    select * from {{ ref('stg_moneybird_history__ledger_accounts') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

{{ dated_versions('ledger_account_id', columns) }},

keyed as (

    select
        {{ entity_key('dated.ledger_account_id', 'dated.administration_id') }} as ledger_account_key,
        {{ entity_key('dated.parent_ledger_account_id', 'dated.administration_id') }} as parent_ledger_account_key,
        dated.*

    from dated

),

charted as (

    select
        keyed.ledger_account_key,
        keyed.administration_id,
        keyed.version_number,
        coalesce(keyed.account_name, ledger_accounts.account_name) as account_name,
        keyed.account_number,
        keyed.account_type,
        case
            when {{ is_result_account('keyed.account_type') }} then 'profit_loss'
            when keyed.account_type is not null then 'balance_sheet'
        end as statement,
        parents.ledger_account_key as parent_ledger_account_key,
        keyed.rgs_code,
        keyed.rgs_version,
        keyed.is_active and not keyed.is_deleted as is_active,
        keyed.is_deleted,
        keyed.valid_from_at,
        keyed.valid_to_at,
        keyed.valid_from_date,
        keyed.valid_to_date,
        keyed.valid_to_at is null as is_current

    from keyed
    inner join ledger_accounts
        on keyed.ledger_account_key = ledger_accounts.ledger_account_key
    left join ledger_accounts as parents
        on keyed.parent_ledger_account_key = parents.ledger_account_key

),

-- No account, and accounts of which only the id is known, are always the same.
without_history as (

    select
        ledger_accounts.ledger_account_key,
        ledger_accounts.administration_id,
        1 as version_number,
        ledger_accounts.account_name,
        ledger_accounts.account_number,
        ledger_accounts.account_type,
        ledger_accounts.statement,
        ledger_accounts.parent_ledger_account_key,
        ledger_accounts.rgs_code,
        ledger_accounts.rgs_version,
        ledger_accounts.is_active,
        ledger_accounts.is_deleted,
        cast(null as timestamp with time zone) as valid_from_at,
        cast(null as timestamp with time zone) as valid_to_at,
        cast('1900-01-01' as date) as valid_from_date,
        cast(null as date) as valid_to_date,
        true as is_current

    from ledger_accounts
    left join charted
        on ledger_accounts.ledger_account_key = charted.ledger_account_key
    where charted.ledger_account_key is null

),

complete as (

    select * from charted
    union all
    select * from without_history

),

final as (

    select
        ledger_account_key || '-' || cast(version_number as varchar) as ledger_account_version_key,
        complete.*

    from complete

)

select * from final
