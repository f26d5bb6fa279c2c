with found as (

    select * from {{ ref('int_ledger_account_roles_matched') }}

),

accounts as (

    select * from {{ ref('int_ledger_accounts_completed') }}

),

-- Finance names an account of ours; a row of another group's account matches nothing.
confirmed as (

    select ledger_roles.*
    from {{ ref('ledger_roles') }} as ledger_roles
    inner join accounts
        on
            ledger_roles.administration_id = accounts.administration_id
            and ledger_roles.ledger_account_id = accounts.ledger_account_id

),

-- What finance says of an account or of a role holds; a found row about either is dropped.
left_over as (

    select
        found.administration_id,
        found.ledger_account_id,
        found.role

    from found
    left join confirmed as same_account
        on
            found.administration_id = same_account.administration_id
            and found.ledger_account_id = same_account.ledger_account_id
    left join confirmed as same_role
        on
            found.administration_id = same_role.administration_id
            and found.role = same_role.role
    where same_account.ledger_account_id is null and same_role.ledger_account_id is null

),

decided as (

    select
        administration_id,
        ledger_account_id,
        role,
        true as is_confirmed

    from confirmed
    where role is not null and role <> 'none'

    union all

    select
        administration_id,
        ledger_account_id,
        role,
        false as is_confirmed

    from left_over

)

select * from decided
