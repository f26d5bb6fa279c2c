with administrations as (

    select * from {{ ref('dim_administration') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

roles as (

    select distinct role
    from {{ ref('control_account_roles') }}

),

expected as (

    select
        administrations.administration_id,
        administrations.business_date,
        roles.role,
        max(case when ledger_accounts.ledger_account_key is not null then 1 else 0 end) as is_found

    from administrations
    cross join roles
    left join ledger_accounts
        on
            administrations.administration_id = ledger_accounts.administration_id
            and roles.role = ledger_accounts.role
    group by administrations.administration_id, administrations.business_date, roles.role

),

counted as (

    select
        administration_id,
        business_date,
        count(*) as left_amount,
        sum(is_found) as right_amount,
        min(case when is_found = 0 then role end) as first_missing_role

    from expected
    group by administration_id, business_date

),

final as (

    select
        administration_id,
        coalesce(cast(business_date as varchar), 'never synced') as period,
        business_date as period_end_date,
        case when business_date is not null then left_amount end as left_amount,
        case when business_date is not null then right_amount end as right_amount,
        0 as explained_amount,
        case when business_date is not null then left_amount - right_amount end as difference,
        business_date is not null as is_computable,
        false as is_in_motion,
        administration_id || '-' || coalesce(first_missing_role, cast(business_date as varchar), 'never') as drill_key

    from counted

)

select * from final
