with source as (

    select * from {{ source('raw', 'subscription_templates__products') }}

),

renamed as (

    select
        administration_id,
        subscription_template_id,
        row_number as line_position,
        product_id,

        _deleted_at is not null as is_deleted,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
