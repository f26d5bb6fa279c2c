with administrations as (

    select * from {{ ref('dim_administration') }}

),

accounts as (

    select * from {{ ref('int_ledger_accounts_completed') }}

),

groups as (

    select * from {{ ref('int_ledger_accounts_grouped') }}

),

roles as (

    select * from {{ ref('int_ledger_account_roles_decided') }}

),

keyed as (

    select
        {{ entity_key('accounts.ledger_account_id', 'accounts.administration_id') }} as ledger_account_key,
        accounts.administration_id,
        accounts.ledger_account_id,
        accounts.account_name,
        accounts.account_number,
        accounts.account_type,
        case
            when {{ is_result_account('accounts.account_type') }} then 'profit_loss'
            when accounts.account_type is not null then 'balance_sheet'
        end as statement,
        accounts.rgs_code,
        accounts.rgs_version,
        {% for level in range(1, 6) -%}
        groups.rgs_level_{{ level }}_code,
        groups.rgs_level_{{ level }}_name,
        {% endfor -%}
        groups.group_account_code,
        groups.group_account_name,
        groups.group_account_code is not null as is_group_mapped,
        {{ entity_key('parents.ledger_account_id', 'parents.administration_id') }} as parent_ledger_account_key,
        accounts.financial_account_id,
        roles.role,
        coalesce(roles.is_confirmed, false) as is_role_confirmed,
        accounts.is_active,
        accounts.is_sales_invoice_allowed,
        accounts.is_gone as is_deleted

    from accounts
    left join groups
        on
            accounts.administration_id = groups.administration_id
            and accounts.ledger_account_id = groups.ledger_account_id
    left join accounts as parents
        on
            accounts.administration_id = parents.administration_id
            and accounts.parent_ledger_account_id = parents.ledger_account_id
    left join roles
        on
            accounts.administration_id = roles.administration_id
            and accounts.ledger_account_id = roles.ledger_account_id

),

none_members as (

    select
        {{ none_key() }} as ledger_account_key,
        administration_id,
        cast(null as varchar) as ledger_account_id,
        'No ledger account' as account_name,
        cast(null as varchar) as account_number,
        cast(null as varchar) as account_type,
        cast(null as varchar) as statement,
        cast(null as varchar) as rgs_code,
        cast(null as varchar) as rgs_version,
        {% for level in range(1, 6) -%}
        cast(null as varchar) as rgs_level_{{ level }}_code,
        cast(null as varchar) as rgs_level_{{ level }}_name,
        {% endfor -%}
        cast(null as varchar) as group_account_code,
        cast(null as varchar) as group_account_name,
        false as is_group_mapped,
        cast(null as varchar) as parent_ledger_account_key,
        cast(null as varchar) as financial_account_id,
        cast(null as varchar) as role,
        false as is_role_confirmed,
        false as is_active,
        false as is_sales_invoice_allowed,
        false as is_deleted

    from administrations

),

final as (

    select * from keyed
    union all
    select * from none_members

)

select * from final
