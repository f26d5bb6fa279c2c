with own as (

    select * from {{ ref('stg_moneybird__sales_invoices__tax_totals') }}

),

external as (

    select * from {{ ref('stg_moneybird__external_sales_invoices__tax_totals') }}

),

unioned as (

    select
        administration_id,
        sales_invoice_id,
        line_position,
        tax_rate_id,
        taxable_amount,
        taxable_base_amount,
        tax_amount,
        tax_base_amount,
        is_deleted,
        _changed_at

    from own

    union all

    select
        administration_id,
        external_sales_invoice_id as sales_invoice_id,
        line_position,
        tax_rate_id,
        taxable_amount,
        taxable_base_amount,
        tax_amount,
        tax_base_amount,
        is_deleted,
        _changed_at

    from external

)

select * from unioned
