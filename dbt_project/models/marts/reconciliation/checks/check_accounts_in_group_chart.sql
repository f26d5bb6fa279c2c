with administrations as (

    select * from {{ ref('dim_administration') }}

),

balances as (

    select * from {{ ref('fct_ledger_balance') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

booked as (

    select distinct
        administration_id,
        ledger_account_key

    from balances

),

counted as (

    select
        booked.administration_id,
        count(*) as booked_accounts,
        sum(case when ledger_accounts.is_group_mapped then 1 else 0 end) as mapped_accounts,
        min(case when not ledger_accounts.is_group_mapped then booked.ledger_account_key end) as first_unmapped_key

    from booked
    inner join ledger_accounts
        on booked.ledger_account_key = ledger_accounts.ledger_account_key
    group by booked.administration_id

),

final as (

    select
        administrations.administration_id,
        coalesce(cast(administrations.business_date as varchar), 'never synced') as period,
        administrations.business_date as period_end_date,
        case when administrations.business_date is not null then coalesce(counted.booked_accounts, 0) end as left_amount,
        case when administrations.business_date is not null then coalesce(counted.mapped_accounts, 0) end as right_amount,
        0 as explained_amount,
        case
            when administrations.business_date is not null
                then coalesce(counted.booked_accounts - counted.mapped_accounts, 0)
        end as difference,
        administrations.business_date is not null as is_computable,
        false as is_in_motion,
        coalesce(
            counted.first_unmapped_key,
            administrations.administration_id || '-'
            || coalesce(cast(administrations.business_date as varchar), 'never')
        ) as drill_key

    from administrations
    left join counted
        on administrations.administration_id = counted.administration_id

)

select * from final
