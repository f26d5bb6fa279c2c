{{ config(materialized='table') }}

with invoices as (

    select * from {{ ref('int_sales_invoices_unioned') }}

),

sent as (

    select * from invoices
    where not is_deleted and not is_draft and invoice_date is not null

),

-- Two steps up: the original of a credit note, and the original of a correction of that credit note.
linked as (

    select
        sent.administration_id,
        sent.sales_invoice_id,
        sent.document_type,
        coalesce(
            originals_of_originals.sales_invoice_id, originals.sales_invoice_id, sent.sales_invoice_id
        ) as item_sales_invoice_id,
        sent.contact_id,
        sent.invoice_number,
        sent.currency_code,
        sent.invoice_date,
        coalesce(sent.due_date, sent.invoice_date) as due_date,
        sent.total_incl_amount,
        sent.total_incl_base_amount,
        sent.marked_dubious_date,
        sent.marked_uncollectible_date

    from sent
    left join sent as originals
        on
            sent.administration_id = originals.administration_id
            and sent.original_sales_invoice_id = originals.sales_invoice_id
            and sent.sales_invoice_id <> originals.sales_invoice_id
            and sent.currency_code = originals.currency_code
    left join sent as originals_of_originals
        on
            originals.administration_id = originals_of_originals.administration_id
            and originals.original_sales_invoice_id = originals_of_originals.sales_invoice_id
            and originals.sales_invoice_id <> originals_of_originals.sales_invoice_id
            and originals.currency_code = originals_of_originals.currency_code

)

select * from linked
