with source as (

    select * from {{ source('raw', 'recurring_sales_invoices__details') }}

),

renamed as (

    select
        administration_id,
        recurring_sales_invoice_id,
        row_number as line_position,
        id as recurring_sales_invoice_line_id,
        ledger_account_id,
        tax_rate_id,
        project_id,
        product_id,
        row_order,

        description,
        amount as amount_text,
        period as period_text,
        {{ json_list_text('tax_report_reference') }} as tax_report_reference,
        {{ text_or_null('mandatory_tax_text') }} as mandatory_tax_text,

        amount_decimal as quantity,
        price as unit_price,
        total_price_excl_tax_with_discount as net_amount,
        total_price_excl_tax_with_discount_base as net_base_amount,

        coalesce(is_optional, false) as is_optional,
        coalesce(is_selected, false) as is_selected,
        _deleted_at is not null as is_deleted,

        {{ period_date('period', 1) }} as period_start_date,
        {{ period_date('period', 11) }} as period_end_date,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
