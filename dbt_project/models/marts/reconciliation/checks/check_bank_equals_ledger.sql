with administrations as (

    select * from {{ ref('dim_administration') }}

),

compared as (

    select * from {{ ref('int_bank_lines_compared') }}

),

account_months as (

    select * from {{ ref('recon_ledger_account_month') }}

),

summed as (

    select
        compared.administration_id,
        compared.month_date,
        compared.ledger_account_id,
        sum(compared.posted_amount) as posted_amount,
        sum(compared.bank_amount) as bank_amount,
        sum(case when compared.document_type <> 'FinancialMutation' then compared.amount else 0 end)
            as explained_amount,
        sum(case when compared.document_type = 'FinancialMutation' then abs(compared.amount) else 0 end) as difference,
        max(case when compared.is_undocumented or not compared.is_comparable then 1 else 0 end) as not_computable

    from compared
    group by compared.administration_id, compared.month_date, compared.ledger_account_id

),

moving as (

    select distinct
        administration_id,
        month_date

    from account_months
    where state = 'in_motion'

),

months as (

    select
        administration_id,
        month_date,
        sum(posted_amount) as posted_amount,
        sum(bank_amount) as bank_amount,
        sum(explained_amount) as explained_amount,
        sum(difference) as difference,
        max(not_computable) as not_computable

    from summed
    group by administration_id, month_date

    union all

    select
        administrations.administration_id,
        {{ month_start('administrations.business_date') }} as month_date,
        0 as posted_amount,
        0 as bank_amount,
        0 as explained_amount,
        0 as difference,
        case when administrations.business_date is null then 1 else 0 end as not_computable

    from administrations
    left join summed
        on administrations.administration_id = summed.administration_id
    where summed.administration_id is null

),

final as (

    select
        months.administration_id,
        coalesce({{ month_text('months.month_date') }}, 'never synced') as period,
        {{ month_end('months.month_date') }} as period_end_date,
        case when months.month_date is not null then months.posted_amount end as left_amount,
        case when months.month_date is not null then months.bank_amount end as right_amount,
        months.explained_amount,
        case when months.not_computable = 0 then months.difference end as difference,
        months.not_computable = 0 as is_computable,
        moving.month_date is not null as is_in_motion,
        months.administration_id || '-' || coalesce({{ month_text('months.month_date') }}, 'never') as drill_key

    from months
    left join moving
        on
            months.administration_id = moving.administration_id
            and months.month_date = moving.month_date

)

select * from final
