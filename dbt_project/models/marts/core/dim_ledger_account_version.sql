{%- set columns = [
    'parent_ledger_account_id', 'account_name', 'account_number', 'account_type', 'rgs_code', 'rgs_version', 'is_active',
    'is_deleted'
] -%}
with current_accounts as (

    select * from {{ ref('stg_moneybird__ledger_accounts') }}

),

superseded_accounts as (

    select * from {{ ref('stg_moneybird_history__ledger_accounts') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

unioned as (

    select
        administration_id,
        ledger_account_id,
        {{ columns | join(',\n        ') }},
        valid_from_at

    from superseded_accounts

    union all

    select
        administration_id,
        ledger_account_id,
        {{ columns | join(',\n        ') }},
        _changed_at as valid_from_at

    from current_accounts

),

numbered as (

    select
        unioned.*,
        cast(row_number() over account_versions as integer) as version_number,
        lead(valid_from_at) over account_versions as valid_to_at

    from unioned
    window account_versions as (partition by administration_id, ledger_account_id order by valid_from_at)

),

-- What an account was before we first read it is not known: its first version counts for everything before.
dated as (

    select
        {{ entity_key('numbered.ledger_account_id', 'numbered.administration_id') }} as ledger_account_key,
        {{ entity_key('numbered.parent_ledger_account_id', 'numbered.administration_id') }}
            as parent_ledger_account_key,
        numbered.*,
        case
            when numbered.version_number = 1 then cast('1900-01-01' as date)
            else {{ local_date('numbered.valid_from_at', 'administrations.time_zone') }}
        end as valid_from_date,
        {{ local_date('numbered.valid_to_at', 'administrations.time_zone') }} as valid_to_date

    from numbered
    inner join administrations
        on numbered.administration_id = administrations.administration_id

),

charted as (

    select
        dated.ledger_account_key,
        dated.administration_id,
        dated.version_number,
        coalesce(dated.account_name, ledger_accounts.account_name) as account_name,
        dated.account_number,
        dated.account_type,
        case
            when {{ is_result_account('dated.account_type') }} then 'profit_loss'
            when dated.account_type is not null then 'balance_sheet'
        end as statement,
        parents.ledger_account_key as parent_ledger_account_key,
        dated.rgs_code,
        dated.rgs_version,
        dated.is_active and not dated.is_deleted as is_active,
        dated.is_deleted,
        dated.valid_from_at,
        dated.valid_to_at,
        dated.valid_from_date,
        dated.valid_to_date,
        dated.valid_to_at is null as is_current

    from dated
    inner join ledger_accounts
        on dated.ledger_account_key = ledger_accounts.ledger_account_key
    left join ledger_accounts as parents
        on dated.parent_ledger_account_key = parents.ledger_account_key

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
