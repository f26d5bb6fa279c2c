{{ config(materialized='table') }}

with pairs as (

    select * from {{ ref('rpt_intercompany_pair') }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

final as (

    select
        pairs.claimant_administration_id as administration_id,
        {{ month_text('pairs.month_date') }} as period,
        {{ month_end('pairs.month_date') }} as item_date,
        'Pair' as document_type,
        pairs.debtor_administration_id || '-' || pairs.kind as document_id,
        case
            when pairs.status = 'timing' then 'cleared by the month beside it'
            when pairs.debt_amount = 0 then 'only booked by who has the claim'
            when pairs.claim_amount = 0 then 'only booked by who has the debt'
            else 'booked with another amount'
        end as item_kind,
        pairs.status = 'timing' as is_explained,
        pairs.difference as amount,
        pairs.kind || ' with ' || administrations.administration_name as description,
        {{ none_key('pairs.claimant_administration_id') }} as contact_key

    from pairs
    inner join administrations
        on pairs.debtor_administration_id = administrations.administration_id
    where pairs.status in ('timing', 'break')

)

select * from final
