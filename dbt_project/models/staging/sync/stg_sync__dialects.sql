with source as (

    select * from {{ source('sync', 'dialects') }}

),

renamed as (

    select
        administration_id,

        question,
        answer,
        evidence,

        learned_at,
        checked_at

    from source

)

select * from renamed
