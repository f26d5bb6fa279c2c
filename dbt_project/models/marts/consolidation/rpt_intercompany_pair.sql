with pairs as (

    select * from {{ ref('int_intercompany_pairs_compared') }}

),

final as (

    select
        claimant_administration_id,
        debtor_administration_id,
        kind,
        month_date,
        statement,
        claim_amount,
        debt_amount,
        matched_amount,
        difference,
        status,
        currency_code

    from pairs

)

select * from final
