with administrations as (

    select * from {{ ref('int_administrations_joined') }}

),

final as (

    select
        administration_id,
        administration_name,
        currency_code,
        country_code,
        time_zone,
        period_start_date,
        period_locked_until_date,
        is_suspended,
        sync_status,
        sync_remark,
        last_synced_at,
        business_date

    from administrations

)

select * from final
