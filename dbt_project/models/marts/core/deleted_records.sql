with tombstones as (

    select * from {{ ref('int_tombstones_listed') }}

),

final as (

    select
        administration_id,
        record_kind,
        record_id,
        deleted_at,
        {{ member_key('contact_id') }} as contact_key,
        description,
        record_date,
        base_amount

    from tombstones

)

select * from final
