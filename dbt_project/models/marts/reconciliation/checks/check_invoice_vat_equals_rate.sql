with administrations as (

    select * from {{ ref('dim_administration') }}

),

recomputed as (

    select * from {{ ref('int_invoice_vat_recomputed') }}

),

months as (

    select
        administration_id,
        {{ month_start('invoice_date') }} as month_date,
        sum(tax_amount) as tax_amount,
        sum(recomputed_amount) as recomputed_amount,
        sum(case when is_different then abs(tax_amount - recomputed_amount) else 0 end) as difference,
        min(case when is_different then sales_invoice_id end) as first_document_id

    from recomputed
    group by administration_id, {{ month_start('invoice_date') }}

    union all

    select
        administrations.administration_id,
        {{ month_start('administrations.business_date') }} as month_date,
        0 as tax_amount,
        0 as recomputed_amount,
        0 as difference,
        cast(null as varchar) as first_document_id

    from administrations
    left join recomputed
        on administrations.administration_id = recomputed.administration_id
    where recomputed.administration_id is null

),

final as (

    select
        administration_id,
        coalesce({{ month_text('month_date') }}, 'never synced') as period,
        {{ month_end('month_date') }} as period_end_date,
        case when month_date is not null then tax_amount end as left_amount,
        case when month_date is not null then recomputed_amount end as right_amount,
        0 as explained_amount,
        case when month_date is not null then difference end as difference,
        month_date is not null as is_computable,
        false as is_in_motion,
        administration_id || '-' || coalesce(first_document_id, {{ month_text('month_date') }}, 'never') as drill_key

    from months

)

select * from final
