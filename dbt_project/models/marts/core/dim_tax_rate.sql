with administrations as (

    select * from {{ ref('dim_administration') }}

),

tax_rates as (

    select * from {{ ref('int_tax_rates_completed') }}

),

boxes as (

    select * from {{ ref('int_vat_rate_boxes_current') }}

),

keyed as (

    select
        {{ entity_key('tax_rates.tax_rate_id', 'tax_rates.administration_id') }} as tax_rate_key,
        tax_rates.administration_id,
        tax_rates.tax_rate_id,
        tax_rates.tax_rate_name,
        tax_rates.percentage,
        tax_rates.tax_rate_type,
        tax_rates.country_code,
        boxes.tax_report_reference,
        coalesce(boxes.box_source, 'unmapped') as box_source,
        tax_rates.is_active,
        tax_rates.is_deleted,
        tax_rates.is_unknown

    from tax_rates
    left join boxes
        on
            tax_rates.administration_id = boxes.administration_id
            and tax_rates.tax_rate_id = boxes.tax_rate_id

),

none_members as (

    select
        {{ none_key() }} as tax_rate_key,
        administration_id,
        cast(null as varchar) as tax_rate_id,
        'No tax rate' as tax_rate_name,
        cast(null as decimal(18, 6)) as percentage,
        cast(null as varchar) as tax_rate_type,
        cast(null as varchar) as country_code,
        'none' as tax_report_reference,
        'no_rate' as box_source,
        false as is_active,
        false as is_deleted,
        false as is_unknown

    from administrations

),

final as (

    select * from keyed
    union all
    select * from none_members

)

select * from final
