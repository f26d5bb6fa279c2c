with source as (

    select * from {{ source('sync', 'reads') }}

),

renamed as (

    select
        administration_id,
        resource as resource_name,
        scope as read_scope,

        row_count,

        read_at

    from source

)

select * from renamed
