with administrations as (

    select * from {{ ref('dim_administration') }}

),

account_months as (

    select * from {{ ref('recon_ledger_account_month') }}

),

proofs as (

    select * from {{ ref('stg_sync__ledger_proof') }}

),

months as (

    select
        administration_id,
        month_date,
        sum(abs(line_debit_amount - line_credit_amount)) as left_amount,
        sum(abs(report_debit_amount - report_credit_amount)) as right_amount,
        sum(abs(difference)) as difference,
        max(case when state = 'not_provable' then 1 else 0 end) as not_provable,
        max(case when state = 'differs' then 1 else 0 end) as differs,
        max(case when state = 'in_motion' then 1 else 0 end) as in_motion

    from account_months
    group by administration_id, month_date

    union all

    -- Without lines and without report rows only the year's own proof can say that both are empty.
    select
        administrations.administration_id,
        {{ month_start('administrations.business_date') }} as month_date,
        0 as left_amount,
        0 as right_amount,
        0 as difference,
        case when proofs.proof_state = 'proved' then 0 else 1 end as not_provable,
        0 as differs,
        0 as in_motion

    from administrations
    left join account_months
        on administrations.administration_id = account_months.administration_id
    left join proofs
        on
            administrations.administration_id = proofs.administration_id
            and extract(year from administrations.business_date) = proofs.ledger_year
    where account_months.administration_id is null

),

final as (

    select
        administration_id,
        coalesce({{ month_text('month_date') }}, 'never synced') as period,
        {{ month_end('month_date') }} as period_end_date,
        case when month_date is not null then left_amount end as left_amount,
        case when not_provable = 0 then right_amount end as right_amount,
        0 as explained_amount,
        case when not_provable = 0 then difference end as difference,
        not_provable = 0 as is_computable,
        differs = 0 and in_motion = 1 as is_in_motion,
        administration_id || '-' || coalesce({{ month_text('month_date') }}, 'never') as drill_key

    from months

)

select * from final
