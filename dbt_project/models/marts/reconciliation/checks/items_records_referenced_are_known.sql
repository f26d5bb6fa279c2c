{{ config(materialized='table') }}

with administrations as (

    select * from {{ ref('dim_administration') }}

),

missing as (

    select * from {{ ref('int_missing_records_found') }}

),

final as (

    select
        missing.administration_id,
        cast(administrations.business_date as varchar) as period,
        administrations.business_date as item_date,
        missing.record_kind as document_type,
        missing.record_id as document_id,
        missing.missing_as as item_kind,
        false as is_explained,
        {{ money('1') }} as amount,
        cast(null as varchar) as description,
        case
            when missing.record_kind = 'contact' then {{ entity_key('missing.record_id', 'missing.administration_id') }}
            else {{ none_key('missing.administration_id') }}
        end as contact_key

    from missing
    inner join administrations
        on missing.administration_id = administrations.administration_id
    where administrations.business_date is not null

)

select * from final
