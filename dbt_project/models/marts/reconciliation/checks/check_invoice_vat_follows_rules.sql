with administrations as (

    select * from {{ ref('dim_administration') }}

),

lines as (

    select * from {{ ref('int_vat_lines_judged') }}
    where verdict <> 'customer unknown'

),

months as (

    select
        administration_id,
        {{ month_start('document_date') }} as month_date,
        count(*) as left_amount,
        sum(case when verdict = 'follows' then 1 else 0 end) as right_amount,
        sum(case when verdict in ('review', 'corrects') then 1 else 0 end) as explained_amount,
        min(case when verdict = 'breaks' then document_id end) as first_document_id

    from lines
    group by administration_id, {{ month_start('document_date') }}

    union all

    select
        administrations.administration_id,
        {{ month_start('administrations.business_date') }} as month_date,
        0 as left_amount,
        0 as right_amount,
        0 as explained_amount,
        cast(null as varchar) as first_document_id

    from administrations
    left join lines
        on administrations.administration_id = lines.administration_id
    where lines.administration_id is null

),

final as (

    select
        administration_id,
        coalesce({{ month_text('month_date') }}, 'never synced') as period,
        {{ month_end('month_date') }} as period_end_date,
        case when month_date is not null then left_amount end as left_amount,
        case when month_date is not null then right_amount end as right_amount,
        explained_amount,
        case when month_date is not null then left_amount - right_amount - explained_amount end as difference,
        month_date is not null as is_computable,
        false as is_in_motion,
        administration_id || '-' || coalesce(first_document_id, {{ month_text('month_date') }}, 'never') as drill_key

    from months

)

select * from final
