with source as (

    select * from {{ source('sync', 'administrations') }}

),

renamed as (

    select
        administration_id,

        name as administration_name,
        status as sync_status,
        error as sync_remark,

        attempted_at,
        synced_at as last_synced_at

    from source

)

select * from renamed
