with source as (

    select * from {{ source('raw', 'recurring_sales_invoices__custom_fields') }}

),

renamed as (

    select
        administration_id,
        recurring_sales_invoice_id,
        row_number as line_position,
        id as custom_field_id,

        {{ text_or_null('name') }} as custom_field_name,
        {{ text_or_null('value') }} as custom_field_value,

        _deleted_at is not null as is_deleted,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
