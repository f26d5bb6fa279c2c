with sales as (

    select * from {{ ref('int_sales_invoices_unioned') }}

),

purchase_invoices as (

    select * from {{ ref('stg_moneybird__purchase_invoices') }}

),

receipts as (

    select * from {{ ref('stg_moneybird__receipts') }}

),

unioned as (

    select
        administration_id,
        document_type,
        sales_invoice_id as document_id,
        'sale' as document_side,
        contact_id,
        currency_code,
        cast(1 as decimal(12, 6)) as exchange_rate,
        total_incl_amount,
        total_incl_base_amount,
        tax_base_amount,
        invoice_date as document_date,
        marked_uncollectible_date,
        not is_draft as is_posted

    from sales
    where not is_deleted

    union all

    select
        administration_id,
        'PurchaseInvoice' as document_type,
        purchase_invoice_id as document_id,
        'purchase' as document_side,
        contact_id,
        currency_code,
        cast(exchange_rate as decimal(12, 6)) as exchange_rate,
        total_incl_amount,
        total_incl_base_amount,
        tax_base_amount,
        invoice_date as document_date,
        cast(null as date) as marked_uncollectible_date,
        not is_unprocessed as is_posted

    from purchase_invoices
    where not is_deleted

    union all

    select
        administration_id,
        'Receipt' as document_type,
        receipt_id as document_id,
        'purchase' as document_side,
        contact_id,
        currency_code,
        cast(exchange_rate as decimal(12, 6)) as exchange_rate,
        total_incl_amount,
        total_incl_base_amount,
        tax_base_amount,
        invoice_date as document_date,
        cast(null as date) as marked_uncollectible_date,
        not is_unprocessed as is_posted

    from receipts
    where not is_deleted

)

select * from unioned
