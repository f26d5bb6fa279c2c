with source as (

    select * from {{ source('sync', 'unread') }}

),

renamed as (

    select
        administration_id,
        resource as resource_name,

        since as unread_since

    from source

)

select * from renamed
