with administrations as (

    select * from {{ ref('stg_moneybird__administrations') }}

),

syncs as (

    select * from {{ ref('stg_sync__administrations') }}

),

joined as (

    select
        coalesce(administrations.administration_id, syncs.administration_id) as administration_id,
        coalesce(administrations.administration_name, syncs.administration_name) as administration_name,
        administrations.currency_code,
        administrations.country_code,
        {{ known_time_zone('administrations.time_zone') }} as time_zone,
        administrations.period_start_date,
        administrations.period_locked_until_date,
        coalesce(administrations.is_suspended, false) as is_suspended,
        coalesce(syncs.sync_status, 'never') as sync_status,
        syncs.sync_remark,
        syncs.last_synced_at

    from administrations
    full outer join syncs
        on administrations.administration_id = syncs.administration_id

),

dated as (

    select
        joined.*,
        {{ local_date('last_synced_at', 'time_zone') }} as business_date

    from joined

)

select * from dated
