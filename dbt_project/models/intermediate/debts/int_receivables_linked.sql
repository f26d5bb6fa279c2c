{{ config(materialized='table') }}

with invoices as (

    select * from {{ ref('int_sales_invoices_unioned') }}

),

sent as (

    select * from invoices
    where not is_deleted and not is_draft and invoice_date is not null

),

{{ linked_documents('sales_invoice_id', 'original_sales_invoice_id') }},

final as (

    select
        administration_id,
        sales_invoice_id,
        document_type,
        item_sales_invoice_id,
        contact_id,
        invoice_number,
        currency_code,
        invoice_date,
        coalesce(due_date, invoice_date) as due_date,
        total_incl_amount,
        total_incl_base_amount,
        marked_dubious_date,
        marked_uncollectible_date,
        max(_changed_at) over (partition by administration_id, item_sales_invoice_id) as _changed_at

    from linked

)

select * from final
