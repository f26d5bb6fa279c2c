with administrations as (

    select * from {{ ref('dim_administration') }}

),

lines as (

    select * from {{ ref('int_vat_lines_boxed') }}

),

months as (

    select
        administration_id,
        {{ month_start('vat_date') }} as month_date,
        sum(abs(turnover_amount) + abs(vat_amount)) as left_amount,
        sum(case when tax_report_reference = 'unmapped' then abs(turnover_amount) + abs(vat_amount) else 0 end)
            as difference

    from lines
    group by administration_id, {{ month_start('vat_date') }}

    union all

    select
        administrations.administration_id,
        {{ month_start('administrations.business_date') }} as month_date,
        0 as left_amount,
        0 as difference

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
        case when month_date is not null then left_amount - difference end as right_amount,
        0 as explained_amount,
        case when month_date is not null then difference end as difference,
        month_date is not null as is_computable,
        false as is_in_motion,
        administration_id || '-' || coalesce({{ month_text('month_date') }}, 'never') as drill_key

    from months

)

select * from final
