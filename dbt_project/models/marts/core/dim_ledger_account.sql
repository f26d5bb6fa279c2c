with administrations as (

    select * from {{ ref('dim_administration') }}

),

accounts as (

    select * from {{ ref('int_ledger_accounts_completed') }}

),

roles as (

    select * from {{ ref('int_ledger_account_roles_matched') }}

),

keyed as (

    select
        {{ entity_key('accounts.ledger_account_id', 'accounts.administration_id') }} as ledger_account_key,
        accounts.administration_id,
        accounts.ledger_account_id,
        accounts.account_name,
        accounts.account_number,
        accounts.account_type,
        accounts.rgs_code,
        case when length(accounts.rgs_code) >= 10 then substring(accounts.rgs_code from 1 for 10) end
            as rgs_level_4_code,
        {{ entity_key('parents.ledger_account_id', 'parents.administration_id') }} as parent_ledger_account_key,
        roles.role,
        accounts.is_active,
        accounts.is_sales_invoice_allowed

    from accounts
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
        cast(null as varchar) as rgs_code,
        cast(null as varchar) as rgs_level_4_code,
        cast(null as varchar) as parent_ledger_account_key,
        cast(null as varchar) as role,
        false as is_active,
        false as is_sales_invoice_allowed

    from administrations

),

final as (

    select * from keyed
    union all
    select * from none_members

)

select * from final
