with invoices as (

    select * from {{ ref('int_sales_invoices_unioned') }}

),

payments as (

    select * from {{ ref('int_sales_invoice_payments_unioned') }}

),

paid as (

    select
        administration_id,
        sales_invoice_id,
        sum(amount) as amount

    from payments
    where not is_deleted
    group by administration_id, sales_invoice_id

),

found as (

    select distinct
        invoices.administration_id,
        invoices.contact_id

    from invoices
    left join paid
        on
            invoices.administration_id = paid.administration_id
            and invoices.sales_invoice_id = paid.sales_invoice_id
    where
        not invoices.is_deleted
        and invoices.contact_id is not null
        and invoices.total_paid_amount <> coalesce(paid.amount, 0)

)

select * from found
