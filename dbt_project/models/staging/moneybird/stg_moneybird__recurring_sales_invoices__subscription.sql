{{ config(alias='stg_moneybird__recurring_invoices__subscription') }} -- PostgreSQL keeps 63 characters, of which dbt wants 12

with source as (

    select * from {{ source('raw', 'recurring_sales_invoices__subscription') }}

),

renamed as (

    select
        administration_id,
        recurring_sales_invoice_id,
        row_number as line_position,
        id as subscription_id,
        contact_id,
        contact_person_id,
        product_id,

        {{ text_or_null('reference') }} as reference,
        frequency_type,

        frequency,

        _deleted_at is not null as is_deleted,

        start_date,
        end_date,

        cancelled_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
