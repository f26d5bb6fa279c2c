with own as (

    select * from {{ ref('stg_moneybird__sales_invoices__details') }}

),

external as (

    select * from {{ ref('stg_moneybird__external_sales_invoices__details') }}

),

unioned as (

    select
        administration_id,
        sales_invoice_id,
        line_position,
        sales_invoice_line_id,
        ledger_account_id,
        tax_rate_id,
        project_id,
        product_id,
        row_order,
        description,
        tax_report_reference,
        quantity,
        unit_price,
        net_amount,
        net_base_amount,
        is_optional,
        is_selected,
        is_deleted,
        period_start_date,
        period_end_date,
        _changed_at

    from own

    union all

    select
        administration_id,
        external_sales_invoice_id as sales_invoice_id,
        line_position,
        external_sales_invoice_line_id as sales_invoice_line_id,
        ledger_account_id,
        tax_rate_id,
        project_id,
        product_id,
        row_order,
        description,
        tax_report_reference,
        quantity,
        unit_price,
        net_amount,
        net_base_amount,
        is_optional,
        is_selected,
        is_deleted,
        period_start_date,
        period_end_date,
        _changed_at

    from external

)

select * from unioned
