with source as (

    select * from {{ source('raw', 'workflows') }}

),

renamed as (

    select
        administration_id,
        id as workflow_id,

        {{ text_or_null('name') }} as workflow_name,
        type as workflow_type,
        {{ text_or_null('currency') }} as currency_code,
        {{ text_or_null('language') }} as language,
        {{ json_list_text('payment_methods') }} as payment_methods,
        {{ text_or_null('collection_method') }} as collection_method,

        number_of_collections,

        coalesce(is_default, false) as is_default,
        coalesce(active, true) as is_active,
        coalesce(prices_are_incl_tax, false) as is_priced_incl_tax,
        coalesce(show_qr_code, false) as is_qr_code_shown,
        _deleted_at is not null as is_deleted,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
