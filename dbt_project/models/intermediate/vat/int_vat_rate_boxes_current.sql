with administrations as (

    select * from {{ ref('int_administrations_joined') }}

),

learned as (

    select * from {{ ref('int_vat_rate_boxes_learned') }}

),

confirmed as (

    select * from {{ ref('tax_rate_boxes') }}

),

final as (

    select
        learned.administration_id,
        learned.tax_rate_id,
        coalesce(confirmed.tax_report_reference, learned.tax_report_reference) as tax_report_reference,
        case when confirmed.tax_rate_id is not null then 'confirmed' else learned.box_source end as box_source

    from learned
    inner join administrations
        on learned.administration_id = administrations.administration_id
    left join confirmed
        on
            learned.administration_id = confirmed.administration_id
            and learned.tax_rate_id = confirmed.tax_rate_id
            and {{ holds_on('confirmed', 'administrations.business_date') }}
    where learned.valid_to_date is null

)

select * from final
