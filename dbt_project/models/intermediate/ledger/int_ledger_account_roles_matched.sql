with accounts as (

    select * from {{ ref('int_ledger_accounts_completed') }}

),

defaults as (

    select * from {{ ref('control_account_roles') }}

),

-- Type must agree; number and name together weigh more than one of them, because people rename and renumber.
scored as (

    select
        accounts.administration_id,
        accounts.ledger_account_id,
        defaults.role,
        max(
            case when accounts.account_number = defaults.account_number then 1 else 0 end
            + case when lower(accounts.account_name) = lower(defaults.account_name) then 1 else 0 end
        ) as score

    from accounts
    inner join defaults
        on accounts.account_type = defaults.account_type
    where not accounts.is_gone
    group by accounts.administration_id, accounts.ledger_account_id, defaults.role

),

ranked as (

    select
        scored.*,
        rank() over (partition by administration_id, role order by score desc) as place

    from scored
    where score > 0

),

contested as (

    select
        ranked.*,
        count(*) over (partition by administration_id, role) as candidates,
        count(*) over (partition by administration_id, ledger_account_id) as roles

    from ranked
    where place = 1

),

matched as (

    select
        administration_id,
        ledger_account_id,
        role

    from contested
    where candidates = 1 and roles = 1

)

select * from matched
