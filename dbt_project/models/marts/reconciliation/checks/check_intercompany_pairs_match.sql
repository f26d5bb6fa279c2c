with administrations as (

    select * from {{ ref('dim_administration') }}

),

pairs as (

    select * from {{ ref('rpt_intercompany_pair') }}

),

-- A pair is told once, at whoever has the claim or the income.
months as (

    select
        claimant_administration_id as administration_id,
        month_date,
        sum(claim_amount) as claim_amount,
        sum(debt_amount) as debt_amount,
        sum(case when status = 'timing' then difference else 0 end) as explained_amount,
        sum(case when status = 'break' then abs(difference) else 0 end) as difference

    from pairs
    where status <> 'other_currency'
    group by claimant_administration_id, month_date

    union all

    select
        administrations.administration_id,
        {{ month_start('administrations.business_date') }} as month_date,
        0 as claim_amount,
        0 as debt_amount,
        0 as explained_amount,
        0 as difference

    from administrations
    left join pairs
        on
            administrations.administration_id = pairs.claimant_administration_id
            and pairs.status <> 'other_currency'
    where pairs.claimant_administration_id is null

),

final as (

    select
        administration_id,
        coalesce({{ month_text('month_date') }}, 'never synced') as period,
        {{ month_end('month_date') }} as period_end_date,
        case when month_date is not null then claim_amount end as left_amount,
        case when month_date is not null then debt_amount end as right_amount,
        explained_amount,
        case when month_date is not null then difference end as difference,
        month_date is not null as is_computable,
        false as is_in_motion,
        administration_id || '-' || coalesce({{ month_text('month_date') }}, 'never') as drill_key

    from months

)

select * from final
