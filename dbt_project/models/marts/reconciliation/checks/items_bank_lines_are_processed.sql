{{ config(materialized='table') }}

with administrations as (

    select * from {{ ref('dim_administration') }}

),

mutations as (

    select * from {{ ref('stg_moneybird__financial_mutations') }}

),

financial_accounts as (

    select * from {{ ref('stg_moneybird__financial_accounts') }}

),

final as (

    select
        mutations.administration_id,
        cast(administrations.business_date as varchar) as period,
        mutations.mutation_date as item_date,
        'FinancialMutation' as document_type,
        mutations.financial_mutation_id as document_id,
        'unprocessed for more than 14 days' as item_kind,
        false as is_explained,
        mutations.open_amount as amount,
        financial_accounts.financial_account_name as description,
        {{ none_key('mutations.administration_id') }} as contact_key

    from mutations
    inner join administrations
        on mutations.administration_id = administrations.administration_id
    left join financial_accounts
        on
            mutations.administration_id = financial_accounts.administration_id
            and mutations.financial_account_id = financial_accounts.financial_account_id
    where
        not mutations.is_deleted
        and not mutations.is_processed
        and mutations.open_amount <> 0
        and mutations.mutation_date < administrations.business_date - 14

)

select * from final
